"""The patient's own data, and the record at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from smarthealth.apps.records.understanding.question import Ask, Field, Operation, Order, Pick, Status, Topic

from .entries import Known, Person
from .facts import Fact, Item
from .findings import Finding
from .labels import Labels
from .matching import Quality
from .phrases import GENDERS


def _topic(kind: str) -> Topic:
    return Topic(kinds=frozenset({kind}), surface=kind)


SUMMARY_ASKS: tuple[Ask, ...] = (
    Ask(operation=Operation.LIST, topics=(_topic("condition"),), status=Status.ACTIVE),
    Ask(operation=Operation.LIST, topics=(_topic("condition"),), status=Status.ENDED),
    Ask(operation=Operation.LIST, topics=(_topic("medication"),), status=Status.ACTIVE),
    Ask(operation=Operation.EXISTS, topics=(_topic("allergy"),)),
    Ask(operation=Operation.LIST, topics=(_topic("procedure"),)),
    Ask(operation=Operation.LIST, topics=(_topic("encounter"),), pick=Pick(order=Order.LATEST)),
)
"""What a summary is made of."""


def report_person(ask: Ask, person: Person, today: date) -> Finding:
    """Report one of the patient's own data."""
    field = ask.field or Field.NAME
    fact = _REPORTS[field](person, today) or Fact(say="person", about=field.value, detail="missing")
    entries = (person.as_entry(),) if fact.items else ()
    return Finding(ask=ask, fact=fact, entries=entries, quality=Quality.LITERAL)


def _age(person: Person, today: date) -> Fact | None:
    end = person.died_on or today
    age = person.age_on(end)
    if age is None or (person.deceased and person.died_on is None):
        return None
    detail = "age_dead" if person.died_on else "age"
    return Fact(say="person", detail=detail, number=float(age), items=(Item(on=person.died_on or person.birth_date),))


def _gender(person: Person, _today: date) -> Fact | None:
    return Fact(say="person", detail="gender", items=(Item(value=person.gender),)) if person.gender else None


def _birth(person: Person, _today: date) -> Fact | None:
    return Fact(say="person", detail="birth_date", items=(Item(on=person.birth_date),)) if person.birth_date else None


def _death(person: Person, _today: date) -> Fact | None:
    return Fact(say="person", detail="death_date", items=(Item(on=person.died_on),)) if person.died_on else None


def _alive(person: Person, today: date) -> Fact | None:
    if person.deceased and person.died_on is None:
        return Fact(say="person", detail="dead", items=(Item(),))
    return _death(person, today) or Fact(say="person", detail="alive")


def _city(person: Person, _today: date) -> Fact | None:
    return Fact(say="person", detail="city", items=(Item(value=person.city),)) if person.city else None


def _name(person: Person, _today: date) -> Fact | None:
    return Fact(say="person", detail="name", items=(Item(value=person.full_name),)) if person.full_name else None


def _document(_person: Person, _today: date) -> Fact | None:
    return None


_REPORTS = {
    Field.AGE: _age,
    Field.GENDER: _gender,
    Field.BIRTH_DATE: _birth,
    Field.DEATH_DATE: _death,
    Field.ALIVE: _alive,
    Field.CITY: _city,
    Field.NAME: _name,
    Field.DOCUMENT: _document,
}


def report_summary(ask: Ask, person: Person, known: Sequence[Known], labels: Labels, today: date) -> Finding:
    """Report who the patient is and how much the record holds."""
    spanish = labels.language == "es"
    who = ["Paciente" if spanish else "Patient"]
    if person.gender:
        who.append(("de sexo " if spanish else "") + GENDERS[labels.language].get(person.gender, person.gender))
    age = person.age_on(person.died_on or today)
    if age is not None:
        dead = person.died_on is not None
        who.append(
            f"{'fallecido a los ' if dead else 'de '}{age} años"
            if spanish
            else f"{'died aged ' if dead else 'aged '}{age}"
        )
    total = sum(thing.count for thing in known if not thing.is_part)
    fact = Fact(say="summary", about=" ".join(who), total=total, items=(Item(),))
    return Finding(ask=ask, fact=fact, entries=(person.as_entry(),), quality=Quality.KIND)
