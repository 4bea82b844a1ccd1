"""Questions about a relative or the baby: what the record says of them, never what it says of the patient."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import attrs

from smarthealth.apps.records.understanding.folding import fold_letters
from smarthealth.apps.records.understanding.question import Ask, Kin, Topic
from smarthealth.apps.records.understanding.relatives import is_other_sex, kin_pattern, names_kin
from smarthealth.retrieval.glossary import Glossary

from .chart import Found
from .entries import Entry, Known, Person
from .facts import Fact, Item
from .findings import Finding
from .matching import Matched, Matcher, Quality
from .material import make_finding
from .quoting import said
from .searching import Search
from .seeking import sentence_about

_YOUNG = 15
"""Years of age up to which `the child` is the patient."""
_INFANT = 3
"""Years of age up to which `the baby` is the patient."""


def is_the_patient(kin: Kin, person: Person, today: date) -> bool:
    """Whether `the baby` or `the child` of a question is the patient."""
    age = person.age_on(person.died_on or today)
    if kin is Kin.BABY:
        return age is not None and age <= _INFANT
    return kin is Kin.CHILD and age is not None and age <= _YOUNG


async def of_relative(search: Search, ask: Ask, kin: Kin) -> list[Finding]:
    """What the record says of a relative: by its entries on the family, else by a sentence of a note."""
    found = [
        *_by_entries(search, ask, kin, await search.chart.relatives()),
        *await _by_notes(search, ask, kin),
    ]
    if found and (kin is Kin.FAMILY or not ask.topics):
        return found
    return found[:1] or [_nothing(search, ask, kin)]


def _by_entries(search: Search, ask: Ask, kin: Kin, relatives: Sequence[Entry]) -> list[Finding]:
    text = search.question.text
    own = [
        relative
        for relative in relatives
        if kin is Kin.FAMILY or (names_kin(relative.display, kin) and not is_other_sex(text, relative.display))
    ]
    topics = [topic for topic in (*ask.topics, *((ask.reason,) if ask.reason else ())) if topic.is_specific]
    items: list[Item] = []
    entries: list[Entry] = []
    for relative in own:
        parts = _about(search, relative.parts, topics) if topics else relative.parts
        if topics and not parts:
            continue
        entries.append(attrs.evolve(relative, body=_written(relative)))
        items.append(Item(name=relative.display, on=relative.on, note=_told(relative, parts)))
    if not items:
        return []
    material = search.material(ask, _topic(ask), Matched(core=(), quality=Quality.CONCEPT), Found((), 0))
    return [make_finding(material, Fact(say="family"), entries, items)]


def _about(search: Search, parts: Sequence[Entry], topics: Sequence[Topic]) -> tuple[Entry, ...]:
    """The diseases of a relative that a question asks for."""
    known = [
        Known(kind="condition", code=part.code, display=part.display, category=None, is_part=False, count=1)
        for part in parts
    ]
    matcher = Matcher(search.question.text, known, search.glossary)
    plain = [attrs.evolve(topic, kinds=frozenset(), category=None) for topic in topics]
    matches = [matcher.match(topic) for topic in plain]
    meant = {thing.display for matched in matches for thing in (*matched.core, *matched.related)}
    return tuple(part for part in parts if part.display in meant)


def _told(relative: Entry, parts: Sequence[Entry]) -> str:
    diseases = (f"{part.display} ({part.value_text})" if part.value_text else part.display for part in parts)
    return "; ".join(filter(None, (*diseases, relative.value_text, relative.body)))


def _written(relative: Entry) -> str:
    return _told(relative, relative.parts)


async def _by_notes(search: Search, ask: Ask, kin: Kin) -> list[Finding]:
    """The sentence of a note that speaks of the relative, and holds what is asked."""
    notes = await search.chart.notes_holding([kin_pattern(kin)])
    best = sentence_about(notes, search.question.text, kin, search.glossary)
    return [] if best is None else [said(search, ask, *best, text=search.question.text)]


def _topic(ask: Ask) -> Topic:
    return next((topic for topic in ask.topics if topic.is_specific), Topic())


def asked_of_the_baby(ask: Ask, glossary: Glossary) -> Ask:
    """The same of the baby: its weight is that at birth."""
    topics = tuple(
        attrs.evolve(
            topic,
            concepts=(*topic.concepts, *(glossary[_AT_BIRTH[one.id]] for one in topic.concepts if one.id in _AT_BIRTH)),
        )
        for topic in ask.topics
    )
    return attrs.evolve(ask, kin=None, topics=topics)


_AT_BIRTH = {"body-weight": "birth-weight"}
"""What is measured, and what it is called of somebody newborn."""


def of_the_baby(known: Sequence[Known]) -> list[Known]:
    """What a mother's record holds of her child: `birth weight`, `Apgar`, `fetal heart rate`."""
    return [thing for thing in known if _OF_A_BABY.search(fold_letters(thing.display))]


_OF_A_BABY = re.compile(
    r"\b(?:birth|newborn|neonat|infant|fetal|foetal|fetus|apgar|bab(?:y|ies)|nacer|al nacimiento|recien nacid|fetales?|feto|bebe)"
)


def _nothing(search: Search, ask: Ask, kin: Kin) -> Finding:
    whose = _WHOSE[kin][0 if search.labels.language == "es" else 1]
    topic = _topic(ask)
    about = (
        f"{search.labels.of_topic(topic)} {whose}"
        if topic.is_specific
        else _ANYTHING[search.labels.language].format(whose)
    )
    return Finding(ask=ask, fact=Fact(say="absent", about=about, detail="kin"))


_ANYTHING = {"es": "información {}", "en": "information {}"}
_WHOSE = {
    Kin.MOTHER: ("de la madre", "on the mother"),
    Kin.FATHER: ("del padre", "on the father"),
    Kin.PARENT: ("de los padres", "on the parents"),
    Kin.SIBLING: ("de los hermanos", "on the siblings"),
    Kin.GRANDPARENT: ("de los abuelos", "on the grandparents"),
    Kin.UNCLE: ("de los tíos", "on the uncles and aunts"),
    Kin.COUSIN: ("de primos y sobrinos", "on cousins, nephews and nieces"),
    Kin.SPOUSE: ("de la pareja", "on the partner"),
    Kin.BABY: ("del bebé", "on the baby"),
    Kin.CHILD: ("de los hijos", "on the children"),
    Kin.FAMILY: ("de la familia", "on the family"),
}
