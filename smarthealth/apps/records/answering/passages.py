"""Passages of clinical notes: their sections, their sentences, and what may be quoted from them.

A note is written by others. What in it addresses a machine rather than a clinician is never quoted, and nothing quoted can
be taken for a mark or a line of the prompt.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

import attrs

from smarthealth.apps.records.understanding.folding import fold_letters
from smarthealth.apps.records.understanding.question import Kin, Refusal, Topic
from smarthealth.apps.records.understanding.refusals import find_refusal
from smarthealth.apps.records.understanding.relatives import names_kin
from smarthealth.retrieval.glossary import Glossary
from smarthealth.retrieval.senses import translations

QUOTE_LENGTH = 420
"""Characters of one quotation."""
_SHORTEST_NAME = 3
_NOTES_KEPT = 256
"""Notes whose sections are remembered, 20 kB of text each at most: many questions about a patient look through the same ones."""

_HEADING = re.compile(r"^\s*(?:#+\s*(?P<marked>[^\n#]+?)|(?P<colon>[A-Z][A-Za-z /&]{2,40}):)\s*$", re.MULTILINE)
_TITLES = [
    "Dr",
    "dr",
    "Dra",
    "dra",
    "Dres",
    "Sr",
    "Sra",
    "Mr",
    "Mrs",
    "Ms",
    "Prof",
    "Lic",
    "St",
    "Enf",
    "Bact",
    "Ing",
    "Psic",
    "Ft",
    "Aux",
    "Tec",
    "Opt",
]
NO_TITLE = "".join(rf"(?<!\b{title}\.)" for title in _TITLES)
"""Of a regular expression: no title stands before. One before a name ends no sentence."""
_SENTENCE = re.compile(rf"(?<=[.!?;]){NO_TITLE}\s+(?=[A-ZÁÉÍÓÚÑ¿¡\"«])|\n+")
_SPACE = re.compile(r"\s+")
_MARK = re.compile(r"\[(\d+)\]")
_BULLET = re.compile(r"^\s*[-*•]\s*")

_SECTION_HEADINGS = {
    "complaint": ("chief complaint", "complaint", "motivo de consulta", "reason for visit"),
    "present": ("history of present illness", "hpi", "enfermedad actual", "present illness"),
    "social": ("social history", "antecedentes sociales", "historia social"),
    "allergies": ("allergies", "alergias"),
    "medications": ("medications", "medicamentos", "medicacion"),
    "plan": ("plan", "assessment and plan", "assessment", "plan de manejo", "analisis y plan", "evaluacion"),
}
"""Headings, folded, by the name that `modifiers` gives a section."""
_NO_HEADING = "-"
_INLINE = re.compile(
    r"^[ \t]*(?P<heading>[A-ZÁÉÍÓÚÑ][^\W\d_]*(?:[ /&-][^\W\d_]+){0,4}):[ \t]+(?P<rest>\S.*)$", re.MULTILINE
)
"""A heading with its text on the same line, which is all of its section."""
_ADVICE = re.compile(r"\b(?:recom[ei]|aconsej|suger|sugi|indicaciones|advi[sc]e|suggest|counsel|instruct)")
"""Beginnings of words by which a line of a note, folded, gives advice."""
_GIST = ("complaint", "plan", "present")
"""The sections that say most, in the order in which they are quoted."""


@attrs.frozen
class Section:
    """A part of a note under one heading."""

    heading: str
    lines: tuple[str, ...]


@lru_cache(maxsize=_NOTES_KEPT)
def sections_of(text: str) -> tuple[Section, ...]:
    """Cut a note at its headings; what stands before the first has the heading ""."""
    found: list[Section] = []
    text = _INLINE.sub(lambda match: f"# {match['heading']}\n{match['rest']}\n# {_NO_HEADING}\n", text)
    headings = list(_HEADING.finditer(text))
    starts = [(0, 0, "")] + [(match.start(), match.end(), match["marked"] or match["colon"]) for match in headings]
    ends = [start for start, _, _ in starts[1:]] + [len(text)]
    for (_, body, heading), end in zip(starts, ends, strict=True):
        lines = _lines(text[body:end])
        if lines:
            found.append(Section(heading.strip().removeprefix(_NO_HEADING), tuple(lines)))
    return tuple(found)


def _lines(text: str) -> list[str]:
    lines = (_SPACE.sub(" ", _BULLET.sub("", line)).strip() for line in _SENTENCE.split(_joined_lines(text)))
    return list(dict.fromkeys(line for line in lines if line and not _is_addressed_to_a_machine(line)))


def _joined_lines(text: str) -> str:
    """A line that goes on in small letters belongs to the one before."""
    return re.sub(r"\n\s*(?=(?:is|and|with|y|con)\b)", " ", text)


def _is_addressed_to_a_machine(line: str) -> bool:
    folded = fold_letters(line)
    return find_refusal(folded, folded) is Refusal.INSTRUCTION


def section_text(text: str, name: str) -> str | None:
    """What stands in the section of a note that a question asks for; None when it has no such section."""
    wanted = _SECTION_HEADINGS[name]
    lines = [line for section in sections_of(text) if fold_letters(section.heading) in wanted for line in section.lines]
    return quotable(lines) or None


def advice_text(text: str) -> str | None:
    """What a note recommends: its lines of advice, else its plan; None when it has neither."""
    lines = [
        line
        for section in sections_of(text)
        for line in section.lines
        if gives_advice(section.heading) or gives_advice(line)
    ]
    return quotable(lines) or section_text(text, "plan")


def gives_advice(line: str) -> bool:
    """Whether a line of a note, with its heading, recommends something."""
    return _ADVICE.search(fold_letters(line)) is not None


def gist(text: str) -> str:
    """The lines of a note that say most."""
    known = [found for name in _GIST if (found := section_text(text, name))]
    if known:
        return shortened(" · ".join(known))
    return quotable([line for section in sections_of(text) for line in section.lines])


def quotable(lines: Sequence[str]) -> str:
    """Lines as one quotation, bounded, that can pose as nothing else."""
    return shortened(" ".join(line if line[-1] in ".;:" else f"{line};" for line in lines).rstrip(";"))


def shortened(text: str, length: int = QUOTE_LENGTH) -> str:
    """A text cut at a word, without marks and quotation marks of ours."""
    text = _MARK.sub(r"(\1)", " ".join(text.split()))
    text = text.replace("«", '"').replace("»", '"').replace("“", '"').replace("”", '"')
    if len(text) <= length:
        return text
    return text[:length].rsplit(" ", 1)[0] + "…"


def mentions(text: str, topic: Topic, glossary: Glossary) -> list[str]:
    """The sentences of a note that speak of a topic."""
    family = {member for concept in topic.concepts for member in glossary.family(concept.id)}
    words = search_words(topic)
    found: list[str] = []
    for section in sections_of(text):
        if names_kin(section.heading, Kin.FAMILY):
            continue  # what is said of relatives is said of nobody else
        of_heading = {match.concept.id for match in glossary.concepts(section.heading) if not match.corrected}
        for line in section.lines:
            line = _of_the_patient(line)
            if not line:
                continue
            named = of_heading | {match.concept.id for match in glossary.concepts(line) if not match.corrected}
            folded = fold_letters(f"{section.heading}. {line}")
            spoken = all(any(re.search(rf"\b{re.escape(form)}", folded) for form in forms) for forms in words)
            if spoken and (named & family if topic.concepts else words):
                found.append(_around(line, topic, section.heading))
    return list(dict.fromkeys(found))


def _of_the_patient(line: str) -> str:
    """A line without what it says of relatives; empty where it is about them alone, or speaks of a family history."""
    if _OF_RELATIVES.search(fold_letters(line)):
        return ""
    return " ".join(part for part in _CLAUSE.split(line) if not _OPENS_WITH_RELATIVE.search(fold_letters(part)))


_CLAUSE = re.compile(r"(?<=;)\s+")
_OPENS_WITH_RELATIVE = re.compile(
    r"^\W*(?:(?:the|his|her|their|su|sus|la|el|un|una|dos|two|one|a|an)\s+)*(?:(?:twin|older|younger|maternal|paternal|half|hermana|hermano)[\s-]+)*"
    r"(?:mother|father|brother|sister|uncle|aunt|grand\w+|cousin|son|daughter|madre|padre|mama|papa|herman[oa]|ti[oa]|abuel[oa]|prim[oa]|suegr[oa]|hij[oa])s?\b"
)
_OF_RELATIVES = re.compile(
    r"\b(?:family\s+history|antecedentes?\s+familiar(?:es)?|historia\s+familiar)\b"
    r"|^\W*(?:(?:the|his|her|su|la|el|un|una|maternal|paternal)\s+)*(?:mother|father|brother|sister|uncle|aunt|grand\w+|cousin|madre|padre|mama|papa|herman[oa]|ti[oa]|abuel[oa]|prim[oa]|suegr[oa])\b"
)


def _around(line: str, topic: Topic, heading: str) -> str:
    """A long line, cut down to what stands around the topic's name."""
    if len(line) <= QUOTE_LENGTH // 2:
        return f"{heading}: {line}" if heading else line
    folded = fold_letters(line)
    names = [fold_letters(name) for concept in topic.concepts for name in concept.names] + list(topic.terms)
    place = min((found for name in names if (found := folded.find(name)) >= 0), default=0)
    start = max(0, place - QUOTE_LENGTH // 4)
    cut = line[start : place + QUOTE_LENGTH // 4]
    return ("…" if start else "") + cut.split(" ", 1)[-1].rsplit(" ", 1)[0] + "…"


def search_words(topic: Topic) -> tuple[Collection[str], ...]:
    """For each word of a topic outside the glossary, the forms in which a note may have it."""
    return tuple(frozenset({term}) | translations(term) for term in topic.terms)


def search_names(topic: Topic) -> list[str]:
    """Names by which notes may speak of a topic."""
    names = {name for concept in topic.concepts for name in (*concept.english, *concept.spanish)}
    if not topic.concepts and len(topic.terms) == 1:
        names = set(search_words(topic)[0])
    return sorted(name for name in names if len(name) > _SHORTEST_NAME)
