"""What the server refuses, and why it does not start.

ServerError
├── ConfigurationError      it cannot start like this; the text is for whoever runs it
└── Refused                 a client does not get what it asked for; the code and the sentence are for it
    └── TryLater            it may get it after a while
"""

from __future__ import annotations

from http import HTTPStatus

from smarthealth.conversation.application import Language

from .texts import sentence


class ServerError(Exception):
    """Root of this package's errors."""


class ConfigurationError(ServerError):
    """The server cannot start with these settings."""


class Refused(ServerError):
    """A client is refused.

    Attributes:
        status: The HTTP status.
        code: What the client's program reads.
    """

    def __init__(self, status: HTTPStatus, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code

    def body(self, language: Language) -> dict[str, dict[str, str]]:
        """The JSON of the response."""
        return {"error": {"code": self.code, "message": sentence(self.code, language)}}


class TryLater(Refused):
    """A client is refused for now.

    Attributes:
        seconds: When it may try again, for `Retry-After`.
    """

    def __init__(self, status: HTTPStatus, code: str, seconds: float) -> None:
        super().__init__(status, code)
        self.seconds = seconds


def unauthorised() -> Refused:
    """No token where one is needed, or a bad one anywhere: which of the two is nobody's business."""
    return Refused(HTTPStatus.UNAUTHORIZED, "UNAUTHORIZED")


def forbidden(code: str = "FORBIDDEN") -> Refused:
    """A good token that is not good for this, or a foreign page."""
    return Refused(HTTPStatus.FORBIDDEN, code)


def not_found() -> Refused:
    """Nothing there."""
    return Refused(HTTPStatus.NOT_FOUND, "NOT_FOUND")


def invalid_request() -> Refused:
    """The request is not of the form that is asked for."""
    return Refused(HTTPStatus.BAD_REQUEST, "INVALID_REQUEST")


def too_many(code: str, seconds: float) -> TryLater:
    """More than this client may have."""
    return TryLater(HTTPStatus.TOO_MANY_REQUESTS, code, seconds)


def unavailable(code: str, seconds: float = 2.0) -> TryLater:
    """More than the server has just now."""
    return TryLater(HTTPStatus.SERVICE_UNAVAILABLE, code, seconds)
