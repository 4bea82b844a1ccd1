"""A place of a trip, as far as it is known: what was said of it, and where that is."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from .address import Address
from .gazetteer import Gazetteer, Spot


@attrs.frozen(kw_only=True)
class Place:
    """Where a trip begins or ends."""

    address: Address | None = None
    landmark: str | None = None
    neighbourhood: str | None = None
    zone: str | None = None
    """The municipality; None while it is not known."""
    sector: str | None = None
    """For the fare; None where the municipality alone is known."""
    may_be_in: tuple[str, ...] = ()
    """Municipalities that have a neighbourhood of this name, when there are several."""
    outside: str | None = None
    """A town that is not served."""
    is_enough: bool = False
    """Whether the person said that there is no better address."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known."""
        return self == Place()

    @property
    def is_exact(self) -> bool:
        """Whether a driver finds it."""
        if self.landmark is not None or self.is_enough:
            return True
        if self.address is None:
            return False
        return self.address.is_complete or (self.neighbourhood is not None and bool(self._block()))

    @property
    def is_complete(self) -> bool:
        """Whether a driver finds it, and a fare can be told."""
        return self.is_exact and self.zone is not None and self.outside is None

    @property
    def text(self) -> str:
        """As it is told to people, the municipality last."""
        parts = [self.landmark, self.address.text if self.address is not None else None, self.neighbourhood, self.zone]
        return ", ".join(dict.fromkeys(part for part in parts if part))

    def says_nothing_new_of(self, known: Place) -> bool:
        """Whether all that it names, and it names no address, is known of a place already."""
        return (
            self.address is None
            and self.outside is None
            and self.landmark in (None, known.landmark)
            and self.neighbourhood in (None, known.neighbourhood)
            and self.zone in (None, known.zone)
        )

    def told_zone(self, zone: str) -> Place:
        """This place, which is in that municipality: a neighbourhood that is not there was a mistake."""
        if self.zone == zone:
            return attrs.evolve(self, may_be_in=(), outside=None)
        # a name that is in no table may be anywhere
        is_there = zone in self.may_be_in or (self.zone is None and not self.may_be_in)
        return attrs.evolve(
            self,
            zone=zone,
            sector=None,
            neighbourhood=self.neighbourhood if is_there else None,
            landmark=self.landmark if is_there else None,
            may_be_in=(),
            outside=None,
        )

    def _block(self) -> tuple[str, ...]:
        """Block and house, which stand for an address where streets have no numbers."""
        complement = self.address.complement if self.address is not None else ()
        return tuple(one for one in complement if one.startswith(("Manzana", "Conjunto", "Edificio", "Urbanización")))


def locate(place: Place, spots: Sequence[Spot], gazetteer: Gazetteer) -> Place:
    """A place with what one name says of it."""
    first = spots[0]
    if first.kind == "outside":
        return attrs.evolve(place, outside=first.name)
    if first.kind == "zone":
        return place.told_zone(first.name)
    zones = tuple(spot.zone for spot in spots if spot.zone is not None)
    # of several neighbourhoods of one name, the one in the municipality that is known
    known = [spot for spot in spots if spot.zone == place.zone]
    chosen = known[0] if known else first if len(set(zones)) == 1 else None
    named = attrs.evolve(place, landmark=first.name) if first.kind == "landmark" else place
    if first.kind == "neighbourhood":
        named = attrs.evolve(place, neighbourhood=(chosen or first).name)
    if chosen is None:
        return attrs.evolve(named, zone=None, sector=None, may_be_in=zones, outside=None)
    return attrs.evolve(named, zone=chosen.zone, sector=chosen.sector, may_be_in=(), outside=None)


def fare_sector(place: Place, gazetteer: Gazetteer) -> str | None:
    """The sector that counts for the fare, None while the municipality is not known."""
    if place.zone is None:
        return None
    return place.sector or gazetteer.zones[place.zone]
