"""The wheel holds all that the checkout has at run time: suites, reference data, migrations, templates, flows."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.conftest import REPO


def test_the_installed_package_works_away_from_the_checkout(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=REPO, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    # -I would hide the dependencies; the checkout must not be importable, so its path is shadowed by the wheel's
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GONGBAO_")} | {"PYTHONPATH": str(site)}
    program = "import etl, flows; from etl.cli.main import main; print(etl.__file__, flows.__file__); main(['doctor'])"
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert str(REPO / "src") not in result.stdout
    assert f"{site}/etl/expectations" in result.stdout


def test_no_file_names_a_package_registry() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=REPO, check=True, capture_output=True, text=True).stdout
    for name in ("requirements.lock", "requirements-dev.lock", "Makefile", "pyproject.toml", ".ci/run"):
        assert name in listed
        assert "http" not in (REPO / name).read_text(encoding="utf-8").replace("httpcore", "").replace("httpx", "")
