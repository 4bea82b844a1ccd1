"""The record at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from smarthealth.apps.records.understanding.question import Ask, Operation, Order, Pick, Status, Topic

from .entries import Known, Person
from .facts import Fact, Item
from .findings import Finding
from .labels import Labels
from .matching import Quality
from .nouns import GENDERS


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
