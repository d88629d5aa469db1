"""Settings: one YAML file per environment. Environment variables override single keys.

``MATCHWRIGHT_ENDPOINT__TARGET=sagemaker`` overrides ``endpoint.target``. Secrets are never in the file: they are read
from environment variables (see :mod:`matchwright.secrets`).
"""

import getpass
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as VariableError

from matchwright.errors import Fault, SettingsError
from matchwright.frozen import Frozen
from matchwright.home import NAME, fault_of_path, fault_of_place, find_home
from matchwright.stated_register import StatedRegister

PREFIX = "MATCHWRIGHT_"
CONFIGS = f"{PREFIX}CONFIGS"
"""The variable that names the folder with one YAML per environment (see pipelines.environments)."""

Port = Annotated[int, Field(ge=1, le=65_535)]
AtLeastOne = Annotated[int, Field(ge=1)]


class Lake(Frozen):
    """The folder of the Delta tables. Empty means ``home/lake``."""

    uri: str = ""


class Registry(Frozen):
    """MLflow. An empty tracking URI means SQLite under ``home``."""

    tracking_uri: str = ""
    artifact_uri: str = ""
    experiment: str = "matchwright"


class Features(Frozen):
    """Feast's online store. ``connection`` is a file for sqlite, and ``host:port,db=0`` for redis."""

    online: Literal["sqlite", "redis"] = "sqlite"
    connection: str = ""
    registry_uri: str = ""


class Ledger(Frozen):
    """The release ledger's database. Empty means SQLite under ``home``."""

    url: str = ""


class Endpoint(Frozen):
    """The endpoint that a release is put behind.

    ``kms_key_id`` encrypts the bundle in S3. ``volume_kms_key_id`` encrypts the instances' volumes.
    ``identifier_secret_arn`` names the Secrets Manager secret that holds the identifier key. ``stated_register`` is the
    register that the endpoint is used on. None: it is that of the bundle.
    """

    target: Literal["local", "sagemaker"] = "local"
    name: str = "matchwright"
    host: str = "127.0.0.1"
    port: Port = 8090
    region: str = ""
    role_arn: str = ""
    bucket: str = ""
    kms_key_id: str = ""
    volume_kms_key_id: str = ""
    identifier_secret_arn: str = ""
    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    image_uri: str = ""
    instance_type: str = "ml.m5.large"
    instance_count: AtLeastOne = 1
    wait_seconds: AtLeastOne = 900
    poll_seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 10.0
    stated_register: StatedRegister | None = None


class Monitoring(Frozen):
    """Evidently's workspace. Empty means a folder under ``home``."""

    workspace: str = ""


class Interfaces(Frozen):
    """The ports of the local stack's user interfaces."""

    mlflow_port: Port = 5050
    evidently_port: Port = 8050


class Resources(Frozen):
    """The resources that a pipeline step requests from the cluster."""

    cpu: str = "2"
    memory: str = "4Gi"
    gpu: Annotated[int, Field(ge=0)] = 0


class Cluster(Frozen):
    """Kubeflow: its address, the image that runs the steps, and the secret and settings that they get."""

    host: str = ""
    namespace: str = "kubeflow"
    image: str = "matchwright-python:0.1.0"
    image_pull_policy: str = "IfNotPresent"
    image_pull_secret: str = ""
    secret_name: str = ""
    secret_keys: tuple[str, ...] = ()
    environment: dict[str, str] = {}
    node_selector: dict[str, str] = {}
    labels: dict[str, str] = {}
    volume_claim: str = ""
    volume_mount: str = "/var/lib/matchwright"
    step_timeout_seconds: AtLeastOne = 7200
    resources: Resources = Resources()


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


def load_settings(environment: str | Path = "", **overrides: Any) -> Settings:
    """The settings of an environment.

    ``environment`` is the name of a file in the folder of configurations, or a path to such a file.
    ``MATCHWRIGHT_CONFIGS`` names the folder. Without it only ``local`` is known, with its defaults. The default
    environment is ``MATCHWRIGHT_ENVIRONMENT``, else ``local``.

    ``home`` becomes absolute. A home from ``MATCHWRIGHT_HOME`` or from ``overrides`` is relative to the current folder.
    A relative home from a file is searched for upwards (see :func:`matchwright.home.find_home`).

    Raises:
        SettingsError: the file is missing or unreadable, or keys have faults (all are listed).
    """
    name = str(environment or os.environ.get(f"{PREFIX}ENVIRONMENT") or "local")
    path = _file_of(name)
    document = _document_of(path) if path else {}
    source = path.name if path else "the settings"
    stem = path.stem if path else name
    try:
        settings = Settings(**{"environment": stem, **document, **overrides})
    except ValidationError as error:
        faults = [
            Fault(".".join(map(str, detail["loc"])), detail["msg"], f"correct it in {source} or in {PREFIX}*")
            for detail in error.errors()
        ]
        raise SettingsError(f"Environment '{stem}' has {len(faults)} fault(s):", faults) from None
    except VariableError as error:  # its message names the section, and no value
        section = "".join(re.findall(r'field "(\w+)"', str(error)))
        faults = [Fault(section, "is not valid JSON", f"correct the variables {PREFIX}{section.upper()}*")]
        raise SettingsError(f"Environment '{stem}' has 1 fault(s):", faults) from None
    given = "home" in overrides or bool(os.environ.get(f"{PREFIX}HOME"))
    home = settings.home.absolute() if given else find_home(Path.cwd(), settings.home)
    folders = {"home": str(home), "lake.uri": settings.lake.uri, "monitoring.workspace": settings.monitoring.workspace}
    paths = {key: folder for key, folder in folders.items() if "://" not in folder}
    faults = [fault for key, folder in paths.items() if (fault := fault_of_path(folder, key))]
    if faults or (faults := list(filter(None, [fault_of_place(home)]))):
        raise SettingsError(f"Environment '{stem}' cannot be used:", faults)
    return settings.model_copy(update={"home": home})


def _file_of(name: str) -> Path | None:
    """The file of an environment. None for ``local`` if no folder of configurations is known."""
    configs = os.environ.get(CONFIGS)
    if name.endswith((".yaml", ".yml")):
        path = Path(name)
    elif configs:
        path = Path(configs, f"{name}.yaml")
    elif name == "local":
        return None
    else:
        hint = f"give a path to its YAML, or name the folder of environments with {CONFIGS}"
        raise SettingsError(f"No environment '{name}'.", [Fault(CONFIGS, "is not set", hint)])
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in Path(configs or "").glob("*.yaml"))) if configs else "local"
        raise SettingsError(f"No environment '{name}'.", [Fault(path.name, "no such file", f"choose from {known}")])
    return path


def _document_of(path: Path) -> dict[str, Any]:
    """The keys of an environment's file."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}" if mark else "document"
        fault = Fault(where, "is not valid YAML", "correct the YAML")
        raise SettingsError(f"{path.name} cannot be read.", [fault]) from None
    if document is None:
        return {}
    if not isinstance(document, dict) or not all(isinstance(key, str) for key in document):
        fault = Fault("document", "is not a mapping of keys", "start from a file in pipelines/configs")
        raise SettingsError(f"{path.name} cannot be read.", [fault])
    return document


def overrides_of(settings: Settings, environment: str | Path = "") -> dict[str, str]:
    """The environment variables that turn the settings of ``environment`` into ``settings``.

    A free mapping, such as the cluster's labels, can gain keys this way, but cannot lose any.
    """
    return dict(
        _differences(settings.model_dump(mode="json"), load_settings(environment).model_dump(mode="json"), PREFIX)
    )


def _differences(wanted: dict[str, Any], loaded: dict[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in wanted.items():
        name = f"{prefix}{key.upper()}"
        if isinstance(value, dict) and isinstance(loaded[key], dict) and value.keys() == loaded[key].keys():
            yield from _differences(value, loaded[key], f"{name}__")
        elif value != loaded[key]:
            yield name, value if isinstance(value, str) else json.dumps(value)
