"""Where a question that asks several things is to be cut."""

from __future__ import annotations

import re
from datetime import date

from smarthealth.retrieval.glossary import Glossary

from .concepts import find_concepts
from .folding import CONCEPT, PERIOD, Reading, fold_letters
from .timerange import find_period

_SENTENCE_END = re.compile(
    r"(?<=[?!])\s+|(?<=[a-z0-9\])][.;])(?<!\b[DS]r\.)(?<!\b[DS]ra\.)(?<!\bMr\.)(?<!\bMrs\.)(?<!\bMs\.)(?<!\b[Nn]o\.)\s+(?=[A-ZÁÉÍÓÚÑ¿¡])|[\n\r;]+|(?<=[.?!])\s*(?=¿)"
)
_ASKS = (
    r"(?:(?:a|en|de|con|por|desde|hasta|para|at|in|on|by|for|from|since)\s+)?(?:que|cual(?:es)?|cuando|cuant[oa]s?|donde|quien(?:es)?|como|what|which|when|where|who(?:m)?|why|how|"
    r"is|are|was|were|has|have|had|does|did|do|tiene|tuvo|ha|han|hay|hubo|esta|es|fue|toma|fuma|recibio|padece|sigue|existe|consta|"
    r"dime|dame|muestra(?:me)?|lista|enumera|indica|resume|list|show|give|tell|summari[sz]e)\b"
)
_CUT = re.compile(
    rf"(?:\s*,\s*(?:y|e|and|ademas|also|then|luego|tambien|plus)\s+|\s+(?:y|e|and)\s+(?:tambien\s+|ademas\s+|also\s+)?|\s*,\s*)(?={_ASKS})"
)
_OPENS_WITH_QUESTION = re.compile(rf"^\W*(?:y\s+|and\s+)?{_ASKS}")
_LEAD_IN = re.compile(rf"[^:?\n]{{8,200}}:\s(?=\W*{_ASKS})")
_BEGUN = re.compile(
    r"^\W*(?:segun|de\s+acuerdo\s+(?:con|a)|(?:as\s+)?per|according\s+to|after|before|since|during|following|tras|durante|desde|(?:despues|antes|luego)\s+del?)\b"
    rf"(?![^?]*\b{_ASKS})"
)
"""A question that has named no more than its time, or what is to tell it: `according to the note, what …`."""
_SHORTEST = 2


def split_sentences(text: str) -> list[str]:
    """Cut a text into sentences; dots within numbers and abbreviations do not cut."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part and part.strip(" .?!¿¡,;")]


def without_lead_in(text: str, glossary: Glossary) -> str:
    """A text without what somebody says before a colon and a question that names its own thing (`I am writing a referral: …`)."""
    lead = _LEAD_IN.match(fold_letters(text))
    if lead is None or _is_question(lead[0]) or not find_concepts(text[lead.end() :], glossary):
        return text
    return text[lead.end() :].lstrip()


def split_clauses(sentence: str, glossary: Glossary, today: date) -> list[str]:
    """Cut a sentence before each further question in it (`cuándo fue … y quién …`); concepts and times stay whole."""
    reading = Reading(sentence)
    for match in find_concepts(sentence, glossary):
        reading.cover(match.start, match.end, CONCEPT)
    period = find_period(reading.open, today)
    if period is not None:
        reading.cover(period.start, period.end, PERIOD)
    visible = reading.open
    places = [(match.start(), match.end()) for match in _CUT.finditer(visible)]
    parts: list[str] = []
    start = 0
    for left, right in places:
        before = visible[start:left].strip(" ¿?,.")
        if not before or _BEGUN.search(before) or not _is_question(visible[start:left]):
            continue
        parts.append(sentence[start:left])
        start = right
    parts.append(sentence[start:])
    return [part for part in parts if len(fold_letters(part).strip(" ?.,!")) >= _SHORTEST]


def _is_question(text: str) -> bool:
    return _OPENS_WITH_QUESTION.search(text) is not None or CONCEPT in text
