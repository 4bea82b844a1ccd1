"""What the note of one visit says: what was added at the last one, what somebody complained of in the emergency room.

Theory of operation. The words that name the visit tell which notes are read (those of the emergency room, of the discharge,
of a specialty, the newest) and are no part of what is asked for. Of the notes, the sentence counts that holds most of the
rest, or that stands for what a word of asking means: `added` for a medicine that is begun, `complain` for the complaint.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import attrs

from smarthealth.apps.records.understanding.folding import fold_letters
from smarthealth.apps.records.understanding.question import Ask, TimeRange, Topic
from smarthealth.retrieval.senses import is_meant, roots_of

from .chart import Found, Wanted
from .cues import compile_cues
from .entries import Entry
from .findings import Finding
from .matching import Matched, Quality
from .material import say_of_entries
from .passages import quotable, sections_of
from .searching import Search
from .terms import find_terms, held_in

_MOST_NOTES = 12
_ENOUGH = 0.5
"""Share of what is asked for that a sentence must hold, where no word of asking leads to it."""
_BY_HEADING = 1.5
"""What a heading counts that a word of asking leads to; a sentence counts 1, and what it holds."""
_SMALL = r"(?:(?:el|la|las|los|the|su|sus|his|her|that|this|sala|servicio|de)\s+)*"
_VISIT = re.compile(
    rf"\b(?:en|de|del|a|al|at|in|on|of|from|during|for|to|per|before|antes\s+de|segun|according\s+to|durante|tras|after|despues\s+de)\s+{_SMALL}"
    r"(?:(?P<order>ultim[oa]|last|latest|most\s+recent|primer[oa]?|first)\s+)?"
    r"(?:(?P<discharge>discharge(?:\s+summary|\s+instructions)?(?:\s+from\s+(?:the\s+)?(?:\w+\s+){0,2}(?:surgery|operation))?|alta|egreso|epicrisis|hospitalizacion|hospital(?:i[sz]ation|\s+stay)?|(?:\w+\s+){0,3}(?:surgery|operation|replacement|repair|\w+ectomy|\w+plasty)|(?:cirugia|operacion|reemplazo|\w+ectomia|\w+plastia)(?:\s+de\s+(?:la\s+)?\w+)?)"
    r"|(?P<emergency>urgencias?|emergencias?|er|ed|a&e|emergency(?:\s+(?:room|department|visit))?)"
    r"|(?:nota|consulta|visita|control|cita|valoracion|evolucion)(?:\s+(?:medica|clinica|de\s+control|de\s+la\s+consulta))*(?:\s+de\s+(?:la\s+)?(?P<of>[a-z]+))?"
    r"|(?:(?P<kind>(?!the|his|her)[a-z]+)\s+)?(?:visit|note|appointment|consultation|check-?up)(?:\s+of\s+\d{4})?)\b"
)
_CLASSES = {
    "discharge": re.compile(r"discharg|epicris|egres|\balta\b|hospital"),
    "emergency": re.compile(r"emergenc|urgenc|\bed\b|\ber\b"),
}
_OLDEST = re.compile(r"prim|first")
# what a question asks by, folded; what a sentence, or its heading, then holds
_CUES = compile_cues(
    (
        (
            r"adicion|agreg|anadi|added|add\b|nuev[oa]s?\s+medic",
            r"adicion|agreg|anad|added|add\b|se\s+inicia|start|begin",
        ),
        (
            r"quej|molest|complain|complaint|bother|aquej|sintoma|symptom",
            r"quej|motivo\s+de\s+consulta|chief\s+complaint|complain|presenting|bother|refiere|subjetiv|subjective",
        ),
        (
            r"desencaden|provoc|trigger|precipit|bring\s+on|brought\s+on",
            r"desencaden|provoc|trigger|precipit|brought\s+on",
        ),
        (r"remit|refer(?:red|ral)?\b|interconsult", r"remit|refer|interconsult|consulted"),
        (
            r"tratamiento|treat|given\b|gave|dieron|start|inici|empez",
            r"plan\b|tratamiento|treated|given|administ|se\s+inici|started\s+on",
        ),
        (r"prescri|recet|formul", r"plan\b|adicion|added|se\s+inici|started\s+on|prescri|formul"),
        (r"complic", r"complic|except|salvo|excepto|presento|febril|fiebre|infec"),
        (r"plan\b|planes\b|conducta", r"plan\b|conducta|assessment\s+and\s+plan"),
        (
            r"aconsej|recomend|counsel|advis|instruc|indicaciones",
            r"aconsej|recomend|counsel|advis|instruc|indicaciones",
        ),
    )
)


async def told_at_visit(search: Search, ask: Ask) -> list[Finding]:
    """What the note of the visit that a question names says of what is asked; nothing where it names none."""
    text = search.question.text
    folded = fold_letters(text)
    visit = _VISIT.search(folded)
    if visit is None:
        return []
    notes = await _notes_of(search, ask, visit)
    if not notes:
        return []
    rest = f"{text[: visit.start()]} {text[visit.end() :]}"
    found = _best(search, notes, rest)
    if found is None:
        return []
    note, quote = found
    material = search.material(
        attrs.evolve(ask, refusal=None),
        Topic(surface=text),
        Matched(core=(), quality=Quality.PASSAGE),
        Found((note,), 1),
    )
    return [say_of_entries(material, "mentioned", [(note, quote)])]


async def _notes_of(search: Search, ask: Ask, visit: re.Match[str]) -> Sequence[Entry]:
    # the visit may be told as a time that the record has no entry for: then its note tells it
    period, _ = await search.period(ask)
    is_told = isinstance(ask.period, TimeRange)
    since, until = (period.since, period.until) if period and is_told else (None, None)
    found = await search.chart.find(Wanted(kinds=frozenset({"document"}), since=since, until=until), limit=_MOST_NOTES)
    notes = list(found.entries)
    for name, pattern in _CLASSES.items():
        if visit[name]:
            notes = [note for note in notes if pattern.search(fold_letters(note.display))]
    named = visit["of"] or visit["kind"]
    if named and not visit["order"]:
        # a note is seldom called after its specialty: where its day is told, that may do
        called = [note for note in notes if is_meant(named, roots_of(note.display))]
        notes = called or (notes if since else [])
    if visit["order"] and notes:
        notes = notes[-1:] if _OLDEST.match(visit["order"]) else notes[:1]
    return await search.chart.with_bodies(notes)


def _best(search: Search, notes: Sequence[Entry], rest: str) -> tuple[Entry, str] | None:
    """The note and its sentences that answer the rest of a question."""
    terms = find_terms(rest, search.glossary)
    folded = fold_letters(rest)
    cues = [cue.told for cue in _CUES if cue.asked.search(folded)]
    best: tuple[float, Entry, str] | None = None
    for note in notes:
        for section in sections_of(note.body or ""):
            heading = fold_letters(section.heading)
            whole = quotable(
                [f"{section.heading}: {section.lines[0]}" if section.heading else section.lines[0], *section.lines[1:]]
            )
            if any(cue.search(heading) for cue in cues) and (best is None or best[0] < _BY_HEADING):
                best = _BY_HEADING, note, whole
            for line in section.lines:
                held = len(held_in(terms, line, search.glossary)) / len(terms) if terms else 0.0
                cued = any(cue.search(fold_letters(line)) for cue in cues)
                score = held + cued
                if (cued or held >= _ENOUGH) and (best is None or score > best[0]):
                    best = score, note, quotable([f"{section.heading}: {line}" if section.heading else line])
    return None if best is None else best[1:]
