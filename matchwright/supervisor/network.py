"""Local ports, and whether a process answers there."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from socket import AF_INET, AF_INET6, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, socket
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from matchwright.errors import ServiceError

_NOT_HANDED_OUT = range(20_000, 32_000)
"""Ports below those that Linux assigns to clients by default (net.ipv4.ip_local_port_range starts at 32768)."""

_TRIES = 100


@dataclass(frozen=True)
class Answer:
    """The answer of a URL. Header names are in lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def base_url(url: str) -> str:
    """Scheme, host and port of a URL."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def healthy(url: str) -> bool:
    """Whether the URL answers 200."""
    answer = fetch(url)
    return answer is not None and answer.status == 200


def fetch(url: str, body: bytes | None = None, *, timeout: float = 3.0) -> Answer | None:
    """GET, or POST of a JSON body, without any proxy. None if nothing answers."""
    request = Request(url, data=body, headers={"Content-Type": "application/json"} if body is not None else {})  # noqa: S310
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=timeout) as response:
            return Answer(response.status, response.read(), {k.lower(): v for k, v in response.headers.items()})
    except HTTPError as error:
        with error:
            return Answer(error.code, error.read(), {k.lower(): v for k, v in error.headers.items()})
    except (OSError, HTTPException):
        return None


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nothing listens on at this moment.

    It is not one that the kernel assigns to outgoing connections: a client could take such a port a moment later.

    Raises:
        ServiceError: no port was found.
    """
    for port in random.sample(_NOT_HANDED_OUT, _TRIES):
        if port_is_free(host, port):
            return port
    raise ServiceError(f"None of {_TRIES} ports on {host} is free.", "see what listens there with 'ss -ltn'")


def port_is_free(host: str, port: int) -> bool:
    """Whether a process could listen on the port."""
    with socket(_family(host), SOCK_STREAM) as probe:
        probe.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def _family(host: str) -> int:
    return AF_INET6 if ":" in host else AF_INET
