"""What an answer must not say, looked for in each sentence before it is shown.

A dose, a certain diagnosis, a medicine that this person must not take, a mark or an address without a source: the sentence is
replaced by one that holds, once, or loses the mark. The barrier holds back one sentence and no more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

import attrs

from smarthealth.apps.doctor.agents.reading import terms_in
from smarthealth.apps.doctor.case import Case
from smarthealth.apps.doctor.knowledge.loading import load_terms
from smarthealth.conversation.application import Language
from smarthealth.retrieval.words import fold

from .sentences import SentenceCutter

_DOSE: Final = re.compile(
    r"\b\d+(?:[.,]\d+)?\s*(?:-|a|to)?\s*(?:\d+(?:[.,]\d+)?\s*)?"
    r"(?:mg|mcg|ug|g|gr|ml|cc|iu|ui|units?|unidades|tablets?|pills?|capsules?|tabletas?|pastillas?|capsulas?|comprimidos?|gotas|drops|puffs?|"
    r"inhalaciones|ampollas?|cucharad(?:a|as|ita|itas)|teaspoons?|tablespoons?)\b(?!/)"
)
_NOT_A_DOSE: Final = re.compile(
    r"\b(?:per|por|/)\s*(?:dl|l|min)|\bmg/dl|\bwater|agua|fluid|liquid|honey|miel|sal\b|salt|sugar|azucar"
)
_EVERY: Final = re.compile(
    r"\b(?:take|tome|tomar|use|aplique|inject|inyect\w+|administ\w+)\b[^.]*\b(?:every|cada)\s+\w+\s+(?:hours?|horas?)\b"
)
_CERTAIN: Final = re.compile(
    r"\b(?:you (?:definitely|certainly|clearly|undoubtedly) have|you have been diagnosed with|your diagnosis is|this is (?:definitely|certainly)|"
    r"i diagnose|without (?:any )?doubt|there is no doubt|100 ?%|it is certain|"
    r"usted (?:tiene|padece|sufre)(?! (?:que|razon|derecho|alguna?|fiebre|dolor|dudas))|su diagnostico es|definitivamente (?:es|tiene)|sin (?:ninguna )?duda|"
    r"es seguro que|con (?:toda )?certeza|le diagnostico)\b"
)
_URL: Final = re.compile(r"https?://[^\s)\]]+|www\.[^\s)\]]+")
_MARK: Final = re.compile(r"\s?\[(\d+)\]")
_AGAINST: Final = re.compile(
    r"\b(?:no|not|avoid|never|nunca|evite|evitar|allerg\w+|alergi\w+|instead|en lugar|contraindic\w+|don t|do not|without|sin|"
    r"ask|pregunte|consult\w+|prescri\w+)\b"
)

Check = Callable[[str, Case], str | None]
"""A folded sentence and the case to the name of what is wrong with it."""

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

    def feed(self, text: str) -> str:
        """Take the next piece of prose; returns what may be shown now."""
        return "".join(map(self._let_out, self._cutter.feed(text)))

    def finish(self) -> str:
        """The prose has ended; returns what may be shown of the rest."""
        return "".join(map(self._let_out, self._cutter.finish()))

    def _let_out(self, sentence: str) -> str:
        folded = fold(sentence)
        for check in _CHECKS:
            wrong = check(folded, self.case)
            if wrong is not None:
                return self._instead_of(sentence, wrong)
        return self._without_invented_sources(sentence)

    def _instead_of(self, sentence: str, wrong: str) -> str:
        """The sentence that holds, the first time; nothing after that. White space stays."""
        space = sentence[len(sentence.rstrip()) :]
        if wrong in self._replaced:
            return space if "\n" in space else ""
        self._replaced.add(wrong)
        bullet = "- " if sentence.lstrip().startswith("- ") else ""
        return f"{bullet}{_INSTEAD[wrong][self.case.language]}{space}"

    def _without_invented_sources(self, sentence: str) -> str:
        known = len(self.case.sources)
        addresses = {source.url for source in self.case.sources}
        sentence = _MARK.sub(lambda mark: mark[0] if 1 <= int(mark[1]) <= known else "", sentence)
        return _URL.sub(lambda url: url[0] if url[0].rstrip(".,;") in addresses else "", sentence)


def _dose(sentence: str, case: Case) -> str | None:
    found = _EVERY.search(sentence) or (_DOSE.search(sentence) and not _NOT_A_DOSE.search(sentence))
    return "dose" if found else None


def _certainty(sentence: str, case: Case) -> str | None:
    return "certainty" if _CERTAIN.search(sentence) else None


def _harm(sentence: str, case: Case) -> str | None:
    """A medicine that the person must not take, unless the sentence warns of it."""
    if _AGAINST.search(sentence):
        return None
    named = terms_in(sentence)
    return "harm" if named and named & _forbidden(case) else None


def _forbidden(case: Case) -> frozenset[str]:
    """Ids of what must not be advised to this person."""
    profile = case.profile
    found = set(terms_in(*profile.drug_allergies))
    circumstances = []
    if profile.is_pregnant:
        circumstances.append("pregnancy")
    if profile.years is not None and profile.years < _ADULT:
        circumstances.append("childhood")
    found.update(term.id for term in load_terms().values() if set(term.not_in) & set(circumstances))
    return frozenset(found)


_ADULT: Final = 16.0
"""Years; below it what is not for children is not advised (aspirin, by the rule on Reye's syndrome of NHS and MHRA)."""
_CHECKS: Final[tuple[Check, ...]] = (_dose, _certainty, _harm)
