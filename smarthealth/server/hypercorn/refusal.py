"""HTTP answers that the shell gives by itself, in the shape that the whole server uses for errors."""

from __future__ import annotations

from http import HTTPStatus

import msgspec

Headers = list[tuple[bytes, bytes]]

CODES = {
    HTTPStatus.BAD_REQUEST: "BAD_REQUEST",
    HTTPStatus.FORBIDDEN: "FORBIDDEN",
    HTTPStatus.REQUEST_TIMEOUT: "REQUEST_TIMEOUT",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "BODY_TOO_LARGE",
    HTTPStatus.UPGRADE_REQUIRED: "UPGRADE_REQUIRED",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "HEADER_TOO_LARGE",
    HTTPStatus.INTERNAL_SERVER_ERROR: "INTERNAL_ERROR",
    HTTPStatus.NOT_IMPLEMENTED: "NOT_IMPLEMENTED",
    HTTPStatus.SERVICE_UNAVAILABLE: "OVERLOADED",
    HTTPStatus.HTTP_VERSION_NOT_SUPPORTED: "HTTP_VERSION_NOT_SUPPORTED",
}
"""Statuses that the shell answers with; any other is answered as a bad request in words."""
RETRY_AFTER = b"2"
"""Seconds after which a refused connection may be tried again."""


def refuse(status: int) -> tuple[Headers, bytes]:
    """Headers and body of a refusal."""
    known = HTTPStatus(status)
    body = msgspec.json.encode({"error": {"code": CODES.get(known, "BAD_REQUEST"), "message": known.phrase}})
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    if known is HTTPStatus.UPGRADE_REQUIRED:
        headers.append((b"sec-websocket-version", b"13"))
    if known is HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append((b"retry-after", RETRY_AFTER))
    return headers, body


def refuse_connection() -> bytes:
    """A whole 503 response for a connection that is one too many."""
    headers, body = refuse(HTTPStatus.SERVICE_UNAVAILABLE)
    head = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
    return b"HTTP/1.1 503 Service Unavailable\r\n" + head + b"\r\n" + body
