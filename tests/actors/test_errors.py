"""Errors carry their data and say it to people."""

from __future__ import annotations

import pytest
import trio
import trio.testing

from smarthealth.actors import errors


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (errors.ActorFailed("app/a"), "app/a failed"),
        (errors.ActorStopped("app/a"), "app/a has stopped"),
        (errors.MailboxFull("app/a"), "app/a has a full mailbox"),
        (errors.NameTaken("app/a"), "app/a exists already"),
        (errors.AskTimeout("app/a", 0.5), "app/a did not reply within 0.5 s"),
        (errors.AskCycle(("app/a", "app/b", "app/a")), "actors would wait for each other: app/a → app/b → app/a"),
        (errors.SupervisorFull("app/a", 3), "app/a has 3 children, its most"),
        (errors.StageTimeout("search", 2.0), "stage search took longer than 2 s"),
        (errors.SupervisionError("app", (KeyError(), OSError())), "app gave up: KeyError, OSError"),
        (errors.SupervisionError("app", ()), "app gave up: its children ended too often"),
    ],
)
def test_error_says_what_happened(error: errors.ActorError, text: str) -> None:
    """Each error is an `ActorError` whose text names the actor concerned and what happened to it."""
    assert isinstance(error, errors.ActorError)
    assert str(error) == text


def test_supervision_error_shows_its_last_cause() -> None:
    """The last failure of a supervisor that gave up is the cause that tracebacks print."""
    last = OSError()
    assert errors.SupervisionError("app", (KeyError(), last)).__cause__ is last
    assert errors.SupervisionError("app", ()).__cause__ is None


async def test_first_leaf_is_no_cancellation(autojump_clock: trio.testing.MockClock) -> None:
    """Of a group, however nested, the first error counts that is not a cancellation."""
    cancelled: BaseException | None = None
    with trio.move_on_after(1):
        try:
            await trio.sleep_forever()
        except trio.Cancelled as error:
            cancelled = error
            raise
    assert cancelled is not None
    failure = KeyError()
    alone = BaseExceptionGroup("", [cancelled])
    assert errors.first_leaf(alone) is None
    assert errors.first_leaf(BaseExceptionGroup("", [cancelled, alone, ExceptionGroup("", [failure])])) is failure


async def test_what_is_fatal(autojump_clock: trio.testing.MockClock) -> None:
    """What is no exception and no cancellation, however deep in groups; stale cancellations are failures like others."""
    cancelled: BaseException | None = None
    with trio.move_on_after(1):
        try:
            await trio.sleep_forever()
        except trio.Cancelled as error:
            cancelled = error
            raise
    assert cancelled is not None
    assert errors.fatal_part(OSError()) is None
    assert errors.fatal_part(cancelled) is None
    assert errors.fatal_part(BaseExceptionGroup("", [cancelled, ExceptionGroup("", [OSError()])])) is None
    interrupt = KeyboardInterrupt()
    assert errors.fatal_part(interrupt) is interrupt
    leave = SystemExit()
    assert errors.fatal_part(BaseExceptionGroup("", [OSError(), BaseExceptionGroup("", [leave])])) is leave


def test_limits_say_what_they_are() -> None:
    """An error about a limit carries it, and whose it is."""
    stash, topic = errors.StashFull("app/a", 3), errors.TopicFull(5)
    assert (stash.path, stash.capacity, str(stash)) == ("app/a", 3, "app/a has set aside 3 messages, its most")
    assert (topic.max_subscribers, str(topic)) == (5, "the topic has 5 subscribers, its most")
    assert not errors.AskTimeout("app/a", 1).inherited
