from __future__ import annotations

import csv
import io
import json

from etl.model import Finding
from etl.report.machine import as_csv, as_json
from etl.report.queries import load_report_data
from tests.report.conftest import Builder, observation, span


def test_json_holds_what_the_page_tells(builder: Builder) -> None:
    run_id = builder.run(problems=["x"])
    builder.standard(run_id)
    value = json.loads(as_json(load_report_data(builder.engine, run_id)))
    assert value["run"]["run_id"] == run_id
    assert value["totals"]["numerals"] == 11
    assert {i["row"]["text"] for i in value["held"]} == {"900", "90%", "312"}
    assert {i["row"]["obs_value"] for i in value["held"]} == {"900", "90", "312"}
    assert value["relations"][0]["members"]
    assert value["findings_by_severity"] == {"block": 1, "quarantine": 3, "warn": 4}


def test_csv_has_a_line_per_finding_and_no_formulas(builder: Builder) -> None:
    run_id = builder.run()
    builder.standard(run_id)
    body = "=1+1共12户"
    row = observation(span(body, "12户"), "12户", label="=HYPERLINK(1)", evidence=body)
    found = Finding("OBS-UNIT", "quarantine", "@x", row.observation_id, body)
    builder.put(run_id, "甲.txt", body, numerals=3, numerals_held=3, held=(row,), findings=(found,))
    lines = list(csv.DictReader(io.StringIO(as_csv(load_report_data(builder.engine, run_id)))))
    assert len(lines) == 9
    hostile = next(line for line in lines if line["file"] == "甲.txt")
    assert (hostile["label"], hostile["message"]) == ("'=HYPERLINK(1)", "'@x")
    assert (hostile["char_start"], hostile["state"]) == ("5", "held")


def test_programs_get_every_finding_however_many_the_page_shows(builder: Builder) -> None:
    run_id = builder.run()
    body = "".join(f"{n}件，" for n in range(10, 20))
    rows = tuple(observation(span(body, f"{n}件"), f"{n}件", unit=None, evidence=body) for n in range(10, 20))
    findings = tuple(Finding("OBS-UNIT", "quarantine", "没有单位", r.observation_id, body) for r in rows)
    builder.put(run_id, "甲.txt", body, numerals=10, numerals_held=10, held=rows, findings=findings)
    sampled = load_report_data(builder.engine, run_id, limit=4)
    complete = load_report_data(builder.engine, run_id, limit=None)
    assert not sampled.is_complete
    assert complete.is_complete
    assert len(as_csv(sampled).splitlines()) == 1 + 4
    assert len(as_csv(complete).splitlines()) == 1 + 10
