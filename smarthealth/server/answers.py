"""Responses of the HTTP side: JSON, files, refusals."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import msgspec
from quart import Request, Response

from smarthealth.conversation.application import Language

from .errors import Refused
from .gateway import refusal_headers
from .static import StaticFile

JSON = "application/json"
NOT_STORED = "no-store"
REVALIDATED = "no-cache"


def json_answer(content: Any, status: int = HTTPStatus.OK) -> Response:
    """A JSON response that is not kept anywhere."""
    response = Response(msgspec.json.encode(content), status, content_type=JSON)
    response.headers["Cache-Control"] = NOT_STORED
    return response


def refusal_answer(refused: Refused, language: Language) -> Response:
    """The response to what was refused."""
    body = msgspec.json.encode(refused.body(language))
    response = Response(body, refused.status)
    for name, value in refusal_headers(refused, body):
        response.headers[name.decode()] = value.decode()
    return response


def file_answer(file: StaticFile, request: Request) -> Response:
    """A file, or 304 for who has it already; kept by browsers, and asked for again each time."""
    headers = {"ETag": file.etag, "Cache-Control": REVALIDATED, "Vary": "Accept-Encoding"}
    if file.etag in {tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")}:
        return Response(b"", HTTPStatus.NOT_MODIFIED, headers)
    body = file.body
    if file.compressed is not None and request.accept_encodings["gzip"] > 0:
        body, headers["Content-Encoding"] = file.compressed, "gzip"
    return Response(body, HTTPStatus.OK, headers, content_type=file.content_type)
