"""Upload a pipeline to a cluster and start a run of it."""

import contextlib
import hashlib
import io
import json
import logging
import os
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matchwright.errors import PipelineError
from matchwright.settings import Settings
from pipelines.catalogue import pipeline_named
from pipelines.compile import compile_pipeline

TOKEN = "MATCHWRIGHT_KUBEFLOW_TOKEN"  # noqa: S105 - the name of a variable, not a secret
_EQUALS = "EQUALS"


@dataclass(frozen=True)
class Submission:
    """A run that a cluster has accepted."""

    run_id: str
    pipeline_id: str
    version_id: str
    version: str
    address: str


def submit(name: str, settings: Settings, arguments: Mapping[str, str], *, run_name: str) -> Submission:
    """Upload the pipeline ``name`` and start it in the environment's cluster.

    The version's name holds the digests of the code and of the compiled pipeline. It is uploaded once. If the cluster
    needs a bearer token, set ``MATCHWRIGHT_KUBEFLOW_TOKEN``.

    Raises:
        PipelineError: no cluster is configured, it cannot be reached, or it refuses.
    """
    pipeline = pipeline_named(name)
    cluster = settings.cluster
    if not cluster.host:
        hint = f"set cluster.host in {settings.environment}.yaml, or MATCHWRIGHT_CLUSTER__HOST"
        raise PipelineError(f"Environment '{settings.environment}' names no cluster.", hint)
    with _plain_errors(cluster.host), tempfile.TemporaryDirectory() as scratch:
        package = compile_pipeline(pipeline, settings, Path(scratch) / f"{name}.yaml")
        version = f"{arguments['code_digest'][:12]}-{hashlib.sha256(package.read_bytes()).hexdigest()[:8]}"
        client = _client(settings)
        title = f"matchwright-{name}"
        pipeline_id = client.get_pipeline_id(title)
        if pipeline_id is None:
            pipeline_id = client.upload_pipeline(str(package), title).pipeline_id
        version_id = _version_id(client, pipeline_id, version)
        if version_id is None:
            version_id = client.upload_pipeline_version(str(package), version, pipeline_id).pipeline_version_id
        experiment = client.create_experiment(settings.registry.experiment)
        run = client.run_pipeline(
            experiment.experiment_id,
            run_name,
            params={**arguments, "environment": settings.environment},
            pipeline_id=pipeline_id,
            version_id=version_id,
        )
    address = f"{cluster.host.rstrip('/')}/#/runs/details/{run.run_id}"
    return Submission(run.run_id, pipeline_id, version_id, version, address)


def _client(settings: Settings) -> Any:
    import kfp_server_api
    from kfp import Client

    cluster, token = settings.cluster, os.environ.get(TOKEN)
    # Ask once before the client does: it would need 25 seconds and log five tracebacks before it reports a refusal.
    asked = kfp_server_api.Configuration(host=cluster.host.rstrip("/"))
    if token:
        asked.api_key, asked.api_key_prefix = {"authorization": token}, {"authorization": "Bearer"}
    kfp_server_api.HealthzServiceApi(kfp_server_api.ApiClient(asked)).healthz_service_get_healthz()
    return Client(host=cluster.host, namespace=cluster.namespace, existing_token=token)


def _version_id(client: Any, pipeline_id: str, version: str) -> str | None:
    predicate = {"operation": _EQUALS, "key": "display_name", "stringValue": version}
    found = client.list_pipeline_versions(pipeline_id, filter=json.dumps({"predicates": [predicate]}))
    for listed in found.pipeline_versions or ():
        if listed.display_name == version:
            return str(listed.pipeline_version_id)
    return None


@contextlib.contextmanager
def _plain_errors(host: str) -> Iterator[None]:
    """Turn the client's errors into PipelineError, and hide its warnings and links."""
    import kfp_server_api
    import urllib3

    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except kfp_server_api.ApiException as error:
        if error.status in (401, 403):
            raise PipelineError(f"The cluster at {host} refuses: {error.reason}.", f"set {TOKEN} to a token") from None
        raise PipelineError(
            f"The cluster at {host} refuses: {error.status} {error.reason}.", _message_of(error.body)
        ) from None
    except urllib3.exceptions.HTTPError:
        hint = "check cluster.host, and that this machine can reach it (a port-forward, a VPN)"
        raise PipelineError(f"The cluster at {host} does not answer.", hint) from None


def _message_of(body: Any) -> str:
    try:
        return f"the cluster's message: {json.loads(body)['message']}"
    except (TypeError, ValueError, KeyError):
        return "see the log of the cluster's ml-pipeline service"
