"use strict";
(() => {
  const PAGE = 100;
  const data = JSON.parse(document.getElementById("data").textContent);
  const pool = data.pool;

  const el = (tag, className, ...children) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    node.append(...children);
    return node;
  };
  const columnName = (col) => {
    let name = "";
    for (let n = col + 1; n > 0; n = Math.floor((n - 1) / 26)) name = String.fromCharCode(65 + ((n - 1) % 26)) + name;
    return name;
  };
  const hasGap = (values, i) => i > 0 && values[i] > values[i - 1] + 1;

  const textExcerpt = ([, textId, marks, isStored]) => {
    const text = pool[textId];
    const quote = el("blockquote");
    let at = 0;
    for (const [start, end, main] of marks) {
      if (start < at) continue;
      quote.append(text.slice(at, start), el("mark", main ? "main" : "member", text.slice(start, end)));
      at = end;
    }
    quote.append(text.slice(at));
    if (isStored) quote.append(el("small", "stored", "（入库时记下的依据）"));
    return quote;
  };

  const svg = (tag, attributes, ...children) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  };

  const gridExcerpt = (file, [, sheet, rows, cols, main, related, wide]) => {
    const cells = data.cells[`${file}/${sheet}`] || {};
    const head = el("tr", "", el("th"));
    cols.forEach((col, i) => head.append(el("th", hasGap(cols, i) ? "gap" : "", columnName(col))));
    const columnsOf = (row, col) => {
      for (const [wideRow, first, count] of wide) {
        const at = cols.indexOf(first);
        if (wideRow === row && cols.slice(at, at + count).includes(col)) return col === first ? count : 0;
      }
      return 1;
    };
    const body = el("tbody");
    rows.forEach((row, i) => {
      const line = el("tr", hasGap(rows, i) ? "gap" : "", el("th", "", String(row + 1)));
      for (const col of cols) {
        const columns = columnsOf(row, col);
        if (!columns) continue;
        const address = columnName(col) + (row + 1);
        const text = Object.hasOwn(cells, address) ? cells[address] : "";
        const role = main.includes(address) ? "main" : related.includes(address) ? "member" : "";
        const cell = el("td", role || (columns > 1 ? "wide" : ""), role ? el("mark", "", text) : text);
        if (columns > 1) cell.setAttribute("colspan", columns);
        line.append(cell);
      }
      body.append(line);
    });
    const table = el("table", "", el("thead", "", head), body);
    return el("figure", "grid", el("figcaption", "", "工作表 " + sheet), el("div", "scroll", table));
  };

  const seriesChart = ([line, dots, doubtful, told, caption]) => {
    const drawing = svg("svg", { width: 260, height: 64, viewBox: "0 0 260 64", role: "img", "aria-label": told },
      svg("title", {}, told), svg("polyline", { points: line }),
      ...dots.map(([x, y]) => svg("circle", { cx: x, cy: y, r: 2 })),
      ...doubtful.map(([x, y]) => svg("circle", { class: "main", cx: x, cy: y, r: 4.5 })));
    return el("figure", "series", drawing, el("figcaption", "", caption));
  };

  const more = (title, ...content) => el("details", "more", el("summary", "", title), ...content);
  const memberTable = (members) => {
    const rows = members.slice(0, 300).map(([where, text, label, period, id]) =>
      el("tr", "", ...[where, text, pool[label], pool[period], id].map((t) => el("td", "", t))));
    return el("div", "scroll", el("table", "plain members", el("tbody", "", ...rows)));
  };

  const card = (c) => {
    const header = el("header");
    if (c.t) header.append(el("strong", "figure", c.t));
    if (c.w) header.append(el("span", "where", c.w));
    header.append(el("span", "source", c.f >= 0 ? data.files[c.f] : ""));
    const node = el("article", "card " + (c.s.length ? c.s[0][1] : "warn"), header);
    if (c.s.length) {
      const list = el("ul", "said");
      for (const [rule, severity, message, suggestion] of c.s) {
        const chip = el("span", "chip " + severity, data.severities[severity] || severity);
        list.append(el("li", "", chip, el("span", "message", message), el("code", "", rule)));
        if (pool[suggestion]) list.append(el("li", "suggestion", el("b", "", "建议"), el("span", "", pool[suggestion])));
      }
      node.append(list);
    }
    if (c.k) node.append(el("p", "arithmetic", c.k));
    if (c.n) node.append(more("全式", el("p", "arithmetic", c.n)));
    for (const x of c.x) node.append(x[0] === "t" ? textExcerpt(x) : gridExcerpt(c.f, x));
    if (c.c) node.append(seriesChart(c.c));
    if (c.a.length) {
      const facts = c.a.map(([name, value]) => el("div", "", el("dt", "", pool[name]), el("dd", "", pool[value])));
      node.append(el("dl", "facts", ...facts));
    }
    if (c.m) node.append(more(`逐个列出 ${c.m.length} 个`, memberTable(c.m)));
    if (c.o) node.append(el("footer", "", "etl explain " + c.o));
    return node;
  };

  const haystack = (c) => c.h ??= [
    c.t, c.w, c.k, c.o, c.f >= 0 ? data.files[c.f] : "",
    ...c.s.flatMap(([rule, , message, suggestion]) => [rule, message, pool[suggestion]]),
    ...c.a.map(([, value]) => pool[value]),
    ...(c.m || []).flatMap(([where, text, label, period, id]) => [where, text, pool[label], pool[period], id]),
    ...c.x.map((x) => (x[0] === "t" ? pool[x[1]] : x[1])),
  ].join("\n").toLowerCase();

  const lists = {};
  for (const section of document.querySelectorAll("section.list")) {
    const form = section.querySelector("form.controls");
    if (!form) continue;
    const all = data.lists[section.dataset.list];
    const box = section.querySelector(".cards");
    const pager = section.querySelector(".pager");
    const [previous, next] = pager.querySelectorAll("button");
    const pageInput = pager.querySelector("input");
    let found = all;
    let page = 0;

    const pages = () => Math.max(1, Math.ceil(found.length / PAGE));
    const tell = () => {
      const n = (value) => value.toLocaleString("zh-CN");
      const first = page * PAGE;
      const last = Math.min(first + PAGE, found.length);
      const rows = found.reduce((sum, c) => sum + (c.m ? c.m.length : 1), 0);
      const cards = found.length === all.length ? `共 ${n(all.length)} 条` : `${n(all.length)} 条中的 ${n(found.length)} 条`;
      const of = rows > found.length ? `${cards}（${n(rows)} 个数字）` : cards;
      section.querySelector(".shown").textContent =
        found.length > PAGE ? `${of}，以下为第 ${n(first + 1)}–${n(last)} 条` : of;
      pager.hidden = found.length <= PAGE;
      pager.querySelector(".of").textContent = `共 ${n(pages())} 页`;
      pageInput.max = pages();
      pageInput.value = page + 1;
      previous.disabled = page === 0;
      next.disabled = page + 1 >= pages();
    };
    const show = (to, scroll) => {
      page = Math.min(Math.max(0, to), pages() - 1);
      box.replaceChildren(...found.slice(page * PAGE, (page + 1) * PAGE).map(card));
      tell();
      if (scroll) section.scrollIntoView();
    };
    const filter = () => {
      const { rule, file, text } = form.elements;
      const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
      found = all.filter((c) =>
        (!rule.value || c.s.some((s) => s[0] === rule.value)) &&
        (!file.value || c.f === Number(file.value)) &&
        words.every((word) => haystack(c).includes(word)));
      show(0, false);
    };
    let waiting;
    form.addEventListener("input", (event) => {
      clearTimeout(waiting);
      waiting = setTimeout(filter, event.target.name === "text" ? 150 : 0);
    });
    form.addEventListener("reset", () => setTimeout(filter, 0));
    form.addEventListener("submit", (event) => event.preventDefault());
    previous.addEventListener("click", () => show(page - 1, true));
    next.addEventListener("click", () => show(page + 1, true));
    pageInput.addEventListener("change", () => show(Number(pageInput.value) - 1, true));
    form.hidden = false;
    tell();
    lists[section.dataset.list] = {
      choose(rule, file) {
        form.reset();
        form.elements.rule.value = rule || "";
        form.elements.file.value = file || "";
        section.querySelector("details").open = true;
        filter();
      },
    };
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-list]");
    if (link && lists[link.dataset.list]) {
      const { list, rule, file } = link.dataset;
      setTimeout(() => lists[list].choose(rule, file), 1);
    }
    const inner = event.target.closest('a[href^="#"]');
    const target = inner && document.getElementById(inner.getAttribute("href").slice(1));
    const details = target && target.querySelector("details");
    if (details) details.open = true;
  });

  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    const body = table.tBodies[0];
    heads.forEach((head, i) => {
      const button = el("button", "sort", ...head.childNodes);
      button.type = "button";
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") !== "descending" && (head.classList.contains("n") || head.hasAttribute("aria-sort"));
        heads.forEach((h) => h.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const key = (row) => row.cells[i].dataset.value ?? row.cells[i].textContent.trim();
        const isNumeric = head.classList.contains("n");
        const compare = isNumeric
          ? (a, b) => Number(a[0]) - Number(b[0])
          : (a, b) => a[0].localeCompare(b[0], "zh-CN");
        const rows = [...body.rows].map((row) => [key(row), row]).sort(compare);
        if (down) rows.reverse();
        body.append(...rows.map(([, row]) => row));
      });
    });
  }

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open]):not(.more)")];
    closed.forEach((d) => { d.open = true; });
  });
  addEventListener("afterprint", () => closed.forEach((d) => { d.open = false; }));
})();
