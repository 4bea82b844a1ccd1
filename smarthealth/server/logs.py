"""Logs: one JSON object a line on standard error, from this program and from the libraries under it.

What must not be in a log is refused here as well as by everybody who logs: values under telling keys, tokens wherever they
are, and the texts of exceptions, which may quote anything. Of an exception its class and the places it went through remain.
"""

from __future__ import annotations

import itertools
import logging
import re
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from types import TracebackType
from typing import Any, TextIO

import structlog

REFUSED_KEYS = frozenset(
    {
        "access_token",
        "answer",
        "authorization",
        "body",
        "content",
        "cookie",
        "document_number",
        "email",
        "evidence",
        "excerpt",
        "full_name",
        "name",
        "password",
        "password_hash",
        "patient_name",
        "prompt",
        "query",
        "query_string",
        "question",
        "secret",
        "secret_key",
        "sources",
        "text",
        "token",
    }
)
REMOVED = "[removed]"
TOKEN_LIKE = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*|(?<=[?&]token=)[^&\s\"']+|(?<=[Bb]earer )\S+")
"""JSON Web Tokens, whatever stands before them, and whatever stands where one belongs."""
FRAMES = 12
"""Places of an exception's way that are shown, the innermost ones."""
TALKATIVE = ("httpx2",)
"""Libraries that tell at INFO of each request that they send: a line for each turn, and no news."""
DEEPEST = 8
"""Exceptions of a chain or group that are shown."""

Event = MutableMapping[str, Any]


def configure_logs(level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send this process's logs, structlog's and the standard library's, to a stream as JSON lines.

    Args:
        level: Name of the least level that is logged.
        stream: Where to; standard error when None.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        describe_exception,
        refuse_sensitive,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(default=str),
        ],
    )
    handler = logging.StreamHandler(stream if stream is not None else sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.NOTSET if root.level < logging.INFO else logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def refuse_sensitive(logger: object, method: str, event: Event) -> Event:
    """Take out what must not be in a log, in this processor's place of the chain: after everything that adds values."""
    for key, value in event.items():
        event[key] = REMOVED if key in REFUSED_KEYS else _without_tokens(value)
    return event


def describe_exception(logger: object, method: str, event: Event) -> Event:
    """Replace exceptions by their classes and the places they went through, without their texts."""
    info = event.pop("exc_info", None)
    error = sys.exception() if info is True else info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event["exception"] = list(itertools.islice(_chain(error), DEEPEST))
    return event


def _without_tokens(value: Any) -> Any:
    if isinstance(value, str):
        return TOKEN_LIKE.sub(REMOVED, value)
    if isinstance(value, dict):
        return {key: REMOVED if key in REFUSED_KEYS else _without_tokens(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_without_tokens(inner) for inner in value]
    return value


def _chain(error: BaseException) -> Iterator[dict[str, Any]]:
    yield {"type": type(error).__qualname__, "frames": _frames(error.__traceback__)}
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _chain(inner)
    following = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if following is not None:
        yield from _chain(following)


def _frames(found: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(found)[-FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
