"""The pieces of places in a text: addresses, names of the tables, and names that are in no table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal

import attrs

from smarthealth.apps.taxi.places.address import Address
from smarthealth.apps.taxi.places.address_parser import find_addresses
from smarthealth.apps.taxi.places.folding import fold
from smarthealth.apps.taxi.places.gazetteer import Gazetteer, Spot

ElementKind = Literal["address", "zone", "neighbourhood", "landmark", "outside"]

_STOPS: Final = (
    r"a|al|ante|con|desde|en|hacia|hasta|para|por|y|o|pero|que|voy|vamos|quiero|necesito|es|esta|queda|pago|favor|gracias"
    r"|si|no|porfa|ya|ahora|llevo|somos|frente|cerca|calle|cll|carrera|cra|kra|diagonal|transversal|avenida|barrio|apto"
    r"|apartamento|torre|numero|como|cuanto|mi|un|una|sino|digo|perdon|mejor|efectivo|nequi|daviplata"
)
_NAME: Final = rf"(?:\s+(?!(?:{_STOPS})\b)[a-z0-9&']+){{1,4}}"
# a landmark of a kind that people name, with its name; `casa` and `trabajo` are none, since no driver knows them
_LANDMARK: Final = re.compile(
    r"\b(?:hotel|clinica|hospital|colegio|universidad|instituto|iglesia|parroquia|edificio|conjunto(?: residencial)?"
    r"|centro comercial|supermercado|restaurante|gimnasio|discoteca|banco|notaria|museo|teatro|parque|fundacion"
    r"|estacion(?: de servicio)?|exito|olimpica|almacen|drogueria|farmacia|cementerio|veterinaria|gasolinera|bomba|panaderia|peluqueria|ferreteria|comisaria|estacion de policia|motel|club|plaza|sede|batallon|consultorio|laboratorio)"
    rf"{_NAME}"
)
_NEIGHBOURHOOD: Final = re.compile(rf"\b(?:barrio|urbanizacion|urb|sector|vereda|corregimiento)\.?{_NAME}")
_TOWN: Final = re.compile(rf"\b(?:municipio(?: de)?|pueblo de)(?P<name>{_NAME})")
_LEAD: Final = re.compile(r"(?:barrio|urbanizacion|urb|sector|vereda|corregimiento)\.?\s+")


@attrs.frozen(kw_only=True)
class Element:
    """One piece of a place, and where it stands."""

    kind: ElementKind
    start: int
    end: int
    address: Address | None = None
    spots: tuple[Spot, ...] = ()
    name: str | None = None
    """As the person said it, of what is in no table."""


def find_elements(text: str, gazetteer: Gazetteer) -> tuple[Element, ...]:
    """Every piece of a place in a text, in order.

    Of two that overlap the one that begins first is kept, then a landmark of the tables, then the longer.
    """
    found = [Element(kind="address", start=one.start, end=one.end, address=one.address) for one in find_addresses(text)]
    found += [
        Element(kind=spot.kind, start=spot.start, end=spot.end, spots=spot.spots) for spot in gazetteer.find(text)
    ]
    found += _named(text, gazetteer)
    found.sort(key=lambda one: (one.start, not (one.spots and one.kind == "landmark"), -one.end))
    kept: list[Element] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return tuple(kept)


def _named(text: str, gazetteer: Gazetteer) -> list[Element]:
    folded = fold(text)
    named = [
        Element(kind="landmark", start=match.start(), end=match.end(), name=_titled(text, *match.span()))
        for match in _LANDMARK.finditer(folded)
    ]
    named += _towns(text, folded, gazetteer)
    for match in _NEIGHBOURHOOD.finditer(folded):
        lead = _LEAD.match(folded, match.start())
        start = lead.end() if lead is not None else match.start()
        if gazetteer.find(text[match.start() : match.end()]):
            continue
        spots = gazetteer.closest(text[start : match.end()])
        name = None if spots else _titled(text, start, match.end())
        named.append(Element(kind="neighbourhood", start=start, end=match.end(), spots=spots, name=name))
    return named


def _towns(text: str, folded: str, gazetteer: Gazetteer) -> Iterator[Element]:
    """Towns that are called so, and are in no table: none of the neighbourhoods of that name."""
    for match in _TOWN.finditer(folded):
        name = text[match.start("name") : match.end()]
        if all(one.kind not in ("zone", "outside") for one in gazetteer.find(name)):
            spot = Spot(kind="outside", name=_titled(name, 0, len(name)))
            yield Element(kind="outside", start=match.start(), end=match.end(), spots=(spot,))


def _titled(text: str, start: int, end: int) -> str:
    said = text[start:end].strip()
    return said if said != said.lower() else said.title()
