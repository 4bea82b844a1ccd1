"""Where a turn's words come from, and where its answer is spoken: the two ends of the sandwich.

A turn is a pipeline of three stages: hear → answer → speak. The first asks a `Hearing` for what the person said; the last
gives every piece of the answer to a `Speaking` besides sending it as text. Typed words need neither: `Typed` passes text
through, and without a `Speaker` nothing is spoken.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol

import attrs

from .wire import TtsChunk, TtsEnd

PARTIALS: Final = 8
"""Most partial transcripts of a typed text: each repeats all before it."""
_WORD: Final = re.compile(r"\S+\s*")

OnPartial = Callable[[str], Awaitable[None]]
"""Takes the transcript so far, from the beginning of the utterance."""
SendSpeech = Callable[[TtsChunk | TtsEnd], Awaitable[None]]


class Hearing(Protocol):
    """One utterance of a person; the turn calls `listen` once."""

    async def listen(self, partial: OnPartial) -> str:
        """Return what was said, when all of it is there; each partial transcript goes to `partial` before.

        Returns:
            The transcript; empty when there were no words in it, and then the turn says nothing.

        Raises:
            SpeechError: The provider failed; the turn ends with `agent_error`.
        """
        ...


class Speaking(Protocol):
    """The voice of one turn's answer."""

    @property
    def heard(self) -> str:
        """What of the text was played to the person so far, by its playback marks or else by the clock.

        Asked when the turn was interrupted, after the block was left: the history keeps just this.
        """
        ...

    async def say(self, text: str) -> None:
        """Take the next piece of the answer, as the model wrote it; returns soon, what is whole is spoken beside.

        Raises:
            SpeechError: The provider failed; the turn goes on without a voice.

        Backpressure:
            Waits when much more text than speech is there.
        """
        ...

    async def may_go_on(self) -> None:
        """Return when nobody speaks over the answer: at once, or when they are done and it was nothing.

        The turn asks before it takes more of the model's answer and before each tool runs.
        """
        ...

    async def finish(self) -> None:
        """The answer is whole: speak the rest, send `tts_end`, and return when all audio is out, paced as it is.

        The turn ends after that, so that while an answer is being spoken it can be interrupted.

        Raises:
            SpeechError: As for `say`.
        """
        ...


class Speaker(Protocol):
    """What a connection speaks with, while speech is on."""

    def open_speaking(self, send: SendSpeech) -> AbstractAsyncContextManager[Speaking]:
        """Start to speak one answer.

        Args:
            send: Sends `tts_chunk` and `tts_end` to the client, in the turn's order.

        Returns:
            An async context manager; leaving it, or cancellation, stops the voice at once.

        Raises:
            SpeechError: On entering; the turn goes on without a voice.
        """
        ...


@attrs.frozen
class Typed:
    """Words that need no hearing: they are passed through, a few at a time as speech would be."""

    text: str

    async def listen(self, partial: OnPartial) -> str:
        """Return the text."""
        for so_far in partials_of(self.text):
            await partial(so_far)
        return self.text


def partials_of(text: str) -> list[str]:
    """The beginnings of a text that its partial transcripts are, the longest last; at least one, at most `PARTIALS`."""
    ends = [match.end() for match in _WORD.finditer(text)]
    step = max(2, -(-len(ends) // PARTIALS))
    return [text[:end].rstrip() for end in ends[step - 1 : -1 : step]] or [text]
