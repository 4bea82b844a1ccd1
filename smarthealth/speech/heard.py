"""Which part of a text was heard, given how much of its audio was played."""

from __future__ import annotations

from typing import Final

import attrs

from .ports import SAMPLE_BYTES, SPEAKING_RATE_HZ

BYTES_PER_SECOND: Final = SPEAKING_RATE_HZ * SAMPLE_BYTES
"""Of spoken audio."""


@attrs.define(eq=False)
class _Sentence:
    text: str
    start: float
    """Seconds of audio before it."""
    seconds: float = 0.0
    whole: bool = False


@attrs.define(eq=False)
class SpokenText:
    """Remembers what was said when; a sentence is said evenly from the begin of its audio to the end."""

    _sentences: list[_Sentence] = attrs.field(factory=list, init=False)
    _seconds: float = attrs.field(default=0.0, init=False)

    @property
    def seconds(self) -> float:
        """Of all audio so far."""
        return self._seconds

    @property
    def text(self) -> str:
        """All that was begun to be said."""
        return "".join(sentence.text for sentence in self._sentences)

    def begin(self, text: str) -> None:
        """The audio that comes now is that of `text`; of what was before it, no more comes."""
        self.end()
        self._sentences.append(_Sentence(text=text, start=self._seconds))

    def add(self, size: int) -> None:
        """So many bytes of audio of the last text have been sent."""
        seconds = size / BYTES_PER_SECOND
        self._seconds += seconds
        self._sentences[-1].seconds += seconds

    def end(self) -> None:
        """The audio of the last text is whole."""
        if self._sentences:
            self._sentences[-1].whole = True

    def heard(self, played: float) -> str:
        """The words heard when `played` seconds of the audio were played; a word that was begun does not count.

        Where the audio of a sentence is not whole yet, its length is not known, and the pace of the sentences before is used.
        """
        pieces: list[str] = []
        for sentence in self._sentences:
            if sentence.whole and played >= sentence.start + sentence.seconds:
                pieces.append(sentence.text)
                continue
            if played > sentence.start:
                pieces.append(_cut(sentence.text, (played - sentence.start) / self._expected(sentence)))
            break
        return "".join(pieces).rstrip()

    def _expected(self, sentence: _Sentence) -> float:
        if sentence.whole:
            return sentence.seconds
        return max(sentence.seconds, len(sentence.text) * _SECONDS_PER_CHARACTER, _LEAST_SECONDS)


_SECONDS_PER_CHARACTER: Final = 0.065
"""Of Spanish and English speech, when nothing better is known."""
_LEAST_SECONDS: Final = 0.1


def _cut(text: str, share: float) -> str:
    """The whole words in the first `share` of a text."""
    end = int(len(text) * min(share, 1.0))
    if end >= len(text.rstrip()) or text[end : end + 1].isspace():
        return text[:end]
    space = max(text.rfind(" ", 0, end), text.rfind("\n", 0, end))
    return text[: space + 1] if space >= 0 else ""
