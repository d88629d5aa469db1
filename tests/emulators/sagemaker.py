"""An emulator of SageMaker hosting. It extends a moto server, which boto3 calls over real HTTP.

Moto provides S3 (with SSE-KMS), KMS, IAM and Secrets Manager. For SageMaker, it provides models, endpoint configs,
tags, the description and the list of endpoints, and the format of all answers.

This module emulates the following operations. Moto does not have them, or it accepts requests that AWS refuses:
- ``CreateEndpoint`` and ``UpdateEndpoint`` start a real serving process from the ``model.tar.gz`` in S3. The process
  gets only the ``Environment`` of the model. The status is Creating or Updating until the process answers ``/ping``.
  Until then the old process serves.
- If a process does not start, a new endpoint becomes Failed. An update is rolled back: as in SageMaker, the status is
  InService with the old config and a FailureReason.
- ``CreateEndpoint`` refuses a name that is in use. ``UpdateEndpoint`` refuses an endpoint in transition.
- ``InvokeEndpoint`` sends the request to the process. Errors of the process become a ModelError. An unknown endpoint is
  refused.
- ``DeleteEndpoint`` ends the process.

The module does not emulate instances, the rights of the execution role, network isolation, traffic shifting or quotas.
It does not use the image either: the serving module of this checkout runs instead.
"""

import json
import logging
import os
import sys
import threading
from pathlib import Path
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.responses import ActionResult
from moto.s3.models import s3_backends
from moto.sagemaker.exceptions import SagemakerClientError, ValidationError
from moto.sagemaker.responses import SageMakerResponse
from moto.sagemakerruntime.responses import SageMakerRuntimeResponse
from moto.server import ThreadedMotoServer

from matchwright.core.bundle import unpack_bundle
from matchwright.errors import ServiceError
from matchwright.supervisor import Service, Supervisor, fetch, free_port

REGION = "eu-west-1"


class SageMakerEmulator:
    """A context manager. Inside it, ``url`` is the AWS endpoint for boto3."""

    def __init__(self, folder: Path) -> None:
        self.url = ""
        self.folder = folder
        self._containers = Supervisor(folder / "containers")
        self._serving: dict[str, str] = {}  # endpoint name to the name of its container
        self._started = 0
        self._faults: dict[str, SagemakerClientError] = {}
        self._failing_update = ""
        self._swapped: bytes | None = None
        self._transitions: list[threading.Thread] = []
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._originals: dict[tuple[type, str], Any] = {}

    def __enter__(self) -> "SageMakerEmulator":
        for name in ("create_endpoint", "update_endpoint", "delete_endpoint", "create_model", "create_endpoint_config"):
            self._replace(SageMakerResponse, name, getattr(self, f"_{name}", None))
        self._replace(SageMakerRuntimeResponse, "invoke_endpoint", self._invoke_endpoint)
        logging.getLogger("werkzeug").setLevel(logging.WARNING)  # one line per call would hide the log of a failure
        self._server.start()
        self.url = "http://{}:{}".format(*self._server.get_host_and_port())
        return self

    def __exit__(self, *_: object) -> None:
        self.settle()
        fetch(f"{self.url}/moto-api/reset", b"")
        self._server.stop()
        for (owner, name), original in self._originals.items():
            if original is None:
                delattr(owner, name)
            else:
                setattr(owner, name, original)
        for process in self._containers.list():
            self._containers.stop(process.name, limit_seconds=5)

    def refuse_next(self, operation: str, code: str, message: str) -> None:
        """Refuse the next call of an operation such as ``create_model`` with this AWS error code."""
        self._faults[operation] = SagemakerClientError(code, message)

    def fail_next_update(self, reason: str) -> None:
        """Roll back the next update: the status is InService with the old config and this reason."""
        self._failing_update = reason

    def serve_next_from(self, archive: bytes) -> None:
        """Start the next container from this ``model.tar.gz`` instead of the one in S3."""
        self._swapped = archive

    def settle(self) -> None:
        """Wait until all transitions have ended."""
        while self._transitions:
            self._transitions.pop().join()

    def environment_of(self, endpoint_name: str) -> dict[str, str]:
        """Return the environment of the process that serves an endpoint."""
        process = self._containers.find(self._serving[endpoint_name])
        assert process is not None
        entries = Path(f"/proc/{process.pid}/environ").read_text().split("\0")
        return dict(entry.split("=", 1) for entry in entries if entry)

    def _replace(self, owner: type, name: str, emulation: Any) -> None:
        original = self._originals[owner, name] = getattr(owner, name, None)

        def handler(response: Any) -> Any:
            if (fault := self._faults.pop(name, None)) is not None:
                raise fault
            return original(response) if emulation is None else emulation(response)

        setattr(owner, name, handler)

    def _create_endpoint(self, response: Any) -> Any:
        name = response._get_param("EndpointName")
        backend = response.sagemaker_backend
        if name in backend.endpoints:
            raise ValidationError(f"Cannot create already existing endpoint '{name}'.")
        created = self._originals[SageMakerResponse, "create_endpoint"](response)
        self._transition(backend, name, "Creating", previous=None)
        return created

    def _update_endpoint(self, response: Any) -> Any:
        name, config = response._get_param("EndpointName"), response._get_param("EndpointConfigName")
        backend = response.sagemaker_backend
        backend.describe_endpoint(name)
        backend.describe_endpoint_config(config)
        endpoint = backend.endpoints[name]
        if endpoint.endpoint_status != "InService":
            raise ValidationError(f"Cannot update in-progress endpoint '{name}'.")
        previous, endpoint.endpoint_config_name = endpoint.endpoint_config_name, config
        self._transition(backend, name, "Updating", previous)
        return ActionResult({"EndpointArn": endpoint.arn})

    def _delete_endpoint(self, response: Any) -> Any:
        deleted = self._originals[SageMakerResponse, "delete_endpoint"](response)
        container = self._serving.pop(response._get_param("EndpointName"), None)
        if container:
            self._containers.stop(container, limit_seconds=5)
        return deleted

    def _transition(self, backend: Any, name: str, status: str, previous: str | None) -> None:
        endpoint = backend.endpoints[name]
        endpoint.endpoint_status, endpoint.failure_reason = status, None
        thread = threading.Thread(target=self._change_container, args=(backend, endpoint, previous), daemon=True)
        self._transitions.append(thread)
        thread.start()

    def _change_container(self, backend: Any, endpoint: Any, previous: str | None) -> None:
        try:
            if previous is not None and self._failing_update:
                reason, self._failing_update = self._failing_update, ""
                raise ServiceError(reason)
            container = self._start_container(backend, endpoint.endpoint_config_name)
        except ServiceError as error:
            endpoint.failure_reason = error.fact
            if previous is not None:
                endpoint.endpoint_config_name = previous
            endpoint.endpoint_status = "InService" if previous is not None else "Failed"
            return
        except BaseException as error:  # an error of the emulator ends the waiting at once
            endpoint.endpoint_status, endpoint.failure_reason = "Failed", repr(error)
            raise
        old = self._serving.get(endpoint.endpoint_name)
        self._serving[endpoint.endpoint_name] = container
        endpoint.endpoint_status = "InService"
        if old:
            self._containers.stop(old, limit_seconds=5)

    def _start_container(self, backend: Any, config_name: str) -> str:
        variant = backend.endpoint_configs[config_name].production_variants[0]
        model = backend._models[variant["ModelName"]].primary_container
        self._started += 1
        name = f"container-{self._started}"
        disk = self.folder / name
        disk.mkdir(parents=True)
        self._fetch_model_data(model["ModelDataUrl"], disk / "model.tar.gz")
        unpack_bundle(disk / "model.tar.gz", disk / "model")
        port = free_port()
        command = (sys.executable, "-P", "-m", "serving", "--bundle", str(disk / "model"), "--host", "127.0.0.1")
        service = Service(
            name=name,
            command=(*command, "--port", str(port), "--log-folder", str(disk / "decisions")),
            health_url=f"http://127.0.0.1:{port}/ping",
            environment={"PATH": os.environ["PATH"], "MATCHWRIGHT_HOME": str(disk), **model.get("Environment", {})},
            quote_log=True,
        )
        self._containers.start(service, wait_seconds=300)
        return name

    def _fetch_model_data(self, url: str, archive: Path) -> None:
        bucket, _, key = url.removeprefix("s3://").partition("/")
        stored = s3_backends[DEFAULT_ACCOUNT_ID]["aws"].get_object(bucket, key)
        assert stored is not None, "CreateModel names an object that is not in S3"
        content, self._swapped = self._swapped or stored.value, None
        archive.write_bytes(content)

    def _invoke_endpoint(self, response: Any) -> Any:
        name = response.path.split("/")[2]
        container = self._containers.find(self._serving.get(name, "none"))
        if container is None:
            message = f"Endpoint {name} of account {DEFAULT_ACCOUNT_ID} not found."
            return _fault(400, "ValidationError", {"Message": message})
        body = response.body if isinstance(response.body, bytes) else response.body.encode()
        answer = fetch(f"{container.address}/invocations", body, timeout=60)
        status, content = (answer.status, answer.body) if answer else (500, b"")
        if status == 200:
            return 200, {"Content-Type": "application/json"}, content
        fault = {
            "Message": f"Received client error ({status}) from {name}.",
            "OriginalStatusCode": status,
            "OriginalMessage": content.decode(),
            "LogStreamArn": f"arn:aws:logs:{REGION}:{DEFAULT_ACCOUNT_ID}:log-group:/aws/sagemaker/Endpoints/{name}",
        }
        return _fault(424, "ModelError", fault)


def _fault(status: int, code: str, body: dict[str, Any]) -> Any:
    headers = {"status": status, "Content-Type": "application/json", "x-amzn-errortype": code}
    return status, headers, json.dumps(body)  # moto reads the status from the headers
