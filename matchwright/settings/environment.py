"""The settings of one environment, and the addresses that follow from them."""

import getpass
import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from matchwright.home import NAME
from matchwright.settings.sections import Cluster, Endpoint, Features, Interfaces, Lake, Ledger, Monitoring, Registry

PREFIX = "MATCHWRIGHT_"
"""The prefix of the variables that override single keys."""


class Settings(BaseSettings):
    """One environment, frozen."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix=PREFIX, env_nested_delimiter="__", env_ignore_empty=True
    )

    environment: str
    home: Path = Path(NAME)
    user: str = ""
    lake: Lake = Lake()
    registry: Registry = Registry()
    features: Features = Features()
    ledger: Ledger = Ledger()
    endpoint: Endpoint = Endpoint()
    monitoring: Monitoring = Monitoring()
    interfaces: Interfaces = Interfaces()
    cluster: Cluster = Field(default_factory=Cluster)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment variables override the file's keys."""
        return env_settings, init_settings

    @property
    def lake_uri(self) -> str:
        return self.lake.uri or str(self.path("lake"))

    @property
    def tracking_uri(self) -> str:
        return with_driver(self.registry.tracking_uri) or sqlite_url(self.path("mlflow", "mlflow.db"))

    @property
    def artifact_uri(self) -> str:
        return self.registry.artifact_uri or self.path("mlflow", "artifacts").as_uri()

    @property
    def ledger_url(self) -> str:
        return with_driver(self.ledger.url) or sqlite_url(self.path("ledger", "ledger.db"))

    @property
    def drift_workspace(self) -> str:
        return self.monitoring.workspace or str(self.path("evidently"))

    @property
    def decision_log_folder(self) -> Path:
        return self.path("decisions")

    @property
    def actor(self) -> str:
        """The name of the acting person in versions and in the release ledger: ``user``, else the login name."""
        try:
            return self.user.strip() or getpass.getuser()
        except (KeyError, OSError):  # in a container the user often has no account
            return f"uid-{os.getuid()}"

    def path(self, *parts: str) -> Path:
        """An absolute path under ``home``. Nothing is created."""
        return self.home.absolute().joinpath(*parts)

    def folder(self, *parts: str) -> Path:
        """An absolute folder under ``home``, created if it is missing."""
        path = self.path(*parts)
        path.mkdir(parents=True, exist_ok=True)
        return path


def sqlite_url(file: Path) -> str:
    """The address of an SQLite file, as SQLAlchemy and MLflow read it. They decode nothing in it."""
    return f"sqlite:///{file}"


def with_driver(url: str) -> str:
    """The address of a database. A plain ``postgresql://`` gets the installed driver, and not SQLAlchemy's default."""
    return url.replace("postgresql://", "postgresql+psycopg2://", 1)
