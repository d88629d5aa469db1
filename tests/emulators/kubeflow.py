"""An emulator of Kubeflow Pipelines over real HTTP. It has the part of /apis/v2beta1 that a submission uses.

It checks requests with the models of the API. It answers 400 if a request has a key or type that the real service does
not know, or if a pipeline is not a PipelineSpec.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import kfp_server_api
import yaml
from google.protobuf import json_format
from kfp.pipeline_spec import pipeline_spec_pb2

PREFIX = "/apis/v2beta1"


class Refused(Exception):
    """An HTTP answer with an error status."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


@dataclass
class Kubeflow:
    """The objects of the service, by id. ``requests`` counts the requests by method and path."""

    multi_user: bool = False
    token: str = ""
    address: str = ""
    experiments: dict[str, dict[str, Any]] = field(default_factory=dict)
    pipelines: dict[str, dict[str, Any]] = field(default_factory=dict)
    versions: dict[str, dict[str, Any]] = field(default_factory=dict)
    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> dict[str, Any]:
        """Return the JSON answer to one request."""
        self.requests.append(f"{method} {path}")
        match method, path.removeprefix(PREFIX).strip("/").split("/"):
            case "GET", ["healthz"]:
                return {"multi_user": self.multi_user}
            case "GET", ["experiments"]:
                self._check_namespace(query.get("namespace"))
                return {"experiments": _matching(self.experiments, query)}
            case "POST", ["experiments"]:
                _check_body(body, "V2beta1Experiment")
                self._check_namespace(body.get("namespace"))
                return _store(self.experiments, "experiment_id", body)
            case "GET", ["pipelines"]:
                return {"pipelines": _matching(self.pipelines, query)}
            case "POST", ["pipelines", "upload"]:
                spec = _pipeline_spec(body)
                if _matching(self.pipelines, {"name": query["name"]}):
                    raise Refused(409, f"A pipeline named {query['name']} exists already.")
                made = _store(self.pipelines, "pipeline_id", {"display_name": query["name"], "name": query["name"]})
                self._add_version(made["pipeline_id"], query["name"], spec)
                return made
            case "POST", ["pipelines", "upload_version"]:
                if query["pipelineid"] not in self.pipelines:
                    raise Refused(404, "There is no such pipeline.")
                return self._add_version(query["pipelineid"], query["name"], _pipeline_spec(body))
            case "GET", ["pipelines", pipeline_id, "versions"]:
                versions = {key: value for key, value in self.versions.items() if value["pipeline_id"] == pipeline_id}
                return {"pipeline_versions": _matching(versions, query)}
            case "POST", ["runs"]:
                return self._start(body)
            case _:
                raise Refused(404, f"No {method} {path} here.")

    def _start(self, body: dict[str, Any]) -> dict[str, Any]:
        _check_body(body, "V2beta1Run")
        reference = body["pipeline_version_reference"]
        version = self.versions.get(reference["pipeline_version_id"])
        if version is None or version["pipeline_id"] != reference["pipeline_id"]:
            raise Refused(404, "There is no such version.")
        if body["experiment_id"] not in self.experiments:
            raise Refused(404, "There is no such experiment.")
        declared = version["pipeline_spec"]["pipeline_spec"]["root"]["inputDefinitions"]["parameters"]
        parameters = body["runtime_config"]["parameters"]
        if unknown := sorted(set(parameters) - set(declared)):
            raise Refused(400, f"Unknown parameters: {unknown}")
        optional = {name for name, spec in declared.items() if spec.get("isOptional") or "defaultValue" in spec}
        if absent := sorted(set(declared) - optional - set(parameters)):
            raise Refused(400, f"Parameters without a value: {absent}")
        return _store(self.runs, "run_id", {**body, "state": "PENDING"})

    def _add_version(self, pipeline_id: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
        if any(v["pipeline_id"] == pipeline_id and v["display_name"] == name for v in self.versions.values()):
            raise Refused(409, f"A version named {name} exists already.")
        version = {"pipeline_id": pipeline_id, "display_name": name, "name": name, "pipeline_spec": spec}
        return _store(self.versions, "pipeline_version_id", version)

    def _check_namespace(self, namespace: str | None) -> None:
        if namespace and not self.multi_user:
            raise Refused(400, "In single-user mode, a request must not name a namespace.")
        if not namespace and self.multi_user:
            raise Refused(400, "In multi-user mode, a request must name a namespace.")


@contextmanager
def serving(state: Kubeflow) -> Iterator[Kubeflow]:
    """Serve ``state`` on a free port of this machine and set its ``address``."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply()

        def do_POST(self) -> None:
            self._reply()

        def _reply(self) -> None:
            parts = urlsplit(self.path)
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            try:
                if state.token and self.headers.get("authorization") != f"Bearer {state.token}":
                    raise Refused(401, "A token is needed.")
                body = _decoded(content, self.headers.get("Content-Type") or "")
                status, answer = 200, state.answer(self.command, parts.path, query, body)
            except Refused as refusal:
                status, answer = refusal.status, {"code": 3, "message": str(refusal), "details": []}
            payload = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, format: str, *args: Any) -> None:
            """Print no log lines in the output of the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _decoded(content: bytes, content_type: str) -> Any:
    if content_type.startswith("multipart/form-data"):
        message = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + content)
        return next(
            p.get_payload(decode=True) for p in message.get_payload() if "uploadfile" in str(p["Content-Disposition"])
        )
    return json.loads(content) if content else None


def _pipeline_spec(package: bytes) -> dict[str, Any]:
    documents = list(yaml.safe_load_all(package))
    try:
        json_format.ParseDict(documents[0], pipeline_spec_pb2.PipelineSpec())
        for document in documents[1:]:
            json_format.ParseDict(document, pipeline_spec_pb2.PlatformSpec())
    except json_format.ParseError as error:
        raise Refused(400, f"Not a pipeline: {error}") from error
    return {"pipeline_spec": documents[0], "platform_spec": documents[1] if documents[1:] else {}}


def _check_body(body: Any, type_name: str, path: str = "body") -> None:
    """Refuse a body with a key that is not in the model of the API, or with a value of another type."""
    if type_name.startswith("list["):
        for item in body:
            _check_body(item, type_name[5:-1], f"{path}[]")
    elif type_name.startswith("dict("):
        for key, item in body.items():
            _check_body(item, type_name[5:-1].split(", ")[1], f"{path}.{key}")
    elif hasattr(kfp_server_api, type_name):
        model = getattr(kfp_server_api, type_name)
        types = {model.attribute_map[name]: kind for name, kind in model.openapi_types.items()}
        for key, item in body.items():
            if key not in types:
                raise Refused(400, f"{path}.{key} is not a field of {type_name}.")
            _check_body(item, types[key], f"{path}.{key}")
    elif type_name == "str" and not isinstance(body, str):
        raise Refused(400, f"{path} must be a string.")


def _matching(stored: dict[str, dict[str, Any]], query: dict[str, str]) -> list[dict[str, Any]]:
    conditions = {"display_name": query["name"]} if "name" in query else {}
    for predicate in json.loads(query.get("filter") or "{}").get("predicates", ()):
        if predicate["operation"] not in ("EQUALS", 1):
            raise Refused(400, f"Operation {predicate['operation']} is not emulated.")
        conditions[predicate["key"]] = predicate["stringValue"]
    return [item for item in stored.values() if all(item.get(key) == value for key, value in conditions.items())]


def _store(stored: dict[str, dict[str, Any]], id_name: str, item: dict[str, Any]) -> dict[str, Any]:
    created = {**item, id_name: str(uuid4())}
    stored[created[id_name]] = created
    return created
