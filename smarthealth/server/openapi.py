"""What can be asked of this server, described for programs: HTTP as OpenAPI 3.1, WebSockets as AsyncAPI 3.0."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

import msgspec

from smarthealth.conversation.application import Application, Endpoint, HttpRoute
from smarthealth.wire.schema import MessageSchema, message_schema

from . import api, health
from .routes import NAMED_PART

Document = dict[str, Any]

VERSION = "2.0.0"
"""Of the protocol, as in the applications' documents."""
TITLE = "smarthealth"
REFERENCE = "#/components/schemas/{name}"
KINDS = (
    api.LoginRequest,
    api.LoginAnswer,
    api.Me,
    api.PatientList,
    api.DocumentTypeList,
    api.ErrorAnswer,
    health.Health,
)


def openapi_document(applications: Sequence[Application], bare: str) -> Document:
    """The HTTP interface, the handshakes of WebSockets and the messages on them included.

    Args:
        applications: As mounted.
        bare: The one whose paths need no prefix.
    """
    _, components = msgspec.json.schema_components(KINDS, ref_template=REFERENCE)
    token: list[dict[str, list[str]]] = [{"token": []}]
    channels = asyncapi_document(applications, bare)
    sockets = {channel["address"]: {"get": _handshake(channel)} for channel in channels["channels"].values()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": TITLE,
            "version": VERSION,
            "description": "Sign in, then connect a WebSocket with the token. Its messages are among the schemas below, "
            "and in /asyncapi.json as AsyncAPI.",
        },
        "paths": {
            "/auth/login": {"post": _login()},
            "/api/me": {"get": _get("Who the token names", api.Me, 401, security=token)},
            "/api/patients": {
                "get": _get("Patients to choose from", api.PatientList, 401, 403, security=token) | _search()
            },
            "/api/document-types": {"get": _get("Kinds of identity documents", api.DocumentTypeList)},
            "/health": {"get": _health()},
            "/metrics": {"get": _text("Counts and durations for Prometheus")},
            "/observer.json": {"get": _object("The tree of actors; from this machine or with an admin's token")},
            "/asyncapi.json": {"get": _object("The WebSocket interface as AsyncAPI 3.0")},
            "/openapi.json": {"get": _object("This document")},
        }
        | sockets
        | _application_paths(applications, bare),
        "components": {
            "schemas": components | _application_schemas(applications) | channels["components"]["schemas"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def asyncapi_document(applications: Iterable[Application], bare: str) -> Document:
    """The WebSocket interface of all applications.

    Args:
        applications: As mounted.
        bare: The one whose paths need no prefix.
    """
    document: Document = {
        "asyncapi": "3.0.0",
        "info": {"title": TITLE, "version": VERSION},
        "defaultContentType": "application/json",
        "channels": {},
        "operations": {},
        "components": {"messages": {}, "schemas": {}},
    }
    for application in applications:
        template = f"#/components/schemas/{application.name}.{{name}}"
        for side, messages, sent in (
            ("client", application.client_messages, False),
            ("server", application.server_messages, True),
        ):
            _add_messages(document, application.name, side, message_schema(messages, sent=sent, ref_template=template))
        for number, endpoint in enumerate(application.endpoints, start=1):
            prefix = "" if application.name == bare else f"/{application.name}"
            _add_channel(document, application, endpoint, f"{application.name}{number}", prefix)
    return document


def _application_paths(applications: Iterable[Application], bare: str) -> Document:
    paths: Document = {}
    for application in applications:
        prefix = "" if application.name == bare else f"/{application.name}"
        for route in application.http:
            paths.setdefault(prefix + route.path, {})[route.method.lower()] = _operation(application.name, route)
    return paths


def _application_schemas(applications: Iterable[Application]) -> Document:
    schemas: Document = {}
    for application in applications:
        template = f"#/components/schemas/{application.name}.{{name}}"
        kinds = [kind for route in application.http for kind in (route.request, route.response) if kind is not None]
        _, components = msgspec.json.schema_components(kinds, ref_template=template)
        schemas |= {f"{application.name}.{name}": component for name, component in components.items()}
    return schemas


def _operation(name: str, route: HttpRoute) -> Document:
    def content(kind: type) -> Document:
        return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}.{kind.__name__}"}}}

    answer: Document = {"description": "OK"}
    operation: Document = {
        "summary": route.summary,
        "tags": [name],
        "parameters": [
            {"name": part, "in": "path", "required": True, "schema": {"type": "string"}}
            for part in NAMED_PART.findall(route.path)
        ],
        "responses": {"200": answer} | _refusals(400, 401, 503),
        "security": {"required": [{"token": []}], "optional": [{"token": []}, {}], "none": [{}]}[route.authentication],
    }
    if route.response is not None:
        answer["content"] = content(route.response)
    if route.request is not None:
        operation["requestBody"] = {"required": True, "content": content(route.request)}
    return operation


def _add_messages(document: Document, name: str, side: str, schema: MessageSchema) -> None:
    components = document["components"]
    for key, component in schema.components.items():
        components["schemas"][f"{name}.{key}"] = component
    for tag, payload in schema.messages.items():
        components["messages"][f"{name}.{side}.{tag}"] = {"name": tag, "payload": payload}


def _add_channel(
    document: Document, application: Application, endpoint: Endpoint[Any], channel: str, prefix: str
) -> None:
    sides = {"client": application.client_messages, "server": application.server_messages}
    references = {
        f"{side}.{tag}": {"$ref": f"#/components/messages/{application.name}.{side}.{tag}"}
        for side, messages in sides.items()
        for tag in messages
    }
    document["channels"][channel] = {
        "address": prefix + endpoint.path,
        "description": f"Token: {endpoint.authentication}. Roles: {', '.join(sorted(endpoint.roles))}.",
        "parameters": {part: {} for part in NAMED_PART.findall(endpoint.path)},
        "messages": references,
        "bindings": {"ws": {"method": "GET"}},
    }
    for action, side in (("receive", "client"), ("send", "server")):
        document["operations"][f"{channel}.{action}"] = {
            "action": action,
            "channel": {"$ref": f"#/channels/{channel}"},
            "messages": [
                {"$ref": f"#/channels/{channel}/messages/{key}"} for key in references if key.startswith(side)
            ],
        }


def _handshake(channel: Document) -> Document:
    parameters = [
        {"name": "token", "in": "query", "description": "One way to give the token", "schema": {"type": "string"}},
        *(
            {"name": part, "in": "path", "required": True, "schema": {"type": "string"}}
            for part in channel["parameters"]
        ),
    ]
    messages = ", ".join(f"`{key}`" for key in channel["messages"])
    return {
        "summary": "Open a WebSocket",
        "tags": ["WebSockets"],
        "description": f"{channel['description']} Messages: {messages or 'none described'}.",
        "parameters": parameters,
        "security": [{"token": []}, {}],
        "responses": {"101": {"description": "Switching Protocols"}} | _refusals(401, 403, 429, 503),
    }


def _refusals(*statuses: int) -> Document:
    return {
        str(status): {"description": HTTPStatus(status).phrase, "content": _json(api.ErrorAnswer)}
        for status in statuses
    }


def _login() -> Document:
    return _get("Exchange email and password for a token", api.LoginAnswer, 400, 401, 429, 503) | {
        "requestBody": {"required": True, "content": _json(api.LoginRequest)}
    }


def _health() -> Document:
    operation = _get("How the parts of the server are", health.Health)
    operation["responses"]["503"] = {
        "description": "A part fails, or the server is going away",
        "content": _json(health.Health),
    }
    return operation


def _search() -> Document:
    return {
        "parameters": [
            {
                "name": "search",
                "in": "query",
                "description": "Beginnings of words of the name, or the beginning of a document number",
                "schema": {"type": "string", "maxLength": 100},
            }
        ]
    }


def _get(summary: str, kind: type, *refusals: int, security: list[dict[str, list[str]]] | None = None) -> Document:
    responses = {"200": {"description": "OK", "content": _json(kind)}} | _refusals(*refusals)
    operation = {"summary": summary, "tags": ["HTTP"], "responses": responses}
    return operation | ({"security": security} if security is not None else {})


def _object(summary: str) -> Document:
    content = {"application/json": {"schema": {"type": "object"}}}
    return {"summary": summary, "tags": ["HTTP"], "responses": {"200": {"description": "OK", "content": content}}}


def _text(summary: str) -> Document:
    content = {"text/plain": {"schema": {"type": "string"}}}
    return {"summary": summary, "tags": ["HTTP"], "responses": {"200": {"description": "OK", "content": content}}}


def _json(kind: type) -> Document:
    return {"application/json": {"schema": {"$ref": REFERENCE.format(name=kind.__name__)}}}
