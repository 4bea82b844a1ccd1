"""Spans of messages: roots of their own, linked to where the message came from."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
import trio
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode, get_current_span
from trio.testing import MockClock

from smarthealth.actors.actor import Actor, ChildSpec
from smarthealth.actors.asking import Request
from smarthealth.actors.errors import ActorFailed
from smarthealth.actors.instruments.opentelemetry import Spans
from smarthealth.actors.refs import ActorRef
from smarthealth.actors.system import open_system


@attrs.frozen
class Forward(Request[None]):
    """Is passed on by the first to the second."""

    to: ActorRef[Any] | None


class Crash(Request[None]):
    """Raises."""


class Worker(Actor[Any]):
    """Forwards, works within a span of its own, or crashes."""

    def __init__(self, provider: TracerProvider) -> None:
        self.tracer = provider.get_tracer("application")

    async def handle(self, message: Any) -> None:
        """Do so."""
        match message:
            case Forward(None):
                with self.tracer.start_as_current_span("query"):
                    await trio.sleep(1)
            case Forward(ActorRef() as to):
                await to.ask(Forward(None))
            case _:
                raise LookupError("something secret")


def by_name(exporter: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    """What was recorded."""
    return {span.name: span for span in exporter.get_finished_spans()}


async def test_spans_are_linked_and_not_nested(autojump_clock: MockClock) -> None:
    """Each handling is a trace of its own; a link leads to the sender's span; what is done within is its child."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    spans = Spans(provider.get_tracer("actors"))
    async with open_system("app", instrument=spans) as system:
        first, second = [
            await system.start_child(ChildSpec(name=name, start=lambda: Worker(provider)))
            for name in ("first", "second")
        ]
        with provider.get_tracer("application").start_as_current_span("outside") as outside:
            await first.ask(Forward(second))
        await first.ask(Forward(None))
        with pytest.raises(ActorFailed):
            await second.ask(Crash())
        assert not get_current_span().get_span_context().is_valid
    recorded = exporter.get_finished_spans()
    done = [span for span in recorded if span.name == "Forward app/first"]
    forwarded, unlinked = done
    handled = by_name(exporter)["Forward app/second"]
    query = next(span for span in recorded if span.name == "query")
    crashed = by_name(exporter)["Crash app/second"]
    assert [link.context for link in forwarded.links] == [outside.get_span_context()]
    assert [link.context for link in handled.links] == [forwarded.context]
    assert not unlinked.links
    assert forwarded.parent is handled.parent is unlinked.parent is None
    assert query.parent == handled.context
    assert handled.kind is SpanKind.CONSUMER
    assert handled.attributes is not None
    assert handled.attributes["message.outcome"] == "done"
    assert crashed.status.status_code is StatusCode.ERROR
    assert crashed.status.description == "LookupError"


def test_spans_go_to_the_global_provider_by_default() -> None:
    """Without a tracer of its own, spans are the program's."""
    assert Spans()._tracer is not None
