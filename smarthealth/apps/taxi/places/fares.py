"""What a trip costs: a table of pairs of sectors."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import attrs

from .files import read_rows


@attrs.frozen(kw_only=True)
class Fare:
    """A fare in pesos."""

    pesos: int
    is_estimate: bool
    """Whether the place of pickup is not known, so that the trip is taken to stay in the sector of its destination."""

    @property
    def text(self) -> str:
        """As it is written: `$29.500`."""
        return pesos(self.pesos)


@attrs.frozen
class Fares:
    """The table."""

    _by_pair: Mapping[frozenset[str], int]

    def between(self, pickup: str | None, destination: str) -> Fare:
        """The fare from a sector, None where it is not known, to another.

        Raises:
            KeyError: The table has no such sector.
        """
        origin = destination if pickup is None else pickup
        return Fare(pesos=self._by_pair[frozenset((origin, destination))], is_estimate=pickup is None)


@cache
def load_fares() -> Fares:
    """Read the table; it is part of the package."""
    return Fares({frozenset((one, other)): int(amount) for one, other, amount in read_rows("fares.tsv")})


def pesos(amount: int) -> str:
    """An amount as it is written in Colombia."""
    return "$" + f"{amount:,}".replace(",", ".")
