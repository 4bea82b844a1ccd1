"""OpenTelemetry spans of the messages that actors handle.

A message is not a call: its sender may have ended, or have sent a hundred others, when it is handled. So each handling is a
span of its own, the root of its trace, with a link to the span in which the message was sent. Spans that are made within
`handle` are its children, and messages sent from there are linked to it in turn.
"""

from __future__ import annotations

from contextvars import Token
from typing import cast

from opentelemetry.context import attach, detach
from opentelemetry.context.context import Context
from opentelemetry.trace import (
    Link,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    Tracer,
    get_current_span,
    get_tracer,
    set_span_in_context,
)

from smarthealth.actors.events import MessageInstrument, Outcome, Receiver


class Spans(MessageInstrument):
    """Makes a span of each message handled.

    Args:
        tracer: Makes the spans; None is the global provider's.
    """

    __slots__ = ("_tracer",)

    def __init__(self, tracer: Tracer | None = None) -> None:
        self._tracer = tracer or get_tracer("smarthealth.actors")

    def on_send(self, receiver: Receiver, message: object) -> object:
        """Remember the span in which it is sent."""
        return get_current_span().get_span_context()

    def on_handle(self, receiver: Receiver, message: object, token: object) -> object:
        """Begin a span and make it the current one of the actor's task."""
        sent_in = token if isinstance(token, SpanContext) and token.is_valid else None
        span = self._tracer.start_span(
            f"{type(message).__name__} {receiver.pattern}",
            context=Context(),
            kind=SpanKind.CONSUMER,
            links=() if sent_in is None else (Link(sent_in),),
            attributes={
                "actor.path": receiver.path,
                "actor.pattern": receiver.pattern,
                "message.type": type(message).__name__,
            },
        )
        return span, attach(set_span_in_context(span, Context()))

    def on_handled(
        self, receiver: Receiver, message: object, state: object, outcome: Outcome, error: BaseException | None
    ) -> None:
        """End the span; only a crash is an error."""
        span, before = cast(tuple[Span, Token[Context]], state)
        detach(before)
        span.set_attribute("message.outcome", outcome.value)
        if outcome is Outcome.FAILED and error is not None:
            # The class alone: the text of an exception may hold what is told of people.
            span.set_status(Status(StatusCode.ERROR, type(error).__name__))
        span.end()
