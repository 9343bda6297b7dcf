"""Files, folders and patterns become a list of sources; manifests are found, and their bad lines told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from etl.errors import UsageError
from etl.landing import Landing, discover

HEADER = "file,title,publisher,region_code,published_on\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.txt", "a.docx", "下/c.xls", "下/深/d.csv", ".hidden", "README.md", "~$a.docx", ".git/x.txt"):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    return tmp_path / "in"


def names(landing: Landing, folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in landing.files]


def test_a_folder_is_walked_in_a_fixed_order_without_what_is_no_source(folder: Path) -> None:
    (folder / "manifest.csv").write_text(HEADER)
    landing = discover([str(folder)])
    assert names(landing, folder) == ["a.docx", "b.txt", "下/c.xls", "下/深/d.csv"]
    assert {(i.path.name, i.reason) for i in landing.ignored} == {
        ("manifest.csv", "manifest"),
        ("README.md", "readme"),
        (".hidden", "hidden file"),
        ("~$a.docx", "lock file of an open document"),
    }


def test_each_file_comes_once_however_often_it_is_named(folder: Path) -> None:
    landing = discover([str(folder / "b.txt"), str(folder), str(folder / "*.txt"), str(folder / "下/../b.txt")])
    assert names(landing, folder) == ["b.txt", "a.docx", "下/c.xls", "下/深/d.csv"]


def test_patterns_reach_below(folder: Path) -> None:
    assert names(discover([str(folder / "**/*.csv")]), folder) == ["下/深/d.csv"]


def test_a_readme_is_a_source_when_asked_for_alone(folder: Path) -> None:
    assert names(discover([str(folder / "README.md")]), folder) == ["README.md"]
    assert names(discover([str(folder / "README.md"), str(folder / "b.txt")]), folder) == ["b.txt"]


def test_what_the_pipeline_keeps_is_no_source_unless_asked_for(folder: Path) -> None:
    assert names(discover([str(folder)], own=folder / "下"), folder) == ["a.docx", "b.txt"]
    assert names(discover([str(folder / "下/深")], own=folder / "下"), folder) == ["下/深/d.csv"]


def test_a_name_in_gbk_is_told_and_costs_no_other_file(folder: Path) -> None:
    (folder / os.fsdecode("公报.txt".encode("gbk"))).write_text("x")
    landing = discover([str(folder)])
    assert len(landing.files) == 4
    (error,) = landing.missing
    assert "公报.txt: has a file name that is not UTF-8" in str(error)


def test_what_is_no_regular_file_is_left_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(folder / "pipe.txt")
    (folder / "dead.txt").symlink_to("/nowhere")
    (folder / "linked.txt").symlink_to(folder / "b.txt")
    real = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("深"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    landing = discover([str(folder)])
    assert names(landing, folder) == ["a.docx", "b.txt", "下/c.xls"]
    assert {(i.path.name, i.reason) for i in landing.ignored} >= {
        ("pipe.txt", "not a regular file"),
        ("dead.txt", "broken link"),
    }
    (error,) = landing.missing
    assert "深: folder can't be opened (Permission denied)" in str(error)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("in/b.text", "no such file or folder.*Did you mean .*b.txt"),
        ("away/deep/x.txt", "no such file or folder"),
        ("in/*.pdf", "matches no file"),
    ],
)
def test_a_missing_path_is_named_with_what_is_near(folder: Path, given: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        discover([str(folder.parent / given)])
    assert given in str(caught.value)


def test_no_path_at_all_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="none given"):
        discover([])


def test_the_manifest_of_a_folder_is_found_by_itself(folder: Path) -> None:
    (folder / "manifest.csv").write_text(HEADER + "b.txt,标题,某市统计局,370700,2024/6/4\n下/c.xls,,,,2023\n")
    landing = discover([str(folder)])
    entry = landing.entry(folder / "b.txt")
    assert entry is not None
    assert (entry.title, entry.publisher, entry.region_code, entry.published_on) == (
        "标题",
        "某市统计局",
        "370700",
        "2024-06-04",
    )
    below = landing.entry(folder / "下/c.xls")
    assert below is not None
    assert (below.title, below.published_on) == (None, "2023")
    assert landing.entry(folder / "a.docx") is None
    assert landing.problems == ()


def test_it_is_found_for_a_single_file_too(folder: Path) -> None:
    (folder / "manifest.csv").write_text(HEADER + "b.txt,标题,,,\n")
    landing = discover([str(folder / "b.txt")])
    assert landing.entry(folder / "b.txt") is not None


def test_the_nearest_manifest_wins_and_none_above_the_folder_is_asked(folder: Path) -> None:
    (folder / "manifest.csv").write_text(HEADER + "下/c.xls,outer,,,\n")
    (folder / "下/manifest.csv").write_text(HEADER + "c.xls,inner,,,\n")
    (folder.parent / "manifest.csv").write_text("broken")
    landing = discover([str(folder)])
    entry = landing.entry(folder / "下/c.xls")
    assert entry is not None
    assert entry.title == "inner"
    assert landing.problems == ()


def test_an_explicit_manifest_replaces_the_others_and_may_lie_apart(folder: Path, tmp_path: Path) -> None:
    (folder / "manifest.csv").write_text(HEADER + "b.txt,own,,,\n")
    apart = tmp_path / "list.csv"
    apart.write_text(HEADER + "b.txt,explicit,,,\nnowhere.txt,,,,\n")
    landing = discover([str(folder)], manifest=apart)
    entry = landing.entry(folder / "b.txt")
    assert entry is not None
    assert entry.title == "explicit"
    (problem,) = landing.problems
    assert "nowhere.txt" in str(problem)


def test_a_missing_explicit_manifest_is_a_usage_error(folder: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        discover([str(folder)], manifest=folder / "manifst.csv")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a.docx,标题,某局", "line 3: has 3 cells, the header has 5"),
        ("a.docx,标题,某局,999999,2024", "region code 999999"),
        ("a.docx,标题,某局,山东省,2024", "region code 山东省"),
        ("a.docx,标题,某局,370700,2024-13", "date 2024-13"),
        ("a.docx,标题,某局,370700,去年", "date 去年"),
        ("a.doc,标题,某局,370700,2024", "a.doc, which does not exist. Did you mean a.docx"),
        (",标题,某局,370700,2024", "names no file"),
        ("b.txt,again,,,", "second time"),
    ],
)
def test_a_broken_line_is_told_with_its_number_and_the_others_are_used(folder: Path, line: str, message: str) -> None:
    (folder / "manifest.csv").write_text(f"{HEADER}b.txt,first,,,\n{line}\n下/c.xls,last,,,\n")
    landing = discover([str(folder)])
    (problem,) = landing.problems
    assert message in str(problem)
    assert "manifest.csv line 3" in str(problem)
    assert {entry.title for entry in landing.manifest.values()} == {"first", "last"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        ("文件,标题\nb.txt,甲\n".encode(), "no column named file"),
        (b"file,publishr\nb.txt,x\n", "Did you mean publisher"),
        (b"\xff\xfe\x00", "can't be read"),
    ],
)
def test_a_broken_manifest_never_stops_the_files(folder: Path, content: bytes, message: str) -> None:
    (folder / "manifest.csv").write_bytes(content)
    landing = discover([str(folder)])
    assert len(landing.files) == 4
    assert message in str(landing.problems[0])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_a_manifest_saved_by_excel_is_read(folder: Path, encoding: str) -> None:
    text = (HEADER + 'b.txt,"产业工人队伍建设，改革",某市总工会,370700,2024年6月\n').replace("\n", "\r\n")
    (folder / "manifest.csv").write_bytes(text.encode(encoding))
    entry = discover([str(folder)]).entry(folder / "b.txt")
    assert entry is not None
    assert (entry.publisher, entry.published_on) == ("某市总工会", "2024-06")


def test_links_in_a_circle_are_passed_over(folder: Path) -> None:
    (folder / "kreis").symlink_to("kreis")
    (folder / "下/up").symlink_to("..")
    landing = discover([str(folder)])
    assert names(landing, folder) == ["a.docx", "b.txt", "下/c.xls", "下/深/d.csv"]
    assert ("kreis", "broken link") in {(i.path.name, i.reason) for i in landing.ignored}


@pytest.mark.parametrize("method", ["is_file", "exists"])
def test_a_path_that_is_closed_to_us_costs_no_other(folder: Path, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    real = getattr(Path, method)

    def closed(path: Path) -> bool:
        if path.name == "b.txt":
            raise PermissionError(13, "Permission denied")
        return bool(real(path))

    monkeypatch.setattr(Path, method, closed)
    landing = discover([str(folder / "b.txt"), str(folder / "a.docx")])
    assert names(landing, folder) == ["a.docx"]
    assert "can't be opened (Permission denied)" in str(landing.missing[0])


def test_a_name_longer_than_any_file_has_is_told(folder: Path) -> None:
    with pytest.raises(UsageError, match="can't be opened") as told:
        discover([str(folder / ("长" * 2000))])
    assert len(str(told.value)) < 500
