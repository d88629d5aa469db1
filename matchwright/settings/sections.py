"""The sections of an environment's settings."""

from typing import Annotated, Literal

from pydantic import Field

from matchwright.frozen import Frozen
from matchwright.stated_register import StatedRegister

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
