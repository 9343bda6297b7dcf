"""Settings: defaults, then ``gongbao.toml`` in the current folder, then ``GONGBAO_*`` in the environment.

Secrets (the password in a warehouse URL, addresses of notifications) are never printed: ``describe`` masks them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from etl.errors import SettingsError

PREFIX = "GONGBAO_"
SETTINGS_FILE = "gongbao.toml"
OUTSIDE = frozenset({"GONGBAO_SHARED"})
"""Variables with our prefix that belong to the tests, not to the settings."""


class Settings(BaseSettings):
    """What an operator can set. Each field is ``GONGBAO_<NAME>`` in the environment and a key of gongbao.toml."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", toml_file=SETTINGS_FILE, frozen=True)

    warehouse: str = Field(
        "sqlite:///var/warehouse.db", description="SQLAlchemy URL of the warehouse (sqlite:///… or postgresql://…)"
    )
    var_dir: Path = Field(Path("var"), description="folder for the archive, the reports and Prefect's own state")
    expectations_dir: Path | None = Field(None, description="folder of the suites; None: those of the package")
    layouts_dir: Path = Field(
        Path("layouts"), description="folder of saved layouts of sheets (etl sheet save); it need not exist"
    )
    reference_dir: Path | None = Field(
        None,
        description="folder of your own additions to the reference data (indicator_aliases.csv, region_sites.csv …)",
    )
    batch_size: int = Field(25, ge=1, le=1000, description="files per task")
    file_seconds: float = Field(
        120, gt=0, description="seconds to read a file, and as many again for each MiB of it; then it is given up"
    )
    file_memory: int = Field(4096, ge=256, description="MiB of memory that reading a file may take")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("WARNING", description="log level of the CLI")
    landing: str = Field("landing", description="folder, file or glob that a deployment ingests when none is named")
    publish_max_loss: float = Field(
        0.05,
        ge=0,
        le=1,
        description="share of the facts last published that may be gone before it takes a confirmation",
    )
    reports_url: str | None = Field(
        None, description="where a web server shows the reports; None: run pages name the file"
    )
    notify: SecretStr | None = Field(
        None,
        description="addresses of Apprise to tell of failures, separated by blanks (mailto://… json://… slack://…)",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def archive_dir(self) -> Path:
        """One copy of every file's bytes, by hash."""
        return self.var_dir / "archive"

    @property
    def reports_dir(self) -> Path:
        """The HTML reports, one per run."""
        return self.var_dir / "reports"

    @property
    def exports_dir(self) -> Path:
        """What was published, a folder each."""
        return self.var_dir / "exports"

    @property
    def suites_dir(self) -> Path:
        """The suites: the setting, else the package's own copy, else the checkout's ``expectations/``."""
        if self.expectations_dir is not None:
            return self.expectations_dir
        packaged = Path(__file__).parent / "expectations"
        return packaged if packaged.is_dir() else Path(__file__).parents[2] / "expectations"


def load_settings(**overrides: Any) -> Settings:
    """The settings of this process; ``overrides`` (command-line options) win, None ones are left out.

    Raises SettingsError naming the unknown or unusable setting and where it comes from.
    """
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in known and name not in OUTSIDE:
            raise SettingsError(name, "there is no such setting", known=known)
    try:
        return Settings(**{k: v for k, v in overrides.items() if v is not None})
    except ValidationError as e:
        first = e.errors()[0]
        name = ".".join(map(str, first["loc"]))
        if first["type"] == "extra_forbidden":
            raise SettingsError(
                f"{SETTINGS_FILE}: {name}", "there is no such setting", known=Settings.model_fields
            ) from None
        raise SettingsError(f"{PREFIX}{name.upper()}", first["msg"]) from None
    except ValueError as e:  # tomllib
        raise SettingsError(SETTINGS_FILE, f"can't be read ({e})") from None


def describe(settings: Settings) -> Mapping[str, str]:
    """Name → value, fit for printing: no passwords."""
    from etl.warehouse.engine import shown

    values = {name: str(getattr(settings, name)) for name in Settings.model_fields}
    values["warehouse"] = shown(settings.warehouse)
    return values
