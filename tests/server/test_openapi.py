"""The published descriptions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import attrs

from smarthealth.conversation.application import Application, HttpAnswer, HttpRequest, HttpRoute
from smarthealth.server.openapi import asyncapi_document, openapi_document


def references(document: Any) -> Iterator[str]:
    """Every `$ref` in a document."""
    if isinstance(document, dict):
        for key, value in document.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(document, list):
        for value in document:
            yield from references(value)


def resolve(document: Any, reference: str) -> Any:
    """What a reference points to."""
    found = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found


@attrs.frozen(kw_only=True)
class Source:
    """Where something is from."""

    id: int


@attrs.frozen(kw_only=True)
class Ask:
    """A question."""

    question: str
    source: Source | None = None


@attrs.frozen(kw_only=True)
class Answer:
    """An answer."""

    text: str
    sources: tuple[Source, ...] = ()


def test_openapi_describes_every_route_consistently(world: Any) -> None:
    """All references resolve, it is plain JSON, and handshakes and messages of WebSockets are in it."""
    records, other = world.applications
    document = openapi_document([attrs.evolve(records, client_messages={"ask": Ask}), other], "records")
    assert "records.Ask" in document["components"]["schemas"]
    assert "`client.ask`" in document["paths"]["/ws/chat"]["get"]["description"]
    room = document["paths"]["/other/ws/rooms/{room}"]["get"]
    assert [parameter["name"] for parameter in room["parameters"]] == ["token", "room"]
    assert document["openapi"] == "3.1.0"
    assert {"/auth/login", "/health", "/metrics", "/api/me", "/api/patients"} <= set(document["paths"])
    for reference in references(document):
        assert resolve(document, reference)
    assert json.loads(json.dumps(document)) == document
    login = document["components"]["schemas"]["LoginRequest"]
    assert login["required"] == ["email", "password"]


def test_routes_of_applications_are_described_with_their_bodies(world: Any) -> None:
    """Each has its summary, its parameters, its bodies and whom it asks for a token; names do not mix."""

    async def answer(request: HttpRequest) -> HttpAnswer:
        raise AssertionError("described, not asked")

    records, other = world.applications
    given = HttpRoute(
        path="/rooms/{room}", method="POST", answer=answer, summary="Ask in a room", authentication="optional",
        request=Ask, response=Answer,
    )  # fmt: skip
    plain = HttpRoute(path="/rooms/{room}", method="GET", answer=answer, summary="A room", authentication="none")
    document = openapi_document(
        [attrs.evolve(records, http=(given,)), attrs.evolve(other, http=(given, plain))], "records"
    )
    asked = document["paths"]["/rooms/{room}"]["post"]
    assert asked["summary"] == "Ask in a room"
    assert asked["parameters"][0]["name"] == "room"
    assert asked["security"] == [{"token": []}, {}]
    assert asked["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/records.Ask")
    assert set(document["paths"]["/other/rooms/{room}"]) == {"get", "post"}
    assert "requestBody" not in document["paths"]["/other/rooms/{room}"]["get"]
    for reference in references(document):
        assert resolve(document, reference)


def test_asyncapi_describes_every_application(world: Any) -> None:
    """Each endpoint is a channel under its address, each message a schema with its tag; applications do not mix."""
    records, other = world.applications
    given = [
        attrs.evolve(records, client_messages={"ask": Ask}, server_messages={"answer": Answer}),
        attrs.evolve(other, client_messages={"ask": Answer}),
        Application(name="empty", endpoints=()),
    ]
    document = asyncapi_document(given, "records")
    assert {channel["address"] for channel in document["channels"].values()} == {
        "/ws/chat",
        "/other/ws/chat",
        "/other/ws/rooms/{room}",
        "/other/ws/in-band",
        "/other/ws/own/{user_id}",
    }
    for reference in references(document):
        assert resolve(document, reference)
    ask = document["components"]["messages"]["records.client.ask"]
    schema = resolve(document, ask["payload"]["$ref"])
    assert schema["properties"]["type"] == {"const": "ask"}
    assert "question" in schema["properties"]
    assert document["channels"]["other2"]["parameters"] == {"room": {}}
    operation = document["operations"]["records1.receive"]
    assert operation["messages"] == [{"$ref": "#/channels/records1/messages/client.ask"}]
