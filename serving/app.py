"""The HTTP contract: ``GET /ping`` and ``POST /invocations``, as SageMaker wants them, and ``GET /metrics``."""

import asyncio
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException

from matchwright.errors import Fault, RequestError
from serving.answers import bundle_facts, register_facts
from serving.request_body import BodyError
from serving.service import LogUnavailableError, Service

LARGEST_BODY = 6 * 1024 * 1024
"""In bytes: the most that a SageMaker endpoint accepts."""

BUNDLE_HEADER = "X-Matchwright-Bundle"


def create_app(service: Service) -> FastAPI:
    """The application. It answers 503 until ``service`` has a runtime."""
    # one thread: a worker has one core, and XGBoost and the feature store may be used from one thread only
    scoring = ThreadPoolExecutor(max_workers=1, thread_name_prefix="scoring")

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        scoring.shutdown(wait=True)

    # no generated pages: they load scripts from other servers
    app = FastAPI(title="Matchwright", lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)

    @app.get("/ping")
    async def ping() -> Response:
        runtime = service.runtime
        if runtime is None:
            return _refusal(503, "The bundle is not loaded yet.")
        facts = {"bundle": bundle_facts(runtime.bundle), "register": register_facts(runtime.bundle)}
        body = {"status": "ok", **facts, "mode": runtime.mode}
        return JSONResponse(body, headers={BUNDLE_HEADER: runtime.bundle.digest})

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(service.metrics.text(), media_type=CONTENT_TYPE_LATEST)

    @app.post("/invocations")
    async def invocations(request: Request) -> Response:
        started = time.perf_counter()
        status = 500
        try:
            response = await _invoke(service, scoring, request)
            status = response.status_code
        finally:
            service.metrics.requests.labels(str(status)).inc()
            service.metrics.seconds.observe(time.perf_counter() - started)
        return response

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> Response:
        hint = Fault("path", "is not served here", "use GET /ping, POST /invocations or GET /metrics")
        return _refusal(error.status_code, "No such resource or method.", [hint], error.headers)

    @app.exception_handler(Exception)
    async def failed(_: Request, error: Exception) -> Response:
        # the server logs where the error was raised, but not its message, which may quote the request
        return _refusal(500, f"The request could not be answered ({type(error).__name__}).")

    return app


async def _invoke(service: Service, scoring: ThreadPoolExecutor, request: Request) -> Response:
    runtime = service.runtime
    if runtime is None:
        return _refusal(503, "The bundle is not loaded yet.")
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        fault = Fault("content-type", "is not application/json", "send JSON, and name it in the header")
        return _refusal(415, "The content type is not supported.", [fault])
    body = await _read(request)
    if body is None:
        fault = Fault("body", f"is larger than {LARGEST_BODY} bytes", "send several requests")
        return _refusal(413, "The request is too large.", [fault])
    try:
        wanted = request.headers.get("accept-language", "")
        content = await asyncio.get_running_loop().run_in_executor(scoring, service.invoke, body, wanted)
    except RequestError as error:
        return _refusal(400 if isinstance(error, BodyError) else 422, str(error).splitlines()[0], error.faults)
    except LogUnavailableError as error:
        return _refusal(503, error.fact)
    return JSONResponse(
        content, headers={BUNDLE_HEADER: runtime.bundle.digest, "Content-Language": content["language"]}
    )


async def _read(request: Request) -> bytes | None:
    """The body, or None if it is too large."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > LARGEST_BODY:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            return None
    return bytes(body)


def _refusal(status: int, error: str, faults: Any = (), headers: Any = None) -> Response:
    listed = [{"path": fault.path, "problem": fault.problem, "hint": fault.hint} for fault in faults]
    return JSONResponse({"error": error, "faults": listed}, status_code=status, headers=headers)
