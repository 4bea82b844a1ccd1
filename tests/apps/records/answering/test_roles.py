"""Whom of those who attended a question means."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.answering.entries import Entry
from smarthealth.apps.records.answering.roles import asked_for

OPERATION = Entry(
    id=1,
    record="p/1",
    kind="procedure",
    display="Hip replacement",
    people=("Dr. Cut", "Dr. Sleep", "Dr. Cut"),
    roles=("Surgeon", "Anesthetist", ""),
)
READ = Entry(
    id=2,
    record="r/1",
    kind="report",
    display="Chest CT",
    people=("Mr. Tec", "Dr. Eye"),
    roles=("performer", "interpreter"),
)
TEAM = Entry(
    id=3,
    record="c/1",
    kind="careteam",
    display="Diabetes care team",
    people=("Dr. Cut",),
    roles=("Endocrinologist",),
    body="Coordinator: Pat\nmeets monthly",
)


@pytest.mark.parametrize(
    ("entry", "question", "people"),
    [
        (OPERATION, "¿Quién fue el anestesiólogo?", ("Dr. Sleep",)),
        (OPERATION, "Who was the surgeon?", ("Dr. Cut",)),
        (OPERATION, "Who did the hip replacement?", ("Dr. Cut",)),
        (OPERATION, "Who was there?", ("Dr. Cut", "Dr. Sleep")),
        (OPERATION, "Which nurse was there?", ("Dr. Cut", "Dr. Sleep")),
        (READ, "¿Quién leyó la tomografía?", ("Dr. Eye",)),
        (READ, "Who performed the CT?", ("Mr. Tec",)),
        (TEAM, "Who is on the care team?", ("Dr. Cut (Endocrinologist)", "Pat (Coordinator)")),
        (TEAM, "¿Quién coordina su cuidado?", ("Pat (Coordinator)",)),
        (TEAM, "Who is the endocrinologist of the team?", ("Dr. Cut (Endocrinologist)",)),
    ],
)
def test_those_are_told_whose_role_is_asked_for(entry: Entry, question: str, people: tuple[str, ...]) -> None:
    """All of them, each once, where the question or the roles do not tell; of a team with their roles."""
    assert asked_for(entry, question).people == people
