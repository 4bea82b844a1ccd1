"""Settings of children, mailboxes and restarts: plain data, checked when made."""

from __future__ import annotations

import enum
import random
from collections.abc import Callable, Hashable

import attrs
from attrs.validators import ge, gt, le


class Restart(enum.Enum):
    """Whether a child that ended is started again."""

    PERMANENT = "permanent"
    """Always, whatever the way it ended."""
    TRANSIENT = "transient"
    """Only when it failed."""
    TEMPORARY = "temporary"
    """Never; it leaves the tree."""


class Strategy(enum.Enum):
    """Which children are restarted when one is."""

    ONE_FOR_ONE = "one_for_one"
    """That child alone."""
    ONE_FOR_ALL = "one_for_all"
    """All of them."""
    REST_FOR_ONE = "rest_for_one"
    """That child and those started after it."""


class Overflow(enum.Enum):
    """What a full mailbox does with one message more; whatever is lost is a dead letter."""

    WAIT = "wait"
    """The sender waits (`tell_nowait` is refused)."""
    REJECT = "reject"
    """It is refused and the sender learns of it: `tell_nowait` gives False, `ask` raises `MailboxFull`."""
    DROP_NEWEST = "drop_newest"
    """It is dropped in silence; an `ask` raises `MailboxFull`."""
    DROP_OLDEST = "drop_oldest"
    """The oldest queued message makes way; if that was an ask, its asker gets `MailboxFull`."""
    KEEP_LATEST = "keep_latest"
    """One message per key waits, always the latest, in the place of the first; when full, the oldest key makes way."""
    STOP = "stop"
    """The actor is stopped for good, as by `ActorRef.stop`."""


def _class_name(message: object) -> Hashable:
    return type(message).__qualname__


@attrs.frozen(kw_only=True)
class Mailbox:
    """Size of a mailbox and what happens when it is full."""

    capacity: int = attrs.field(default=64, validator=ge(1))
    """Messages that may wait."""
    overflow: Overflow = Overflow.WAIT
    """What a full mailbox does."""
    key: Callable[[object], Hashable] = _class_name
    """For `Overflow.KEEP_LATEST`: messages of one key replace each other. By default, messages of one class do."""


@attrs.frozen(kw_only=True)
class Backoff:
    """How long a supervisor waits before a restart."""

    initial: float = attrs.field(default=0.1, validator=ge(0.0))
    """Seconds before the first restart."""
    factor: float = attrs.field(default=2.0, validator=ge(1.0))
    """Growth from one restart to the next."""
    maximum: float = attrs.field(default=10.0, validator=ge(0.0))
    """Most seconds before a restart."""
    jitter: float = attrs.field(default=0.2, validator=[ge(0.0), le(1.0)])
    """Random share added or taken away, so that children which failed together do not come back together."""
    reset_after: float = attrs.field(default=30.0, validator=gt(0.0))
    """A child that ran for so many seconds starts again at `initial`."""

    def __attrs_post_init__(self) -> None:
        if self.initial > self.maximum:
            raise ValueError(f"initial, {self.initial:g} s, must be <= maximum, {self.maximum:g} s")

    def delay(self, attempt: int) -> float:
        """Seconds to wait before restart number `attempt` (from 0) of a row."""
        # Past 64 doublings any sensible maximum is reached, and the power could overflow.
        seconds = min(self.initial * self.factor ** min(attempt, 64), self.maximum)
        if self.jitter:
            seconds *= 1 + self.jitter * random.uniform(-1, 1)  # spreads load, guards nothing
        return seconds


DEFAULT_MAILBOX = Mailbox()
DEFAULT_BACKOFF = Backoff()
