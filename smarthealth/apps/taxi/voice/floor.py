"""Who has the floor: what happens to an answer while somebody speaks over it.

At the first sound of a voice the answer stands still: its speech is paused, nothing more of it is written and no further tool runs.
Words make it an interruption, which the turn that answers them carries out. Without words the answer goes on where it stood, in
any case after `hold` seconds.
"""

from __future__ import annotations

from collections.abc import Callable

import attrs

from smarthealth.apps.taxi.wire import SpeechPaused, SpeechResumed

from .speaking import VoicedAnswer


@attrs.define(eq=False)
class Floor:
    """Of one connection."""

    reply: Callable[[SpeechPaused | SpeechResumed], object]
    """Tells the client, before anything else that waits for it."""
    now_ms: Callable[[], int]
    _answer: VoicedAnswer | None = attrs.field(default=None, init=False)
    _last: int = attrs.field(default=0, init=False)

    def next_number(self) -> int:
        """The number of the next spoken answer."""
        self._last += 1
        return self._last

    def take(self, answer: VoicedAnswer) -> None:
        """An answer begins to be spoken."""
        self._answer = answer

    def leave(self, answer: VoicedAnswer) -> None:
        """An answer is over, or was interrupted."""
        if self._answer is answer:
            self._answer = None

    @property
    def taken(self) -> bool:
        """Whether an answer is being spoken."""
        return self._answer is not None

    def voice_heard(self) -> None:
        """Somebody speaks."""
        answer = self._answer
        if answer is not None and answer.sounding and not answer.paused:
            answer.pause()
            self.reply(SpeechPaused(speech=answer.number, ts=self.now_ms()))

    def no_words(self) -> None:
        """It was a cough, or nothing that can be answered."""
        answer = self._answer
        if answer is not None and answer.paused:
            answer.resume()
            self.reply(SpeechResumed(speech=answer.number, ts=self.now_ms()))

    def played(self, seconds: float, speech: int | None) -> None:
        """The client says how far it is; what it says of another answer is late."""
        answer = self._answer
        if answer is not None and speech in (None, answer.number):
            answer.mark(seconds)
