"""Writes the binary files of ``samples/``: the same bytes at every run, from the texts and tables given here.

    python scripts/make_samples.py [FOLDER]

All figures are invented. samples/README.md tells the faults that are planted on purpose.
"""

from __future__ import annotations

import csv
import io
import re
import sys
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SOURCES = HERE / "sample_sources"
MOMENT = datetime(2024, 7, 1, 9, 0, 0)  # noqa: DTZ001  office files store local time


def table(name: str) -> list[list[str]]:
    """The lines of a csv of the sources, its header first."""
    with (SOURCES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def lines(name: str) -> list[str]:
    """The lines of a text of the sources."""
    return (SOURCES / name).read_text(encoding="utf-8").splitlines()


def main(folder: Path) -> None:
    """Writes the six files that are not plain text."""
    folder.mkdir(parents=True, exist_ok=True)
    bulletin_docx(folder / "yichang_2023_bulletin.docx")
    talent_pdf(folder / "mianyang_2024_talent.pdf")
    population_xlsx(folder / "shandong_2023_population.xlsx")
    farming_xls(folder / "yichang_2022_farming.xls")
    schools_csv(folder / "mianyang_2023_schools.csv")
    industry_ods(folder / "jiangmen_2023_industry.ods")


def bulletin_docx(path: Path) -> None:
    """A bulletin with headings, a text frame (as Word writes it, twice) and a table of districts."""
    import docx
    from docx.oxml import parse_xml

    document = docx.Document()
    for line in lines("yichang_2023_bulletin.txt"):
        if line.startswith("#"):
            document.add_heading(line.lstrip("# "), level=line.count("#"))
        elif line.startswith("<frame>"):
            document.add_paragraph("").add_run()._r.append(parse_xml(_frame(re.sub("<.*?>", "", line))))
        elif line == "<table>":
            header, *rows = table("yichang_districts.csv")
            printed = [header, _total("全市", rows), *rows]
            grid = document.add_table(len(printed), len(header))
            for cells, row in zip(grid.rows, printed, strict=True):
                for cell, text in zip(cells.cells, row, strict=True):
                    cell.text = text
        else:
            document.add_paragraph(line)
    properties = document.core_properties
    properties.title, properties.author = "宜昌市2023年国民经济和社会发展统计公报（摘要）", "宜昌市统计局"
    properties.created = properties.modified = MOMENT
    properties.comments = ""
    out = io.BytesIO()
    document.save(out)
    path.write_bytes(_same_zip(out.getvalue()))


def _total(name: str, rows: Sequence[Sequence[str]]) -> list[str]:
    """The sums of the columns, with the digits that the parts have."""
    columns = list(zip(*rows, strict=True))[1:]
    places = [max(len(cell.partition(".")[2]) for cell in column) for column in columns]
    return [name, *(f"{sum(map(float, column)):.{n}f}" for column, n in zip(columns, places, strict=True))]


def _frame(text: str) -> str:
    content = f"<w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent>"
    return f"""<mc:AlternateContent
        xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
        xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
        xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
        xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
        xmlns:v="urn:schemas-microsoft-com:vml"><mc:Choice Requires="wps"><w:drawing><wp:inline>
        <wp:extent cx="5040000" cy="720000"/><wp:docPr id="1" name="Frame 1"/><a:graphic><a:graphicData
        uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp><wps:cNvSpPr txBox="1"/>
        <wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="5040000" cy="720000"/></a:xfrm><a:prstGeom prst="rect"/>
        </wps:spPr><wps:txbx>{content}</wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:inline>
        </w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape><v:textbox>{content}</v:textbox></v:shape></w:pict>
        </mc:Fallback></mc:AlternateContent>"""


def talent_pdf(path: Path) -> None:
    """Two pages set by a page layout, whose line ends tear figures apart."""
    from reportlab.lib.pagesizes import A5
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    body = ParagraphStyle("body", fontName="STSong-Light", fontSize=11, leading=18, wordWrap="CJK", firstLineIndent=22)
    heads = {n: ParagraphStyle(f"h{n}", body, fontSize=19 - 3 * n, leading=26, firstLineIndent=0) for n in (1, 2)}
    title, *rest = lines("mianyang_2024_talent.txt")
    story: list[Flowable] = []
    for line in (title, *rest):
        level = len(line) - len(line.lstrip("#"))
        story += [Paragraph(line.lstrip("# "), heads.get(level, body)), Spacer(0, 4)]
    SimpleDocTemplate(
        str(path), pagesize=A5, title=title.lstrip("# "), author="绵阳市人才工作领导小组办公室", invariant=1
    ).build(story)


def population_xlsx(path: Path) -> None:
    """Cities of a province with a 其中 pair of columns; one city's population has two digits swapped."""
    import openpyxl
    from openpyxl.styles import Alignment

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "人口"
    sheet.append(["山东省各市年末人口（2023年）"])
    sheet.append(["", "", "", "", "单位：万人"])
    sheet.append(["地区", "常住人口", "其中", "", "城镇化率（%）", "户籍人口"])
    sheet.append(["", "", "城镇人口", "乡村人口", "", ""])
    rows = table("shandong_population.csv")[1:]
    for name, *figures in (_total("全省", rows), *rows):
        people, townspeople, registered = map(float, figures)
        printed = 973.4 if name == "潍坊市" else people
        share = round(townspeople / people * 100, 2)
        sheet.append([name, printed, townspeople, round(people - townspeople, 1), share, registered])
    sheet.append(["注：常住人口为抽样调查推算数，户籍人口来自公安年报。"])
    for area in ("A1:F1", "E2:F2", "A3:A4", "B3:B4", "C3:D3", "E3:E4", "F3:F4", "A22:F22"):
        sheet.merge_cells(area)
    for row in sheet.iter_rows(min_row=6, max_row=21):
        row[0].alignment = Alignment(indent=1)
        for cell, form in zip(row[1:], ("0.0", "0.0", "0.0", "0.00", "0.0"), strict=True):
            cell.number_format = form
    book.properties.creator, book.properties.title = "山东省统计局", "山东省各市年末人口"
    book.properties.created = book.properties.modified = MOMENT
    out = io.BytesIO()
    book.save(out)
    path.write_bytes(_same_zip(out.getvalue()))


def farming_xls(path: Path) -> None:
    """Districts of a city, indicator over year; one name is misspelt (夷棱区)."""
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("粮食和柑橘")
    sheet.write_merge(0, 0, 0, 6, "宜昌市各县（市、区）粮食和柑橘生产情况")
    sheet.write_merge(2, 3, 0, 0, "地    区")
    for i, name in enumerate(("粮食播种面积（公顷）", "粮食产量（吨）", "柑橘产量（万吨）")):
        sheet.write_merge(2, 2, 1 + 2 * i, 2 + 2 * i, name)
        for j, year in enumerate(("2021年", "2022年")):
            sheet.write(3, 1 + 2 * i + j, year)
    decimals = xlwt.easyxf(num_format_str="0.00")
    rows = table("yichang_farming.csv")[1:]
    for r, (name, *figures) in enumerate((_total("全  市", rows), *rows), start=4):
        sheet.write(r, 0, name if r == 4 else f"　{name}")
        for c, figure in enumerate(figures, start=1):
            sheet.write(r, c, float(figure), decimals) if "." in figure else sheet.write(r, c, int(figure))
    sheet.write_merge(18, 18, 0, 6, "资料来源：宜昌市农业农村局")
    out = io.BytesIO()
    book.save(out)
    path.write_bytes(out.getvalue())


def schools_csv(path: Path) -> None:
    """GBK with CR LF, as Excel saves csv in China; the last column states no unit."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["绵阳市各县（市、区）义务教育基本情况（2023年）"])
    header, *rows = table("mianyang_schools.csv")
    total = _total("合计", rows)
    total[5] = f"{sum(float(row[2]) * float(row[5]) for row in rows) / float(total[2]):.2f}"  # a mean, not a sum
    writer.writerows([header, total, *rows])
    path.write_bytes(out.getvalue().encode("gbk"))


def industry_ods(path: Path) -> None:
    """Indicator by year with the city in a line of its own and a column of units; one number is torn (22 1.47)."""
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    document = OpenDocumentSpreadsheet()
    grid = Table(name="工业")
    title, note = ["江门市主要年份工业经济指标"], ["注：2023年研发经费支出待核定。"]
    for row in (title, ["地区：江门市"], [], *table("jiangmen_industry.csv"), note):
        line = TableRow()
        for text in row:
            number = re.fullmatch(r"\d+(\.\d+)?", text)
            typed: dict[str, Any] = {"valuetype": "float", "value": text} if number else {"valuetype": "string"}
            cell = TableCell(**typed)
            cell.addElement(P(text=text))
            line.addElement(cell)
        grid.addElement(line)
    document.spreadsheet.addElement(grid)
    out = io.BytesIO()
    document.write(out)
    path.write_bytes(_same_zip(out.getvalue(), drop=("meta.xml",)))


def _same_zip(data: bytes, *, drop: Sequence[str] = ()) -> bytes:
    """The same members without the moment of writing, in the same order (OpenDocument wants mimetype first)."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            if member.filename in drop:
                continue
            content = old.read(member)
            if member.filename == "META-INF/manifest.xml":
                content = re.sub(rb"<manifest:file-entry[^>]*meta\.xml[^>]*/?>(</manifest:file-entry>)?", b"", content)
            if member.filename == "docProps/core.xml":
                stamp = f"{MOMENT.isoformat()}Z".encode()
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, content)
            info = zipfile.ZipInfo(member.filename, MOMENT.timetuple()[:6])
            info.compress_type = member.compress_type
            info.external_attr = 0o644 << 16
            new.writestr(info, content)
    return out.getvalue()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parent / "samples")
