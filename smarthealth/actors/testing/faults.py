"""Faults to order: which actor, which time, what goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

import attrs
from attrs.validators import ge, optional

FIRST: int | None = 1


class InjectedFault(Exception):
    """What a planned fault raises unless told otherwise."""


@attrs.frozen(kw_only=True)
class Fault:
    """What all faults have in common."""

    path: str
    """Path of the actor or service, or a pattern as `fnmatch` takes it: `*` stands for any part, slashes included."""
    nth: int | None = attrs.field(default=FIRST, validator=optional(ge(1)))
    """Which message, start or stop, counted from 1 for each path and over all its incarnations; None is each of them."""


@attrs.frozen(kw_only=True)
class CrashMessage(Fault):
    """Handling the nth message raises, in the actor's place."""

    error: Callable[[], BaseException] = InjectedFault
    """Makes what is raised."""


@attrs.frozen(kw_only=True)
class HangMessage(Fault):
    """Handling the nth message takes a while first."""

    seconds: float = inf
    """How long."""
    shielded: bool = False
    """Whether it cannot be cancelled meanwhile, so that the task gets stuck."""


@attrs.frozen(kw_only=True)
class FailStart(Fault):
    """The nth start raises before the actor's own begins."""

    error: Callable[[], BaseException] = InjectedFault
    """Makes what is raised."""


@attrs.frozen(kw_only=True)
class SlowStart(Fault):
    """The nth start takes a while first."""

    seconds: float
    """How long; `math.inf` is for ever."""


@attrs.frozen(kw_only=True)
class FailStop(Fault):
    """The nth clean-up raises when the actor's own is done."""

    error: Callable[[], BaseException] = InjectedFault
    """Makes what is raised."""


@attrs.frozen(kw_only=True)
class SlowStop(Fault):
    """The nth clean-up takes a while first. A service does this shielded, and may get stuck."""

    seconds: float
    """How long; `math.inf` is for ever."""


@attrs.frozen(kw_only=True)
class CrashService(Fault):
    """The nth incarnation of a service raises after a while, whatever it does."""

    after: float = 0.0
    """Seconds from its start."""
    error: Callable[[], BaseException] = InjectedFault
    """Makes what is raised."""
