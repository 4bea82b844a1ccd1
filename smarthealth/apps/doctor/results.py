"""What each agent finds, as data: the next agent reads it, and the client hears of some of it."""

from __future__ import annotations

from typing import Final, Literal

import attrs

Level = Literal["I", "II", "III", "IV", "V", "INFO"]
LEVELS: Final[tuple[Level, ...]] = ("I", "II", "III", "IV", "V", "INFO")
"""Most urgent first."""
SCALE: Final = "Colombia I-V, Resolución 5596 de 2015"
"""I at once, II within 30 minutes, III the same day, IV within days, V at leisure; INFO where nobody is ill now."""


@attrs.frozen(kw_only=True)
class TriageResult:
    """How urgent it is."""

    level: Level
    reasons: tuple[str, ...]

    @property
    def is_emergency(self) -> bool:
        """Whether somebody must come, or go, at once."""
        return self.level == "I"

    def at_least(self, floor: TriageResult) -> TriageResult:
        """The more urgent of the two, with the reasons of both where they agree on the level."""
        mine, other = LEVELS.index(self.level), LEVELS.index(floor.level)
        if mine == other:
            return attrs.evolve(self, reasons=tuple(dict.fromkeys((*self.reasons, *floor.reasons))))
        return self if mine < other else floor


@attrs.frozen(kw_only=True)
class Possibility:
    """What it might be; never what it is."""

    name: str
    likelihood: Literal["likely", "possible", "less likely"]
    reasons_for: tuple[str, ...] = ()
    reasons_against: tuple[str, ...] = ()
    told_apart_by: tuple[str, ...] = ()
    """What an examination or a test would show."""


@attrs.frozen(kw_only=True)
class DiagnosticResult:
    """What it might be, the likeliest first."""

    possibilities: tuple[Possibility, ...]


@attrs.frozen(kw_only=True)
class TreatmentResult:
    """What can be done."""

    self_care: tuple[str, ...]
    see_professional: tuple[str, ...]
    """What needs one, and how soon."""
    warning_signs: tuple[str, ...]
    """What must not be waited with."""
    cautions: tuple[str, ...] = ()
    """What the person's own allergies, medicines, conditions, age or pregnancy forbid."""
