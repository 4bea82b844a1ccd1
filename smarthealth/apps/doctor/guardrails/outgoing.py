"""What an answer must not say, looked for in each sentence before it is shown.

A dose, a prescription, a certain diagnosis, a medicine that this person must not take: the sentence is replaced by one that
holds, once. A mark, a link or an address without a source is taken out of its sentence. The barrier holds back one sentence
and no more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import attrs

from smarthealth.apps.doctor.case import Case
from smarthealth.conversation.application import Language
from smarthealth.retrieval.words import fold

from .certainty import prescribes, says_certain
from .doses import says_dose
from .medicines import Forbidden, forbidden_for
from .sentences import SentenceCutter

_URL: Final = re.compile(
    r"(?:https?://|www\.)[^\s)\]]+|\b(?:[a-z0-9-]++\.){1,4}(?:com|org|net|gov|edu|info|health|uk|es|co|int|eu)\b(?:/[^\s)\]]*)?",
    re.IGNORECASE,
)
_LINK: Final = re.compile(r"\[([^\[\]]{1,200})\]\(([^()\s]{1,400})\)")
_PAPER: Final = re.compile(r"\b(?:doi|pmid)[:\s]\s?[\w./-]*\w", re.IGNORECASE)
_MARK: Final = re.compile(r"\s?\[(\d{1,9}(?:\s?[,;-]\s?\d{1,9}){0,20})\]")
_SCAFFOLDING: Final = re.compile(r"^\s*(?:```\w*|-{3,}|[{}\[\]],?|\{?\s*\"\w+\"\s*:.*)\s*$", re.DOTALL)
"""What is left of a structured result in the prose."""
_EMPHASIS: Final = re.compile(r"[*_`#\u200b-\u200d\u2060\ufeff]+")
_SPACES: Final = re.compile(r"\s+")

_INSTEAD: Final[Mapping[str, Mapping[Language, str]]] = {
    "dose": {
        "en": "The dose is for a professional or a pharmacist to say.",
        "es": "La dosis la debe indicar un profesional o un farmacéutico.",
    },
    "certainty": {
        "en": "Only an examination can tell for certain what it is.",
        "es": "Solo un examen puede decir con certeza qué es.",
    },
    "harm": {
        "en": "Because of what you told of your allergies, pregnancy or age, ask a professional before taking any medicine for this.",
        "es": "Por lo que contó de sus alergias, embarazo o edad, pregunte a un profesional antes de tomar cualquier medicamento para esto.",
    },
}  # fmt: skip


@attrs.define(eq=False)
class OutputBarrier:
    """Looks at one answer, sentence by sentence."""

    case: Case
    _cutter: SentenceCutter = attrs.field(factory=SentenceCutter, init=False)
    _replaced: set[str] = attrs.field(factory=set, init=False)
    _forbidden: Forbidden = attrs.field(init=False)
    _addresses: frozenset[str] = attrs.field(init=False)
    _known: str = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._forbidden = forbidden_for(self.case)
        self._known = fold(", ".join(self.case.profile.chronic_conditions))
        self._addresses = frozenset(source.url for source in self.case.sources)

    def feed(self, text: str) -> str:
        """Take the next piece of prose; returns what may be shown now."""
        return "".join(map(self._let_out, self._cutter.feed(text)))

    def finish(self) -> str:
        """The prose has ended; returns what may be shown of the rest."""
        return "".join(map(self._let_out, self._cutter.finish()))

    def _let_out(self, sentence: str) -> str:
        if _SCAFFOLDING.match(sentence):
            return ""
        wrong = self._wrong_with(_SPACES.sub(" ", fold(_EMPHASIS.sub("", sentence))))
        if wrong is not None:
            return self._instead_of(sentence, wrong)
        return self._without_invented_sources(sentence)

    def _wrong_with(self, sentence: str) -> str | None:
        """The name of what is wrong with a folded sentence."""
        if prescribes(sentence) or says_dose(sentence):
            return "dose"
        if says_certain(sentence, self._known):
            return "certainty"
        return "harm" if self._forbidden.is_advised_in(sentence) else None

    def _instead_of(self, sentence: str, wrong: str) -> str:
        """The sentence that holds, the first time; nothing after that. White space stays."""
        space = sentence[len(sentence.rstrip()) :]
        if wrong in self._replaced:
            return space if "\n" in space else ""
        self._replaced.add(wrong)
        bullet = "- " if sentence.lstrip().startswith(("- ", "* ")) else ""
        return f"{bullet}{_INSTEAD[wrong][self.case.language]}{space}"

    def _without_invented_sources(self, sentence: str) -> str:
        sentence = _LINK.sub(lambda link: link[0] if link[2] in self._addresses else link[1], sentence)
        sentence = _URL.sub(lambda url: url[0] if self._is_known(url[0]) else "", sentence)
        return _MARK.sub(self._known_marks, _PAPER.sub("", sentence))

    def _is_known(self, address: str) -> bool:
        """Whether an address is a source's, or the site that one is on."""
        address = address.rstrip(".,;:!?").lower()
        return address in self._addresses or any(
            known.split("/")[2].removeprefix("www.") == address.removeprefix("www.")
            for known in self._addresses
            if "://" in known
        )

    def _known_marks(self, mark: re.Match[str]) -> str:
        """A mark as far as its sources exist."""
        numbers = re.split(r"\s?[,;-]\s?", mark[1])
        known = [number for number in numbers if 1 <= int(number) <= len(self.case.sources)]
        if known == numbers:
            return mark[0]
        return f" [{', '.join(known)}]" if known else ""
