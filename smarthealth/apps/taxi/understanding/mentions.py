"""Which places a person names, and whether each is where the trip begins or where it ends.

Pieces that follow each other belong to one place unless a word between them says otherwise. The role of a place is told by the
last verb or preposition before it in its clause: "recógeme en", "estoy en", "desde" begin a trip; "voy para", "hasta", "al" end it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, Literal

import attrs

from smarthealth.apps.taxi.places.address import Address
from smarthealth.apps.taxi.places.folding import fold
from smarthealth.apps.taxi.places.gazetteer import Gazetteer
from smarthealth.apps.taxi.places.place import Place, locate

from .elements import Element, find_elements

Role = Literal["pickup", "destination"]

# what may stand between two pieces of one place
_JOINT: Final = re.compile(
    r"[\s,.;:()-]*(?:(?:en|de|del|por|el|la|los|las|barrio|urbanizacion|urb|sector|zona|municipio|ciudad|cerca|frente|al lado|al|y|que|es"
    r"|queda|eso|alla|aca|ahi|detras|diagonal|llamado|localidad|esto|pues|entre|altura|a la altura|esquina|entonces|seria|digamos)[\s,.;:()-]+)*"
)
_NOT_JOINT: Final = re.compile(r"(?<!frente )(?<!lado )(?<!cerca )(?<!diagonal )\bal\b|\by\s+(?:el|la|en)\b")
_PICKUP: Final = re.compile(
    r"\b(?:re(?:cog|coj)\w*|busc\w+|busq\w+|pas[ae]n? por|vengan?|venir|venga|estoy|estamos|(?:ella|el|ellos|ellas) estan?|encuentro|encontramos|salgo|salimos|salir|saliendo"
    r"|desde|vivo|vivimos|ubicad[oa]s?|origen|partida|parad[oa]s?|esperando|espero|esperamos|vengo|venimos|mi (?:direccion|ubicacion|casa) es"
    # "mándelo a …": the taxi is sent to where it is waited for
    r"|(?:mand|envi)(?:e|a|en|eme|ame|enme)l[oa]|partiendo|sacar|me sac\w+|(?:de|desde|en) (?:mi|la) (?:casa|trabajo|oficina|apartamento))\b"
)
_DESTINATION: Final = re.compile(
    r"\b(?:lle[vb]\w*|voy|vamos|ir|irme|irnos|vaya|hasta|hacia|destino|rumbo|dej[ae]\w*|llegar|llego|viaj\w+|dirijo|dirigimos|dirigirme"
    r"|(?:a|para|hasta|pa) (?:mi|la) (?:casa|trabajo|oficina|apartamento)|transport\w+|traslad\w+|termin\w+|para donde)\b"
)
_CLAUSE: Final = re.compile(
    r"[,.;!?]|\by\b|\bnecesito\b|\bquiero\b|\bquisiera\b|\btaxi\b|\bservicio\b|\bcarrera para\b"
)
_TAXI_AT: Final = re.compile(r"\b(?:taxi|carro|servicio|vehiculo|movil)\b[\s\w]*?\b(?:en|aqui|aca)\b[\s\w]*$")
_WHERE_TO: Final = re.compile(r"\b(?:voy|vamos|destino|me llev\w+|nos llev\w+|hasta|dirijo)\b")
_FROM: Final = re.compile(
    r"(?:\bdesde|(?<!altura )(?<!lado )(?<!lados )(?<!cerca )(?<!frente )(?<!detras )(?<!casa )\bdel?)\s+(?:el |la |los |las |barrio )*$"
)
_TO: Final = re.compile(r"(?:^|\s)(?:a|al|hasta|hacia|para|pa)\s+(?:el |la |los |las |barrio |que )*$")
_STOP: Final = re.compile(
    r"\b(?:(?:pas(?:e|en|ar|a)) primero|primero pas\w+|paramos|parar|parando|parada|pasamos|pasando)\b(?: \w+){0,3}? (?:en|por)\s+(?:el |la |los |las |barrio )*$"
)
_REPAIR: Final = re.compile(
    r"\b(?:perdon|mejor|digo|quise decir|corrijo|no no|me equivoque|mentira|sino|en vez|rectifico|cambi\w+|olvid\w+|ahora)\b|^\s*no\b|,\s*no,"
)
_DENIED: Final = re.compile(
    r"(?<!no )\bno\s+(?:es|era|voy|vamos|quiero|estoy|queda)?\s*(?:a|al|en|para|por|de|del)?\s*(?:el |la |los |las |barrio )*$"
)


@attrs.frozen(kw_only=True)
class Mention:
    """One place that was named."""

    elements: tuple[Element, ...]
    role: Role | None = None
    """None where nothing tells it: then it is what was asked for."""
    is_repair: bool = False
    """Whether it corrects the place named before it."""
    is_where_to: bool = False
    """Whether it was said as "voy para …", which is no place to be picked up at."""
    is_stop: bool = False
    """Whether the trip only stops there: "paramos primero en …"."""
    is_denied: bool = False
    """Whether it was said that this is not it."""

    @property
    def address(self) -> Address | None:
        """Its address, where it has one."""
        return next((one.address for one in self.elements if one.address is not None), None)

    @property
    def is_fragment(self) -> bool:
        """Whether it is but a number of a house or flat, which means nothing without a road."""
        return all(one.address is not None and one.address.main is None for one in self.elements)

    @property
    def is_zone(self) -> bool:
        """Whether it is but a municipality or a neighbourhood, which may be said of a place that is known already."""
        return all(one.kind in ("zone", "neighbourhood", "outside") for one in self.elements)

    @property
    def names_town(self) -> bool:
        """Whether it is but a town."""
        return all(one.kind in ("zone", "outside") for one in self.elements)

    def said_of(self, place: Place, gazetteer: Gazetteer) -> Place:
        """The place with what is said of it here."""
        for one in sorted(self.elements, key=_towns_first):
            place = _with_element(place, one, gazetteer)
        return place


def find_mentions(text: str, gazetteer: Gazetteer) -> tuple[Mention, ...]:
    """The places that a text names, in order."""
    folded = fold(text)
    groups: list[list[Element]] = []
    for one in find_elements(text, gazetteer):
        if groups and _belongs(groups[-1], one, folded):
            groups[-1].append(one)
        else:
            groups.append([one])
    mentions: list[Mention] = []
    end = 0
    for group in groups:
        before = folded[end : group[0].start]
        mentions.append(_mention(group, before, mentions))
        end = group[-1].end
    return tuple(mentions)


def _belongs(group: Sequence[Element], one: Element, folded: str) -> bool:
    gap = folded[group[-1].end : one.start]
    if not _JOINT.fullmatch(gap) or _NOT_JOINT.search(gap):
        return False
    if one.kind == "landmark" and _is_far(group, one, gap):
        return False
    kinds = {each.kind for each in group}
    if one.kind in kinds and not _is_complement(one):
        return False
    # behind a town, "de Soledad a …" is held apart by its preposition; an address of its own begins another place
    return not (one.kind == "outside" and "zone" in kinds)


def _is_far(group: Sequence[Element], one: Element, gap: str) -> bool:
    """Whether a landmark is another place than the neighbourhood named before it."""
    zones = {spot.zone for each in group if each.kind == "neighbourhood" for spot in each.spots}
    is_apart = " - " in gap and bool(zones) and any(each.address is not None for each in group)
    return is_apart or bool(zones and one.spots and not zones & {spot.zone for spot in one.spots})


def _is_complement(one: Element) -> bool:
    address = one.address
    return address is not None and address.main is None and address.cross is None


def _mention(group: Sequence[Element], before: str, earlier: Sequence[Mention]) -> Mention:
    is_repair = bool(_REPAIR.search(before))
    role = _role(before)
    if role is None and is_repair and earlier:
        role = earlier[-1].role
    return Mention(
        elements=tuple(group),
        role=role,
        is_repair=is_repair,
        is_where_to=role == "destination" and bool(_WHERE_TO.search(before)),
        is_stop=bool(_STOP.search(before)),
        is_denied=bool(_DENIED.search(before)),
    )


def _role(before: str) -> Role | None:
    """The role of what follows a piece of text."""
    strong, at = _last_verb(before)
    clause = before[at:]
    if _FROM.search(before) and strong != "pickup":
        return "pickup"
    if strong is not None and not _CLAUSE.search(clause):
        return strong
    if _TO.search(before):
        return "destination"
    if _TAXI_AT.search(before):
        return "pickup"
    return strong if strong is not None and "necesito" not in clause and "taxi" not in clause else None


def _last_verb(before: str) -> tuple[Role | None, int]:
    """The last word that tells a role, and where it ends."""
    found: tuple[Role | None, int] = (None, 0)
    for match in _PICKUP.finditer(before):
        found = ("pickup", match.end())
    for match in _DESTINATION.finditer(before):
        if match.end() > found[1]:
            found = ("destination", match.end())
    return found


def _towns_first(one: Element) -> int:
    """Municipalities decide between neighbourhoods of one name, so they are heard first; neighbourhoods before landmarks."""
    return {"outside": 0, "zone": 1, "neighbourhood": 2, "landmark": 3, "address": 4}[one.kind]


def _with_element(place: Place, one: Element, gazetteer: Gazetteer) -> Place:
    if one.address is not None:
        merged = place.address.merged(one.address) if place.address is not None else one.address
        return attrs.evolve(place, address=merged)
    if one.spots:
        return locate(place, one.spots, gazetteer)
    if one.kind == "landmark":
        return attrs.evolve(place, landmark=one.name)
    return attrs.evolve(place, neighbourhood=one.name)
