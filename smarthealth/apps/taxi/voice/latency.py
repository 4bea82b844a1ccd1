"""How long each step takes from the end of a person's speech: transcript, first token, first audio."""

from __future__ import annotations

import attrs
import trio

from smarthealth.conversation.telemetry import Telemetry


@attrs.frozen(kw_only=True)
class Steps:
    """Seconds from the end of speech; each at least as late as the one before."""

    transcript: float
    first_token: float
    first_audio: float


@attrs.define(eq=False)
class Stopwatch:
    """One utterance and its answer; the steps come in order, each counted once."""

    application: str
    telemetry: Telemetry
    _speech_ended: float | None = attrs.field(default=None, init=False)
    _transcript: float | None = attrs.field(default=None, init=False)
    _first_token: float | None = attrs.field(default=None, init=False)
    _told: bool = attrs.field(default=False, init=False)

    def speech_ended(self) -> None:
        """The last voiced audio has come, and the silence after it: the turn begins here."""
        if self._speech_ended is None:
            self._speech_ended = trio.current_time()

    def transcript(self) -> None:
        """The final transcript is there."""
        if self._transcript is None and self._speech_ended is not None:
            self._transcript = trio.current_time() - self._speech_ended
            self.telemetry.stage_finished(self.application, "transcript", self._transcript)

    def first_token(self) -> None:
        """The answer begins."""
        if self._first_token is None and self._transcript is not None and self._speech_ended is not None:
            self._first_token = trio.current_time() - self._speech_ended
            self.telemetry.stage_finished(self.application, "voice_first_token", self._first_token)

    def first_audio(self) -> Steps | None:
        """The answer is heard: all steps, the first time that all of them were taken."""
        if self._told or self._speech_ended is None or self._transcript is None or self._first_token is None:
            return None
        self._told = True
        seconds = trio.current_time() - self._speech_ended
        self.telemetry.stage_finished(self.application, "first_audio", seconds)
        return Steps(transcript=self._transcript, first_token=self._first_token, first_audio=seconds)
