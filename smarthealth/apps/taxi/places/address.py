"""A Colombian street address in its parts: "Calle 72 # 43-25", "Carrera 43B Bis # 20-15", "Calle 45 con Carrera 8"."""

from __future__ import annotations

from typing import Final

import attrs

CROSSED_BY: Final = {"Calle": "Carrera", "Carrera": "Calle", "Diagonal": "Carrera", "Transversal": "Calle"}
"""What kind of road crosses one, where an address does not say."""


@attrs.frozen(kw_only=True)
class Road:
    """One road of the grid."""

    kind: str | None = None
    """`Calle`, `Carrera`, …; None when it was not said."""
    number: int | None = None
    name: str | None = None
    """Of the few roads that have no number."""
    letters: str = ""
    bis: str | None = None
    """The letter after `Bis`, an empty one where there is none; None when it is no bis."""
    quadrant: str | None = None
    """`Sur`, `Norte`, `Este`, `Oeste`."""

    @property
    def designation(self) -> str:
        """Without its kind: `72A Bis Sur`."""
        number = self.name or f"{self.number}{self.letters}"
        bis = "" if self.bis is None else f" Bis{' ' + self.bis if self.bis else ''}"
        return f"{number}{bis}{' ' + self.quadrant if self.quadrant else ''}"

    @property
    def text(self) -> str:
        """As it is written."""
        return f"{self.kind} {self.designation}" if self.kind else self.designation


@attrs.frozen(kw_only=True)
class Address:
    """Where on the grid, as far as it was said."""

    main: Road | None = None
    """The road on which it is; None when only a number was told, as in a correction."""
    cross: Road | None = None
    """The road before it."""
    plate: int | None = None
    """Metres from the crossing."""
    plate_quadrant: str | None = None
    complement: tuple[str, ...] = ()
    """`Torre 2`, `Apto 501`, …"""

    @property
    def is_complete(self) -> bool:
        """Whether a driver finds it: a plate, or a crossing of two roads."""
        main, cross = self.main, self.cross
        if main is None or main.kind is None or cross is None:
            return False
        return self.plate is not None or cross.kind is not None or main.name is not None

    @property
    def text(self) -> str:
        """As it is written on letters."""
        parts = [self.grid, *self.complement]
        return ", ".join(part for part in parts if part)

    @property
    def grid(self) -> str:
        """Without its complement."""
        main = self.main.text if self.main is not None else ""
        if self.cross is None:
            return main
        if self.plate is None:
            return f"{main} con {self.cross.text}" if main else self.cross.text
        quadrant = f" {self.plate_quadrant}" if self.plate_quadrant else ""
        return f"{main} # {self.cross.designation}-{self.plate:02d}{quadrant}".strip()

    def merged(self, later: Address) -> Address:
        """This address with what was said later: more of it, a correction of a part, or another address."""
        if later.main is not None and not self._is_same_road(later.main):
            return self._with_another_road(later, later.main)
        # a crossing that is told anew has its own plate
        keeps_plate = later.cross is None and later.plate is None
        main, cross = self.main, later.cross or self.cross
        if later.main is not None:
            main = attrs.evolve(later.main, kind=later.main.kind or (self.main.kind if self.main else None))
        is_crossing = keeps_plate and self.plate is None
        return Address(
            main=main,
            cross=_crossing(main, cross) if is_crossing else cross,
            plate=self.plate if keeps_plate else later.plate,
            plate_quadrant=self.plate_quadrant if keeps_plate else later.plate_quadrant,
            complement=_joined(self.complement, later.complement),
        )

    def of_kind(self, kind: str) -> Address:
        """This address, whose road was told without its kind."""
        main = self.main
        if main is None or main.kind is not None:
            return self
        told = attrs.evolve(main, kind=kind)
        cross = _crossing(told, self.cross) if self.plate is None else self.cross
        return attrs.evolve(self, main=told, cross=cross)

    def _with_another_road(self, later: Address, road: Road) -> Address:
        mine = self.main
        if later.cross is not None or mine is None:
            return later
        if self.plate is None and road.kind is not None and road.kind == CROSSED_BY.get(mine.kind or ""):
            return attrs.evolve(self, cross=road, complement=_joined(self.complement, later.complement))
        if road.kind in (None, mine.kind):
            corrected = attrs.evolve(road, kind=mine.kind)
            return attrs.evolve(self, main=corrected, complement=_joined(self.complement, later.complement))
        return later

    def _is_same_road(self, other: Road) -> bool:
        """Whether the other road is this one, said again or more exactly."""
        mine = self.main
        if mine is None or (other.number is None and other.name is None):
            return True
        if mine.number is None and mine.name is None:
            return True
        same_number = (mine.number, mine.name) == (other.number, other.name)
        return same_number and (mine.kind is None or other.kind is None or mine.kind == other.kind)


def _crossing(main: Road | None, cross: Road | None) -> Road | None:
    """The road that crosses one, of the kind that crosses such a road, where it was not told."""
    if main is None or cross is None or cross.kind is not None:
        return cross
    return attrs.evolve(cross, kind=CROSSED_BY.get(main.kind or ""))


def _joined(first: tuple[str, ...], later: tuple[str, ...]) -> tuple[str, ...]:
    """Complements together; one of the same kind replaces the earlier."""
    kinds = {one.split()[0] for one in later}
    return (*(one for one in first if one.split()[0] not in kinds), *later)
