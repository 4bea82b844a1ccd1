"""What an order needs: its slots, what is missing of them, and what an utterance did to them."""

from __future__ import annotations

from typing import Final, Literal

import attrs

from .places.place import Place
from .understanding.payment import Payment

Asked = Literal["destination", "zone", "payment", "features", "confirmation"]
Part = Literal["destination", "pickup", "payment", "features", "observation", "name", "phone", "when"]

MAIN_ZONE: Final = "Barranquilla"
"""Where a place is taken to be whose person does not know better."""


@attrs.frozen(kw_only=True)
class Slots:
    """An order in the making."""

    destination: Place = attrs.field(factory=Place)
    pickup: Place = attrs.field(factory=Place)
    """Empty while it was not told: the driver then calls."""
    payment: Payment | None = None
    features: tuple[str, ...] = ()
    features_settled: bool = False
    """Whether the person was asked for wishes, or told some."""
    observation: str | None = None
    """A wish in the person's words, which is in no table."""
    name: str | None = None
    phone: str | None = None
    when: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing of an order was told."""
        return attrs.evolve(self, name=None, phone=None, features_settled=False) == Slots()

    @property
    def missing(self) -> Asked:
        """What is to be asked next; the confirmation at last."""
        if not self.destination.is_exact and not self._lacks_zone_only:
            return "destination"
        if not self.destination.is_complete:
            return "zone"
        if self.payment is None:
            return "payment"
        return "confirmation" if self.features_settled else "features"

    @property
    def _lacks_zone_only(self) -> bool:
        return bool(self.destination.may_be_in)


@attrs.frozen(kw_only=True)
class Filled:
    """The order after an utterance, and what the utterance did to it."""

    slots: Slots
    changed: tuple[Part, ...] = ()
    refused: str | None = None
    """A town that is not served, and was asked for."""
    supposed: Place | None = None
    """A place that was only asked about: "¿cuánto sería hasta Soledad?"."""
    assumed_zone: bool = False
    """Whether the person did not know where a place is, and it was taken to be in the main municipality."""
    cleared: Part | None = None
    """A part that the person says is wrong, to be told anew."""
    assumed: tuple[Part, ...] = ()
    """Parts that were asked for in vain, and taken by default."""
