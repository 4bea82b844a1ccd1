"""Whom a name in a question means: the patient, somebody who attended, a place, or somebody else."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import attrs

from smarthealth.apps.records.understanding.folding import fold_letters
from smarthealth.retrieval.words import set_of

from .chart import Chart
from .entries import Person

_WORD = re.compile(r"[a-z]+")
_PLACE = set_of("hospital clinic clinica center centre centro medical health institute instituto sanatorio ips")
_TITLES = set_of(
    "dr dra doctor doctora doctores enf enfermera enfermero nurse prof profesor lic mr mrs ms miss sr sra don dona de la del los las the of and y"
)


@attrs.frozen(kw_only=True)
class NamedPeople:
    """Whom the names of an ask mean."""

    practitioners: tuple[int, ...] | None = None
    """Only entries that one of these attended; None for all."""
    organizations: tuple[int, ...] | None = None
    """Only entries of one of these places; None for all."""
    is_stranger: bool = False
    """Whether somebody is named who is neither the patient nor anybody in the record."""


async def resolve_names(
    chart: Chart, person: Person, names: Sequence[str], displays: Collection[str] = ()
) -> NamedPeople:
    """Tell whom names mean, by the record; what its displays are made of is nobody's name."""
    things = frozenset(word for display in displays for word in _words(display))
    others = [name for name in names if not _words(name) <= _words(person.full_name) and not _words(name) <= things]
    if not others:
        return NamedPeople()
    attended, places = await chart.practitioners(), await chart.organizations()
    practitioners = tuple(identity for name in others for identity, known in attended if _words(name) <= _words(known))
    organizations = tuple(identity for name in others for identity, known in places if _words(name) <= _words(known))
    if practitioners or organizations:
        return NamedPeople(practitioners=practitioners or None, organizations=organizations or None)
    if any(_words(name) & _PLACE for name in others):
        return NamedPeople(organizations=())
    if any(_is_titled(name) for name in others):
        return NamedPeople(practitioners=())
    return NamedPeople(is_stranger=True)


def _words(name: str) -> frozenset[str]:
    """The words of a name, without titles and the digits that generated records glue to them."""
    return frozenset(_WORD.findall(fold_letters(name))) - _TITLES


def _is_titled(name: str) -> bool:
    return fold_letters(name).startswith(("dr", "doctor"))
