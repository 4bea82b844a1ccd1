"""Logs, and what is never in them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from smarthealth.server.logs import REMOVED, TALKATIVE, configure_logs

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Logs of this process, into memory; everything as before afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    captured = io.StringIO()
    configure_logs("INFO", captured)
    yield captured
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.NOTSET)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """The lines so far."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_every_line_is_one_json_object(stream: io.StringIO) -> None:
    """Events of ours and messages of libraries come in one form, with time and level."""
    structlog.get_logger().info("turn_finished", seconds=1.5, nested={"a": (1, "b")}, strange=object)
    logging.getLogger("hypercorn.error").warning("a library says %s", "so")
    structlog.get_logger().debug("unseen")
    ours, theirs = lines(stream)
    assert (ours["event"], ours["seconds"], ours["level"]) == ("turn_finished", 1.5, "info")
    assert ours["nested"] == {"a": [1, "b"]}
    assert (theirs["event"], theirs["level"], theirs["logger"]) == ("a library says so", "warning", "hypercorn.error")
    assert ours["timestamp"].endswith("Z")


@pytest.mark.parametrize("key", ["question", "answer", "token", "password", "document_number", "email", "full_name"])
def test_telling_keys_lose_their_values(key: str, stream: io.StringIO) -> None:
    """Whoever logs them by mistake logs nothing of them, nested or not."""
    structlog.get_logger().info("x", **{key: "Laura"}, inner={key: "Laura"}, many=[{key: "Laura"}])
    assert "Laura" not in stream.getvalue()
    (line,) = lines(stream)
    assert line[key] == REMOVED


def test_tokens_are_taken_out_of_any_text(stream: io.StringIO) -> None:
    """In messages of libraries, in URLs and headers, good tokens and others."""
    logging.getLogger("x").info("GET /ws/chat?token=%s failed", "abc.def")
    logging.getLogger("x").info("header Bearer opaque-token and %s", TOKEN)
    structlog.get_logger().info("x", url=f"wss://host/ws?a=1&token={TOKEN}&b=2")
    shown = stream.getvalue()
    assert not any(secret in shown for secret in ("abc.def", "opaque-token", TOKEN, "eyJ"))
    assert "&b=2" in shown


def test_exceptions_are_shown_without_their_texts(stream: io.StringIO) -> None:
    """An exception's class and way are logged, also of causes and groups; what it quotes is not."""
    log = structlog.get_logger()
    try:
        try:
            raise KeyError("Laura")
        except KeyError as error:
            raise ExceptionGroup("Laura", [ValueError("Laura")]) from error
    except ExceptionGroup as group:
        log.error("failed", exc_info=True)
        log.error("failed", exc_info=group)
        logging.getLogger("x").exception("failed")
    assert "Laura" not in stream.getvalue()
    for line in lines(stream):
        assert [each["type"] for each in line["exception"]] == ["ExceptionGroup", "ValueError", "KeyError"]
        assert "test_exceptions_are_shown" in line["exception"][0]["frames"][-1]


def test_context_of_an_exception_is_shown_unless_it_is_suppressed(stream: io.StringIO) -> None:
    """`from None` hides what came before, as in a traceback; without an exception there is none."""
    log = structlog.get_logger()
    for cause in (True, False):
        try:
            try:
                raise KeyError
            except KeyError:
                if cause:
                    raise ValueError  # noqa: B904  # the implicit context is what is tested
                raise ValueError from None
        except ValueError as error:
            log.error("failed", exc_info=error)
    log.info("fine", exc_info=None)
    first, second, third = lines(stream)
    assert [each["type"] for each in first["exception"]] == ["ValueError", "KeyError"]
    assert [each["type"] for each in second["exception"]] == ["ValueError"]
    assert "exception" not in third


def test_standard_error_is_the_default(capsys: pytest.CaptureFixture[str], stream: io.StringIO) -> None:
    """Standard output is for results."""
    configure_logs()
    structlog.get_logger().info("hello")
    captured = capsys.readouterr()
    assert json.loads(captured.err)["event"] == "hello"
    assert captured.out == ""


def test_requests_to_models_are_no_news(stream: io.StringIO) -> None:
    """The HTTP library's line for each of them is told only to whoever asks for details."""
    logging.getLogger("httpx2").info("HTTP Request: POST …")
    logging.getLogger("httpx2").warning("something is wrong")
    assert [line["event"] for line in lines(stream)] == ["something is wrong"]
    configure_logs("DEBUG", stream)
    logging.getLogger("httpx2").info("HTTP Request: POST …")
    assert len(lines(stream)) == 2
