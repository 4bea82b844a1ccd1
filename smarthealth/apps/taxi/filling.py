"""How an utterance fills an order in: pure, the same whichever model talks.

Everything that is said counts whenever it is said: a payment told with the address is not asked for again, and a correction is a
correction in the last message as in the first. What a short answer means ("no", "El Prado", "43-25") depends on what was asked.
"""

from __future__ import annotations

import re
from typing import Final

import attrs

from .places.address import Address
from .places.address_parser import find_addresses
from .places.folding import fold
from .places.gazetteer import Gazetteer
from .places.place import Place
from .places.roads import ROADS
from .places.words import words_of
from .slots import MAIN_ZONE, Asked, Filled, Part, Slots
from .understanding.mentions import Mention, Role
from .understanding.reading import Heard

NEAR: Final = 6
"""Roads of one kind whose numbers are nearer than this are one address, corrected."""
LONGEST_OBSERVATION: Final = 200
"""Characters."""
_NO_NAME: Final = re.compile(
    r"\b(?:favor|quiero|necesito|puedes?|mejor|pero|que|ahora|taxi|entonces|eso|confirm\w+|pag\w+)\b"
)
_BARE_NUMBER: Final = re.compile(r"\W*(\d{1,2})\W*$")
_LEAD: Final = re.compile(r"(?:es |eso |queda |esta |ahi )*(?:en|por|del?) (?:el barrio )?", re.IGNORECASE)
"""Before a name that is an answer."""
_BOTH: Final = re.compile(r"\b(?:tambien|ambas|las dos|los dos|igual)\b")
_FROM_THERE: Final = re.compile(r"\b(?:de|desde) (?:ahi|alli|alla)\b")
ROLES: Final[tuple[Role, ...]] = ("destination", "pickup")
_SHORT: Final = 6
"""Words of an answer that is but a name."""


def fill(slots: Slots, heard: Heard, asked: Asked | None, gazetteer: Gazetteer) -> Filled:
    """The order with what an utterance says of it.

    Args:
        slots: The order so far.
        heard: The utterance.
        asked: What was asked before it, None where nothing was.
        gazetteer: The tables of places.
    """
    filling = _Filling(slots, heard, asked, gazetteer)
    filling.places()
    filling.answers()
    filling.details()
    filling.mistakes()
    return filling.result(slots)


class _Filling:
    """One utterance being taken in."""

    def __init__(self, slots: Slots, heard: Heard, asked: Asked | None, gazetteer: Gazetteer) -> None:
        self._slots = slots
        self._heard = heard
        self._asked = asked
        self._gazetteer = gazetteer
        self._refused: str | None = None
        self._supposed: Place | None = None
        self._assumed = False
        self._cleared: Part | None = None
        self._denied: Role | None = None
        """Whose address was said not to be it, so that what is said instead is its correction."""

    def result(self, before: Slots) -> Filled:
        parts: tuple[Part, ...] = (
            "destination",
            "pickup",
            "payment",
            "features",
            "observation",
            "name",
            "phone",
            "when",
        )
        changed = tuple(part for part in parts if getattr(before, part) != getattr(self._slots, part))
        slots = self._slots
        told_at_once = before.payment is None and not before.destination.is_complete
        if told_at_once and slots.payment is not None and slots.destination.is_complete:
            slots = attrs.evolve(slots, features_settled=True)  # who tells all in one message is not questioned
        return Filled(
            slots=slots,
            changed=changed,
            refused=self._refused,
            supposed=self._supposed,
            assumed_zone=self._assumed,
            cleared=self._cleared,
        )

    # Places

    def places(self) -> None:
        """Put each place that was named where it belongs."""
        heard = self._heard
        told = [one for one in heard.mentions if not (one.is_denied or one.is_stop)]
        if "ask_coverage" in heard.intents and heard.asks:
            self._suppose(told)
            return
        is_from = bool(told) and told[-1].role == "pickup"
        if (
            "ask_fare" in heard.intents
            and told
            and not is_from
            and not self._slots.destination.is_empty
            and not heard.yes
        ):
            self._suppose(told)
            return
        for one in heard.mentions:
            if one.is_denied:
                self._deny(one)
        for one, role in self._with_roles(told):
            self._put(one, role)

    def _suppose(self, mentions: list[Mention]) -> None:
        if mentions:
            self._supposed = mentions[-1].said_of(Place(), self._gazetteer)
            self._refused = self._supposed.outside

    def _with_roles(self, mentions: list[Mention]) -> list[tuple[Mention, Role]]:
        told = [one for one in mentions if not one.is_fragment or self._takes_fragments(one)]
        roles: list[Role | None] = [one.role for one in told]
        last = len(told) - 1
        for at, one in enumerate(told[:-1]):
            if roles[at] is None and one.names_town and roles[at + 1] == "pickup":
                roles[at] = "pickup"  # "en Soledad me recogen en la calle 18"
            elif roles[at] is None and not told[at + 1].is_repair and not one.is_fragment:
                # places are named in the order of travel
                roles[at] = "destination" if roles[last] == "pickup" else "pickup"
        is_twice = roles[:2] == ["destination", "destination"] and not told[1].is_repair and "pickup" not in roles
        if is_twice and not told[0].is_zone:
            roles[0] = "pickup"  # "un taxi para la 53, voy al aeropuerto"
        return [(one, self._meant(one, role) or self._expected(one)) for one, role in zip(told, roles, strict=True)]

    def _meant(self, one: Mention, role: Role | None) -> Role | None:
        """The role that was said, or that of the place whose address is nearly the one that was said."""
        if role is not None and not one.is_repair:
            return role
        if self._denied is not None and one.is_repair:
            return self._denied
        alike = [each for each in ROLES if one.address is not None and _resembles(self._place(each), one.address)]
        return alike[0] if len(alike) == 1 else role

    def _takes_fragments(self, one: Mention) -> bool:
        """Whether a number without a road means something now."""
        places = (self._slots.destination, self._slots.pickup)
        return self._asked in ("destination", "zone") or any(place.address is not None for place in places)

    def _expected(self, one: Mention) -> Role:
        """What a place is that nobody says a role of."""
        slots = self._slots
        if slots.destination.is_empty or self._asked in ("destination", "zone"):
            return "destination"
        if one.is_zone and not slots.pickup.is_empty and slots.pickup.zone is None and not one.is_repair:
            return "pickup"
        if one.is_repair or self._heard.no or self._heard.wrong or one.is_zone:
            return "pickup" if self._heard.wrong == "pickup" else "destination"
        if one.is_fragment:
            return "destination"
        return "destination" if slots.pickup.is_exact else "pickup"

    def _put(self, one: Mention, role: Role) -> None:
        before = self._slots
        if self._is_second(one, role):
            # "un taxi a la carrera 50" was where to come to: now it is said where to go
            self._slots = attrs.evolve(before, pickup=before.destination, destination=Place())
        after = self._joined(self._place(role), one)
        if after.outside is not None:
            self._refused, self._slots = after.outside, before
            return
        self._set(role, after)

    def _is_second(self, one: Mention, role: Role) -> bool:
        """Whether a place is where the trip ends, and the one that was taken for it is where it begins."""
        slots, heard = self._slots, self._heard
        if role != "destination" or one.is_repair or heard.no or heard.wrong or heard.asks:
            return False
        if not (one.is_where_to or _FROM_THERE.search(fold(heard.text))):
            return False
        return slots.destination.is_complete and slots.pickup.is_empty

    def _set(self, role: Role, place: Place) -> None:
        if role == "pickup":
            self._slots = attrs.evolve(self._slots, pickup=place)
        else:
            self._slots = attrs.evolve(self._slots, destination=place)

    def _place(self, role: Role) -> Place:
        return self._slots.pickup if role == "pickup" else self._slots.destination

    def _joined(self, before: Place, one: Mention) -> Place:
        alone = one.said_of(Place(), self._gazetteer)
        if before.is_empty:
            return alone
        if alone.says_nothing_new_of(before):
            return before  # "sí, a Salgar": what was agreed on of it stays
        if one.is_zone:
            # "para Soledad" is another trip where the place was known already; "en Soledad" says more of the same place
            other = one.role is not None and before.is_complete
            return alone if other else one.said_of(before, self._gazetteer)
        if self._asked == "zone" and alone.address is None and before.address is not None:
            # a landmark near an address that is known
            return attrs.evolve(before, zone=alone.zone, sector=alone.sector, may_be_in=(), outside=alone.outside)
        if alone.landmark is not None and alone.zone is None and before.landmark is None and not one.is_repair:
            # "al lado del parque", in a town that is known
            return one.said_of(before, self._gazetteer)
        if alone.landmark is not None or (alone.address is not None and _is_elsewhere(before, alone.address)):
            return alone
        return one.said_of(before, self._gazetteer)

    def _deny(self, one: Mention) -> None:
        """Take back what was said not to be it."""
        denied = one.said_of(Place(), self._gazetteer)
        for role in ROLES:
            place = self._place(role)
            if one.address is not None and place.address is not None and _is_on(place.address, one.address):
                self._denied = role
            if (denied.neighbourhood is not None and place.neighbourhood == denied.neighbourhood) or (
                one.names_town and denied.zone is not None and place.zone == denied.zone
            ):
                place = attrs.evolve(place, neighbourhood=None, zone=None, sector=None)
            elif denied.landmark is not None and place.landmark == denied.landmark:
                place = Place()
            self._set(role, place)

    # Answers that hold no names of the tables

    def answers(self) -> None:
        """Understand an answer by what was asked."""
        heard, place = self._heard, self._slots.destination
        gives_up = heard.unsure or (heard.yes and self._asked == "zone" and not heard.mentions)
        if self._asked in ("destination", "zone") and gives_up and not place.is_empty:
            self._assumed = place.zone is None
            zone = place.zone or (place.may_be_in[0] if place.may_be_in else MAIN_ZONE)
            known = place.told_zone(zone) if place.zone is None else place
            enough = known.is_enough or self._asked == "destination"
            self._set("destination", attrs.evolve(known, is_enough=enough))
        elif kind := _road_kind(heard.text):
            self._tell_kind(kind)
        elif self._asked == "destination" and (number := _BARE_NUMBER.match(heard.text)):
            (found,) = find_addresses(f"la {number.group(1)}")
            address = place.address.merged(found.address) if place.address is not None else found.address
            self._set("destination", attrs.evolve(place, address=address))
        elif self._asked == "zone" and self._is_name and place.zone is None and not place.may_be_in:
            self._set("destination", self._named(place))
        elif self._asked == "features" and not self._slots.features_settled:
            self._settle_features()

    def _tell_kind(self, kind: str) -> None:
        """Say that a road that was told without its kind is a street or an avenue: the destination's, or the pickup's."""
        both = _BOTH.search(fold(self._heard.text))
        for role in ROLES:
            place = self._place(role)
            if place.address is not None and place.address.of_kind(kind) != place.address:
                self._set(role, attrs.evolve(place, address=place.address.of_kind(kind)))
                if not both:
                    return

    @property
    def _is_name(self) -> bool:
        """Whether the utterance may be a name that is in no table."""
        heard = self._heard
        words = heard.text.split()
        says_else = (
            heard.tells or heard.intents or heard.asks or heard.yes or heard.no or _NO_NAME.search(fold(heard.text))
        )
        return not says_else and 0 < len(words) <= _SHORT

    def _named(self, place: Place) -> Place:
        """The place with the name of a neighbourhood, put right where it was misheard."""
        said = self._heard.text.strip(" .,;!¡")
        lead = _LEAD.match(fold(said))
        said = said[lead.end() :] if lead is not None else said
        spots = self._gazetteer.closest(said)
        if spots:
            found = spots[0]
            name = None if found.kind == "zone" else found.name
            return attrs.evolve(place, neighbourhood=name, zone=found.zone, sector=found.sector)
        name = said.title() if said.islower() else said
        return attrs.evolve(place, neighbourhood=name or None)

    def _settle_features(self) -> None:
        heard = self._heard
        if heard.only_no or heard.nothing_special or heard.unsure or heard.wished or heard.denied or heard.is_firm:
            self._slots = attrs.evolve(self._slots, features_settled=True)
        elif not (
            heard.is_silent or heard.tells or heard.intents - {"thanks"} or heard.asks or heard.yes or heard.wrong
        ):
            told = heard.text.strip()
            before = self._slots.observation
            observation = f"{before}; {told}"[:LONGEST_OBSERVATION] if before else told[:LONGEST_OBSERVATION]
            self._slots = attrs.evolve(self._slots, observation=observation, features_settled=True)
        elif heard.request is not None:
            self._slots = attrs.evolve(self._slots, features_settled=True)
            if not heard.tells:
                self._slots = attrs.evolve(self._slots, observation=heard.text.strip()[:LONGEST_OBSERVATION])

    # The rest

    def details(self) -> None:
        """Take in everything that is no place."""
        heard, slots = self._heard, self._slots
        payment = slots.payment if slots.payment not in heard.denied_payments else None
        features = tuple(one for one in slots.features if one not in heard.denied)
        added = tuple(one for one in heard.wished if one not in features)
        observation = slots.observation
        stops = [f"Parada en {one.said_of(Place(), self._gazetteer).text}" for one in heard.mentions if one.is_stop]
        for told in filter(None, (*stops, heard.request)):
            if told not in (observation or ""):
                observation = f"{observation}; {told}"[:LONGEST_OBSERVATION] if observation else told
        self._slots = attrs.evolve(
            slots,
            payment=heard.payment or payment,
            features=features + added,
            features_settled=slots.features_settled or bool(heard.wished) or heard.nothing_special,
            observation=observation,
            name=heard.name or slots.name,
            phone=heard.phone or slots.phone,
            when=_moment(slots.when, heard.when),
        )

    def mistakes(self) -> None:
        """Clear what is said to be wrong where nothing better was said with it."""
        heard, slots = self._heard, self._slots
        if heard.wrong is None or heard.tells:
            return
        if heard.wrong == "destination":
            self._cleared, self._slots = "destination", attrs.evolve(slots, destination=Place())
        elif heard.wrong == "pickup":
            self._cleared, self._slots = "pickup", attrs.evolve(slots, pickup=Place())
        elif heard.wrong == "payment":
            self._cleared, self._slots = "payment", attrs.evolve(slots, payment=None)
        elif heard.wrong == "features":
            cleared = attrs.evolve(slots, features=(), observation=None, features_settled=False)
            self._cleared, self._slots = "features", cleared


def _moment(before: str | None, said: str | None) -> str | None:
    """The time that is wanted: an hour belongs to the day that was told before it."""
    if before is None or said is None or not said.startswith("a la"):
        return said or before
    day = f" {before}".partition(" a la")[0].strip()
    return f"{day} {said}" if day else said


def _road_kind(text: str) -> str | None:
    """The one kind of road in an answer that names no number: "calle", "es una carrera"."""
    kinds = {ROADS[word.text] for word in words_of(text) if word.text in ROADS}
    return kinds.pop() if len(kinds) == 1 else None


def _resembles(place: Place, address: Address) -> bool:
    """Whether two of the three numbers of an address are those of a place: then it is that place, said better."""
    mine = place.address
    if mine is None:
        return False
    pairs = (
        (mine.main and mine.main.number, address.main and address.main.number),
        (mine.cross and mine.cross.number, address.cross and address.cross.number),
        (mine.plate, address.plate),
    )
    return sum(one is not None and one == other for one, other in pairs) > 1


def _is_on(mine: Address, address: Address) -> bool:
    """Whether an address is on the road that was said."""
    road, said = mine.main, address.main
    return road is not None and said is not None and (road.kind, road.number) == (said.kind, said.number)


def _is_elsewhere(place: Place, address: Address) -> bool:
    """Whether an address is another one than the place's, rather than the same, corrected."""
    if address.main is None or address.cross is None:
        return False
    if place.address is None:
        return place.landmark is not None
    if _resembles(place, address):
        return False
    mine = place.address.main
    if mine is None or mine.number is None or address.main.number is None:
        return mine is not None and mine != address.main
    if address.main.kind not in (None, mine.kind) and mine.kind is not None:
        return True
    return abs(mine.number - address.main.number) >= NEAR
