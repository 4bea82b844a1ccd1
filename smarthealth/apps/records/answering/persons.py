"""Reports of the patient's own data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from smarthealth.apps.records.understanding.question import Ask, Field

from .entries import CONTACTS, Person
from .facts import Fact, Item
from .findings import Finding
from .matching import Quality


def report_person(ask: Ask, person: Person, today: date) -> Finding:
    """Report one of the patient's own data."""
    field = ask.field or Field.NAME
    fact = _REPORTS[field](person, today) or Fact(say="person", about=field.value, detail="missing")
    entries = (person.as_entry(field),) if fact.items else ()
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


def _said(field: Field) -> Callable[[Person, date], Fact | None]:
    """Report one that the record says in words."""

    def report(person: Person, _today: date) -> Fact | None:
        said = person.said(field)
        return Fact(say="person", detail=field.value, items=(Item(value=said),)) if said else None

    return report


_REPORTS = {
    Field.AGE: _age,
    Field.GENDER: _gender,
    Field.BIRTH_DATE: _birth,
    Field.DEATH_DATE: _death,
    Field.ALIVE: _alive,
    Field.CITY: _city,
    Field.NAME: _name,
    **{field: _said(field) for field in CONTACTS},
}
