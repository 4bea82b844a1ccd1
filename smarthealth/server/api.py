"""The bodies of HTTP requests and responses."""

from __future__ import annotations

import attrs
import msgspec

from smarthealth.conversation.application import Role

from .errors import invalid_request
from .passwords import LONGEST_PASSWORD

LONGEST_EMAIL = 254
"""Characters: RFC 5321 with erratum 1690."""


@attrs.frozen(kw_only=True)
class LoginRequest:
    """Who wants to sign in."""

    email: str
    password: str = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class LoginAnswer:
    """A way in."""

    access_token: str = attrs.field(repr=False)
    token_type: str = "bearer"  # the kind of token, not one


@attrs.frozen(kw_only=True)
class Me:
    """Whom a token names."""

    user_id: int
    email: str | None
    name: str | None
    role: Role
    expires_at: float
    """Seconds since the epoch."""


@attrs.frozen(kw_only=True)
class PatientRow:
    """A patient to choose."""

    full_name: str
    document_type_id: int
    document_type: str
    document_number: str
    birth_date: str | None


@attrs.frozen(kw_only=True)
class PatientList:
    """Patients to choose from, in order of name."""

    patients: tuple[PatientRow, ...]


@attrs.frozen(kw_only=True)
class DocumentTypeRow:
    """A kind of identity document."""

    id: int
    code: str
    name: str


@attrs.frozen(kw_only=True)
class DocumentTypeList:
    """The kinds of identity documents."""

    document_types: tuple[DocumentTypeRow, ...]


@attrs.frozen(kw_only=True)
class Problem:
    """What went wrong."""

    code: str
    message: str


@attrs.frozen(kw_only=True)
class ErrorAnswer:
    """Any refusal."""

    error: Problem


def read_login(body: bytes) -> LoginRequest:
    """Read the body of a sign-in.

    Raises:
        Refused: 400 for anything but an object with the two texts, each of a sensible length.
    """
    try:
        request = msgspec.json.decode(body, type=LoginRequest)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise invalid_request() from None
    if not 0 < len(request.email) <= LONGEST_EMAIL or not 0 < len(request.password) <= LONGEST_PASSWORD:
        raise invalid_request()
    return request
