"""The HTTP side, on Quart: signing in, pages, documentation, health, metrics, the observer."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

import structlog
from quart import Response, g, request
from quart_trio import QuartTrio
from werkzeug.exceptions import HTTPException

from smarthealth.conversation.application import Principal
from smarthealth.storage.errors import StorageError
from smarthealth.storage.patients import DOCUMENT_TYPES, PatientInfo, display_name

from . import metrics
from .accounts import principal_of
from .addresses import client_address, subscriber
from .answers import file_answer, json_answer, refusal_answer
from .api import (
    DocumentTypeList,
    DocumentTypeRow,
    LoginAnswer,
    Me,
    PatientList,
    PatientRow,
    read_login,
)
from .application_http import mount_application
from .desk import Desk
from .errors import Refused, forbidden, not_found, too_many, unavailable
from .gateway import bearer_token
from .observer import asked_on_this_machine, draw_tree
from .openapi import asyncapi_document, openapi_document
from .routes import LISTENER
from .security_headers import REDOCS_OWN, security_headers

log = structlog.get_logger()

PATIENTS_SHOWN = 50
LONGEST_SEARCH = 100
"""Characters."""
REDOC = "docs/redoc.html"
COUNTED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
"""Refusals that are held against an address."""
CODES = {
    HTTPStatus.NOT_FOUND: "NOT_FOUND",
    HTTPStatus.METHOD_NOT_ALLOWED: "METHOD_NOT_ALLOWED",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "BODY_TOO_LARGE",
    HTTPStatus.INTERNAL_SERVER_ERROR: "INTERNAL_ERROR",
}
PREFLIGHT_HEADERS = {
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "600",
}

Answer = Callable[[], Awaitable[Response]]


def make_http_app(desk: Desk) -> QuartTrio:
    """The Quart application."""
    app = QuartTrio("smarthealth", static_folder=None, template_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=desk.settings.max_body_size,
        BODY_TIMEOUT=None,  # the shell has one
        RESPONSE_TIMEOUT=None,  # likewise
        PROVIDE_AUTOMATIC_OPTIONS=False,
    )
    _Handlers(desk).mount(app)
    return app


class _Handlers:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def mount(self, app: QuartTrio) -> None:
        """Add every route and hook."""
        own = self._desk.services
        routes: list[tuple[str, Answer, str]] = [
            ("/auth/login", self._login, "POST"),
            ("/health", self._health, "GET"),
            ("/docs", self._swagger, "GET"),
            ("/redoc", self._redoc, "GET"),
            ("/openapi.json", self._openapi, "GET"),
            ("/asyncapi.json", self._asyncapi, "GET"),
        ]
        for path, answer, method in routes:
            for prefix in ("", *(f"/{application.name}" for application in own.applications)):
                _route(app, prefix + path, answer, method)
        _route(app, "/", self._front_page)
        for application in own.applications:
            pages = {**application.pages} | ({"/": application.page} if application.page is not None else {})
            for path, name in pages.items():
                _route(app, f"/{application.name}{path}", partial(self._page, name))
            mount_application(app, application, self._principal)
        _route(app, "/metrics", self._metrics)
        _route(app, "/observer", self._observer_page)
        _route(app, "/observer.json", self._observer)
        _route(app, "/api/me", self._me)
        _route(app, "/api/patients", self._patients)
        _route(app, "/api/document-types", self._document_types)
        app.add_url_rule("/pages/<path:name>", "pages", self._page, methods=["GET", "HEAD"])
        app.before_request(self._begin)
        app.after_request(self._finish)
        app.register_error_handler(Exception, self._explain)

    async def _begin(self) -> Response | None:
        g.started = time.monotonic()
        g.address = client_address(request.scope, self._desk.settings.trusted_proxies)
        if request.method == "OPTIONS":
            return Response(b"", HTTPStatus.NO_CONTENT)
        return None

    async def _finish(self, response: Response) -> Response:
        for name, value in security_headers(secure=request.scheme == "https").items():
            response.headers.setdefault(name, value)
        origin = request.headers.get("Origin")
        if origin is not None:
            response.headers.add("Vary", "Origin")
            host, secure = request.headers.get("Host", ""), request.scheme == "https"
            if self._desk.origins.allows(origin, host=host, secure=secure):
                response.headers["Access-Control-Allow-Origin"] = origin
                response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
                if request.method == "OPTIONS":
                    response.headers.update(PREFLIGHT_HEADERS)
        rule = request.url_rule.rule if request.url_rule is not None else "unmatched"
        seconds = time.monotonic() - g.started
        self._desk.services.metrics.request_answered(rule, request.method, response.status_code, seconds)
        return response

    async def _explain(self, error: Exception) -> Response:
        """The one shape of errors; what is nobody's fault but ours is logged, without its text."""
        language = self._desk.services.language
        if isinstance(error, HTTPException):
            status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
            error = Refused(status, CODES.get(status, "INVALID_REQUEST"))
        elif isinstance(error, StorageError):
            log.warning("storage_failed", path=request.path, error=type(error).__name__)
            error = unavailable("UNAVAILABLE")
        elif not isinstance(error, Refused):
            log.error("request_failed", path=request.path, exc_info=error)
            error = Refused(HTTPStatus.INTERNAL_SERVER_ERROR, "INTERNAL_ERROR")
        if error.status in COUNTED:
            self._desk.failures.take(subscriber(g.address))
        return refusal_answer(error, language)

    async def _login(self) -> Response:
        credentials = read_login(await request.get_data(cache=False, as_text=False, parse_form_data=False))
        token = await self._desk.sign_in.sign_in(credentials.email, credentials.password, g.address)
        return json_answer(LoginAnswer(access_token=token))

    async def _health(self) -> Response:
        found = await self._desk.health.look()
        return json_answer(found, HTTPStatus.OK if found.good else HTTPStatus.SERVICE_UNAVAILABLE)

    async def _metrics(self) -> Response:
        return Response(self._desk.services.metrics.exposition(), content_type=metrics.CONTENT_TYPE)

    async def _openapi(self) -> Response:
        own = self._desk.services
        return json_answer(openapi_document(own.applications, own.bare))

    async def _asyncapi(self) -> Response:
        own = self._desk.services
        return json_answer(asyncapi_document(own.applications, own.bare))

    async def _me(self) -> Response:
        who = await self._principal()
        return json_answer(
            Me(user_id=who.user_id, email=who.email, name=who.name, role=who.role, expires_at=who.expires_at)
        )

    async def _patients(self) -> Response:
        if (await self._principal()).role == "patient":
            raise forbidden()
        search = request.args.get("search", "")[:LONGEST_SEARCH]
        page = await self._desk.services.patients.list(PATIENTS_SHOWN, search=search or None)
        return json_answer(PatientList(patients=tuple(_row(patient) for patient in page.patients)))

    async def _document_types(self) -> Response:
        rows = (DocumentTypeRow(id=key, code=kind.code, name=kind.name) for key, kind in DOCUMENT_TYPES.items())
        return json_answer(DocumentTypeList(document_types=tuple(rows)))

    async def _observer(self) -> Response:
        if not asked_on_this_machine(request.scope) and (await self._principal()).role != "admin":
            raise forbidden()
        return json_answer(draw_tree(self._desk.services.snapshot()))

    async def _observer_page(self) -> Response:
        return await self._page("observer/observer.html")

    async def _front_page(self) -> Response:
        """The page of the application that this port is for."""
        own = self._desk.services
        scope: Mapping[str, Any] = request.scope
        name = (scope.get("state") or {}).get(LISTENER, own.bare)
        page = next((one.page for one in own.applications if one.name == name), None)
        if page is None:
            raise not_found()
        return await self._page(page)

    async def _swagger(self) -> Response:
        return await self._page("docs/swagger.html")

    async def _redoc(self) -> Response:
        return await self._page(REDOC)

    async def _page(self, name: str) -> Response:
        file = await self._desk.pages.find(name)
        if file is None:
            raise not_found()
        response = file_answer(file, request)
        if name == REDOC:
            response.headers["Content-Security-Policy"] = REDOCS_OWN
        return response

    async def _principal(self) -> Principal:
        """Who is asking, by the header or the query; an address that was refused too often has to wait first."""
        wait = self._desk.failures.wait(subscriber(g.address))
        if wait:
            raise too_many("TOO_MANY_FAILURES", wait)
        authorization = request.headers.get("Authorization")
        token = bearer_token(authorization) if authorization is not None else request.args.get("token")
        return await principal_of(self._desk.accounts, token)


def _route(app: QuartTrio, path: str, answer: Answer, method: str = "GET") -> None:
    methods = ["GET", "HEAD"] if method == "GET" else [method]
    app.add_url_rule(path, path, answer, methods=[*methods, "OPTIONS"])


def _row(patient: PatientInfo) -> PatientRow:
    return PatientRow(
        full_name=display_name(patient.full_name),
        document_type_id=patient.document_type,
        document_type=DOCUMENT_TYPES[patient.document_type].code,
        document_number=patient.document_number,
        birth_date=patient.birth_date.isoformat() if patient.birth_date is not None else None,
    )
