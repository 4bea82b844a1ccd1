"""What an application needs of a language model and of an embedding model."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Literal, Protocol

import attrs
import numpy as np
from numpy.typing import NDArray

Role = Literal["system", "user", "assistant", "tool"]
FinishReason = Literal["stop", "length", "tool_calls", "content_filter"]


@attrs.frozen(kw_only=True)
class ToolCall:
    """A model's wish to call a tool, whole."""

    id: str
    name: str
    arguments: str
    """JSON text as the model wrote it; it may be malformed."""


@attrs.frozen(kw_only=True)
class Image:
    """A picture that a model is shown; one that cannot see is not."""

    media_type: str
    data: bytes = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class ChatMessage:
    """One message of the conversation that a model continues."""

    role: Role
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None
    images: tuple[Image, ...] = ()
    """Beside the text, of a user's message."""


@attrs.frozen(kw_only=True)
class Tool:
    """A tool on offer."""

    name: str
    description: str
    parameters: Mapping[str, object]
    """JSON schema of the arguments, an object."""


@attrs.frozen(kw_only=True)
class ChatRequest:
    """What a model is asked to continue."""

    messages: tuple[ChatMessage, ...]
    tools: tuple[Tool, ...] = ()
    temperature: float = 0.0
    max_output_tokens: int = 1024


@attrs.frozen(kw_only=True)
class Usage:
    """Tokens paid for."""

    prompt_tokens: int
    completion_tokens: int


@attrs.frozen(kw_only=True)
class TextDelta:
    """The next piece of the answer's text."""

    text: str


@attrs.frozen(kw_only=True)
class ToolCallDelta:
    """The next fragment of one tool call; fragments of a call share `index`."""

    index: int
    id: str | None = None
    name: str | None = None
    arguments: str = ""


@attrs.frozen(kw_only=True)
class Finished:
    """The answer is whole; always the last event of a stream that was not cut."""

    reason: FinishReason
    usage: Usage | None = None


ChatEvent = TextDelta | ToolCallDelta | Finished


class ChatModel(Protocol):
    """A model that continues a conversation, streaming."""

    @property
    def name(self) -> str:
        """Name for `model_used`."""
        ...

    def open_stream(self, request: ChatRequest) -> AbstractAsyncContextManager[AsyncIterator[ChatEvent]]:
        """Start one answer.

        Returns:
            An async context manager of the stream of events; leaving it ends the request at the provider.

        Raises:
            ModelError: On entering or while iterating; see `smarthealth.llm.errors`.

        Cancellation:
            Closes the provider's connection at once.
        """
        ...


class Embedder(Protocol):
    """A model that turns texts into vectors."""

    @property
    def name(self) -> str:
        """Name and version; an index built by one name is not searched with another."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts.

        Returns:
            An array of shape (len(texts), dimensions), rows of unit length.

        Raises:
            ModelError: The provider failed.
        """
        ...
