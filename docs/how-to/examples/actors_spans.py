"""OpenTelemetry spans: one for each message handled, linked to the span in which it was sent."""

from functools import partial

import trio
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from smarthealth.actors import Actor, ActorRef, ChildSpec, Request, open_system
from smarthealth.actors.instruments.opentelemetry import Spans


class Question(Request[str]):
    """Asks anything."""


class Answerer(Actor[Question]):
    """Knows."""

    async def handle(self, message: Question) -> str:
        """Reply."""
        return "42"


class Clerk(Actor[Question]):
    """Knows whom to ask."""

    def __init__(self, answerer: ActorRef[Question]) -> None:
        self.answerer = answerer

    async def handle(self, message: Question) -> str:
        """Pass it on."""
        return await self.answerer.ask(Question())


async def main() -> None:
    """Ask within a span of the program's own."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("example")
    async with open_system("app", instrument=Spans(tracer)) as system:
        answerer = await system.start_child(ChildSpec(name="answerer", start=Answerer))
        clerk = await system.start_child(ChildSpec(name="clerk", start=partial(Clerk, answerer)))
        with tracer.start_as_current_span("the program's own") as own:
            assert await clerk.ask(Question()) == "42"
    spans = {span.name: span for span in exporter.get_finished_spans()}
    by_clerk, by_answerer = spans["Question app/clerk"], spans["Question app/answerer"]
    assert by_clerk.links[0].context == own.get_span_context()
    assert by_answerer.links[0].context == by_clerk.context
    assert by_clerk.parent is None


if __name__ == "__main__":
    trio.run(main)
