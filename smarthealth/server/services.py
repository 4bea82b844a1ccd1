"""What the server is given by whoever composes the program."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import attrs

from smarthealth.actors import ActorSnapshot
from smarthealth.conversation.application import Application, Language
from smarthealth.storage.patients import PatientPage

from .accounts import UserDirectory
from .gateway import ConnectionHost
from .health import Check
from .login import AuditTrail
from .metrics import Metrics
from .passwords import Passwords
from .tokens import Tokens


class PatientDirectory(Protocol):
    """Lists patients: `storage.patients.Patients`."""

    async def list(self, limit: int = 50, *, after: int | None = None, search: str | None = None) -> PatientPage:
        """Some of the patients, in order of name."""
        ...


@attrs.frozen(kw_only=True)
class ServerServices:
    """Everything that the server works with."""

    applications: tuple[Application, ...]
    """The first one's paths need no prefix on the main port."""
    connections: ConnectionHost
    users: UserDirectory
    patients: PatientDirectory
    audit: AuditTrail
    passwords: Passwords
    tokens: Tokens
    metrics: Metrics
    checks: Mapping[str, Check]
    """For `/health`, by name of the part."""
    snapshot: Callable[[], ActorSnapshot]
    """The tree of actors as it is now."""
    language: Language = "es"
    """Of refusals."""

    @property
    def bare(self) -> str:
        """The application whose paths need no prefix on the main port."""
        return self.applications[0].name
