"""The HTTP side, over real sockets."""

from __future__ import annotations

import gzip
import json
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import date
from typing import Any

import attrs
import pytest
import structlog

from smarthealth.server.settings import ServerSettings
from smarthealth.server.static import Pages
from smarthealth.storage.patients import PatientInfo

OpenServer = Callable[..., AbstractAsyncContextManager[int]]
Ask = Callable[..., Awaitable[Any]]

FOREIGN = {"Origin": "https://evil.example"}


def bearer(token: str) -> dict[str, str]:
    """The header of a token."""
    return {"Authorization": f"Bearer {token}"}


async def test_sign_in_gives_a_token_that_opens_the_api(world: Any, open_server: OpenServer, ask: Ask) -> None:
    """As in the document: email and password in, `access_token` and `token_type` out."""
    world.users.add(email="ana@example.org", full_name="Ana", password_hash=await world.passwords.hash("secret"))
    body = json.dumps({"email": "ana@example.org", "password": "secret"}).encode()
    async with open_server(world) as port:
        answer = await ask(port, "/auth/login", "POST", body=body, headers={"Content-Type": "application/json"})
        assert answer.status == 200
        assert answer.json()["token_type"] == "bearer"
        assert answer.headers["cache-control"] == "no-store"
        me = await ask(port, "/api/me", headers=bearer(answer.json()["access_token"]))
        assert me.json() | {"user_id": 1, "email": "ana@example.org", "name": "Ana", "role": "clinician"} == me.json()
        wrong = await ask(port, "/auth/login", "POST", body=body.replace(b"secret", b"wrong"))
        assert (wrong.status, wrong.json()["error"]["code"]) == (401, "INVALID_CREDENTIALS")
        malformed = await ask(port, "/records/auth/login", "POST", body=b"{}")
        assert (malformed.status, malformed.json()["error"]["code"]) == (400, "INVALID_REQUEST")


async def test_too_many_attempts_are_429_with_retry_after(world: Any, open_server: OpenServer, ask: Ask) -> None:
    """Back-off reaches the client as a status and a number of seconds."""
    world.settings = ServerSettings(login_failure_burst=1)
    body = b'{"email": "ana@example.org", "password": "x"}'
    async with open_server(world) as port:
        await ask(port, "/auth/login", "POST", body=body)
        answer = await ask(port, "/auth/login", "POST", body=body)
    assert (answer.status, answer.json()["error"]["code"]) == (429, "TOO_MANY_ATTEMPTS")
    assert int(answer.headers["retry-after"]) >= 1


async def test_patients_are_for_clinicians_and_administrators(world: Any, open_server: OpenServer, ask: Ask) -> None:
    """Names as people say them, documents by code; a patient sees nobody; the search is cut to a sensible length."""
    world.patients.rows = [
        PatientInfo(
            id=1,
            full_name="Laura123 Morales",
            document_type=8,
            document_number="30995750",
            birth_date=birth,
            birth_precision="day",
            gender=None,
            deceased=False,
            died_on=None,
        )
        for birth in (date(1980, 2, 3), None)
    ]
    clinician, patient = world.users.add(), world.users.add(role="patient")
    async with open_server(world) as port:
        answer = await ask(port, f"/api/patients?search={'a' * 200}", headers=bearer(world.token(clinician)))
        first, second = answer.json()["patients"]
        assert first == {
            "full_name": "Laura Morales",
            "document_type_id": 8,
            "document_type": "CD",
            "document_number": "30995750",
            "birth_date": "1980-02-03",
        }
        assert second["birth_date"] is None
        assert (await ask(port, "/api/patients", headers=bearer(world.token(patient)))).status == 403
        assert (await ask(port, "/api/patients")).status == 401
        assert (await ask(port, "/api/patients", headers=bearer(world.token(clinician)))).status == 200
        world.patients.gone = True
        assert (await ask(port, "/api/patients", headers=bearer(world.token(clinician)))).status == 503
        types = (await ask(port, "/api/document-types")).json()["document_types"]
    assert world.patients.asked == [(50, "a" * 100), (50, None)]
    assert {"id": 8, "code": "CD", "name": "Carné diplomático"} in types


async def test_address_with_too_many_failures_waits_for_the_api_too(
    world: Any, open_server: OpenServer, ask: Ask
) -> None:
    """Guessing tokens is slowed down on every door; public pages are not concerned."""
    world.settings = ServerSettings(failure_burst=2)
    async with open_server(world) as port:
        for expected in (401, 401, 429):
            answer = await ask(port, "/api/me", headers=bearer("guess"))
            assert answer.status == expected
        assert answer.headers["retry-after"]
        assert (await ask(port, "/health")).status == 200


async def test_health_is_200_or_503_per_part(world: Any, open_server: OpenServer, ask: Ask) -> None:
    """One failing part makes it 503, and so does draining; it is there under prefixes too."""

    async def fails() -> None:
        raise OSError

    async with open_server(world) as port:
        answer = await ask(port, "/health")
        assert answer.status == 200
        assert answer.json()["parts"]["database"]["status"] == "ok"
        assert (await ask(port, "/other/health")).status == 200
        world.host.draining = True
        assert (await ask(port, "/health")).json()["status"] == "draining"
    world.checks, world.host.draining = {"database": fails}, False
    async with open_server(world) as port:
        answer = await ask(port, "/health")
        assert (answer.status, answer.json()["status"]) == (503, "failed")


async def test_the_front_page_is_the_port_s_own(world: Any, open_server: OpenServer, ask: Ask) -> None:
    """On an application's own port `/` is its page, if it has one; by its name every page is on every port."""
    async with open_server(world) as port:
        assert (await ask(port, "/")).body == (await ask(port, "/records/")).body
        assert (await ask(port, "/other/")).status == 404
    async with open_server(world, listener="other") as port:
        assert (await ask(port, "/")).status == 404
        assert (await ask(port, "/records/")).status == 200


async def test_a_further_page_is_at_its_path(world: Any, open_server: OpenServer, ask: Ask) -> None:
    """Under the application's prefix on every port, bare on its own."""
    records, other = world.applications
    world.applications = (records, attrs.evolve(other, pages={"/ws/test": "console.html"}))
    async with open_server(world, listener="other") as port:
        assert (await ask(port, "/ws/test")).status == 200
        assert (await ask(port, "/other/ws/test")).status == 200
    async with open_server(world) as port:
        assert (await ask(port, "/ws/test")).status == 404


async def test_pages_come_with_types_tags_and_a_strict_policy(world: Any, open_server: OpenServer, ask: Ask) -> None:
    """The console, the observer and both documentations are there; nothing inline runs in any of them."""
    async with open_server(world) as port:
        for path in ("/", "/docs", "/redoc", "/observer", "/pages/observer/observer.js"):
            answer = await ask(port, path)
            assert answer.status == 200
            policy = answer.headers["content-security-policy"]
            assert "unsafe" not in policy
            assert ("sha256-" in policy) is (path == "/redoc")
            assert "script-src 'self';" in policy
            assert answer.headers["x-content-type-options"] == "nosniff"
            again = await ask(port, path, headers={"If-None-Match": f'W/{answer.headers["etag"]}, "x"'})
            assert (again.status, again.body) == (304, b"")
            packed = await ask(port, path, headers={"Accept-Encoding": "gzip"})
            assert packed.headers["content-encoding"] == "gzip"
            assert gzip.decompress(packed.body) == answer.body
        assert (await ask(port, "/", "HEAD")).body == b""
        assert (await ask(port, "/pages/missing.js")).status == 404
        assert (await ask(port, "/pages/%2e%2e/http.py")).status == 404


async def test_descriptions_and_metrics_are_served(world: Any, open_server: OpenServer, ask: Ask) -> None:
    """For programs: OpenAPI, AsyncAPI and the exposition, in which these requests are counted by route."""
    async with open_server(world) as port:
        assert (await ask(port, "/openapi.json")).json()["openapi"] == "3.1.0"
        assert (await ask(port, "/asyncapi.json")).json()["asyncapi"] == "3.0.0"
        await ask(port, "/pages/a/b/c.js")
        await ask(port, "/nothing/here")
        answer = await ask(port, "/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    for route, status in (("/openapi.json", 200), ("/pages/<path:name>", 404), ("unmatched", 404)):
        assert (
            f'smarthealth_http_requests_total{{method="GET",route="{route}",status="{status}"}} 1.0'
            in answer.body.decode()
        )


async def test_observer_is_for_this_machine_or_administrators(world: Any, open_server: OpenServer, ask: Ask) -> None:
    """From here it just works; through a proxy only an administrator's token opens it."""
    admin, clinician = world.users.add(role="admin"), world.users.add()
    proxied = {"X-Forwarded-For": "192.0.2.1"}
    async with open_server(world) as port:
        assert (await ask(port, "/observer.json")).json()["name"] == "smarthealth"
        assert (await ask(port, "/observer.json", headers=proxied)).status == 401
        assert (await ask(port, "/observer.json", headers=proxied | bearer(world.token(clinician)))).status == 403
        assert (await ask(port, "/observer.json", headers=proxied | bearer(world.token(admin)))).status == 200


async def test_errors_have_one_shape(world: Any, open_server: OpenServer, ask: Ask) -> None:
    """Unknown paths, wrong methods, large bodies and faults of ours are all JSON with a code, and say nothing more."""
    async with open_server(world) as port:
        for path, method, status, code in (
            ("/nothing", "GET", 404, "NOT_FOUND"),
            ("/auth/login", "GET", 405, "METHOD_NOT_ALLOWED"),
        ):
            answer = await ask(port, path, method)
            assert (answer.status, answer.json()["error"]["code"]) == (status, code)
        assert (await ask(port, "/auth/login", "POST", body=bytes(70_000))).status == 413

        def fault(*arguments: Any) -> None:
            raise ZeroDivisionError("a private detail")

        world.patients.list = fault
        with structlog.testing.capture_logs() as lines:
            answer = await ask(port, "/api/patients", headers=bearer(world.token(world.users.add())))
        assert (answer.status, answer.json()["error"]["code"]) == (500, "INTERNAL_ERROR")
        assert b"private" not in answer.body
        assert [line["event"] for line in lines].count("request_failed") == 1


async def test_pages_of_allowed_origins_may_read_answers(world: Any, open_server: OpenServer, ask: Ask) -> None:
    """CORS follows the origin rule: preflights are answered, foreign pages read nothing."""
    allowed = {"Origin": "http://localhost:3000"}
    async with open_server(world) as port:
        for headers, expected in ((allowed, "http://localhost:3000"), (FOREIGN, None), ({}, None)):
            answer = await ask(port, "/auth/login", "OPTIONS", headers=headers)
            assert answer.status == 204
            assert answer.headers.get("access-control-allow-origin") == expected
            assert ("access-control-allow-methods" in answer.headers) is (expected is not None)
        answer = await ask(port, "/health", headers=allowed)
        assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"
        assert "access-control-allow-methods" not in answer.headers
        assert "Origin" in answer.headers["vary"]
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"


async def test_missing_console_is_404(world: Any, open_server: OpenServer, ask: Ask, monkeypatch: Any) -> None:
    """A page that is not in the package is not there."""

    async def nothing(self: Pages, name: str) -> None:
        return None

    monkeypatch.setattr(Pages, "find", nothing)
    async with open_server(world) as port:
        assert (await ask(port, "/")).status == 404


async def test_stranger_http_errors_have_a_status_too(world: Any, open_server: OpenServer, ask: Ask) -> None:
    """An error of the framework that has no code of ours is an invalid request in its status."""
    async with open_server(world) as port:
        answer = await ask(port, "/health", "PROPFIND")
        assert answer.status == 405


@pytest.mark.parametrize("path", ["/auth/login", "/health", "/docs", "/redoc", "/openapi.json", "/asyncapi.json"])
async def test_documented_paths_are_under_every_prefix(
    path: str, world: Any, open_server: OpenServer, ask: Ask
) -> None:
    """Each application has its documented paths under its own name as well."""
    async with open_server(world) as port:
        for prefix in ("", "/records", "/other"):
            assert (await ask(port, prefix + path, "OPTIONS")).status == 204
            assert (await ask(port, prefix + path)).status in (200, 405)
