"""Further times beside the first one: `in 2018 and 2019`, `2014 comparado con 2023`, `la de 2015 frente a la de 2021`.

Each of them is asked for by itself, so that a time of which there is nothing is told as such.
"""

from __future__ import annotations

import re
from datetime import date

from .dates import find_dates
from .question import TimeRange
from .timerange import PeriodMatch

MOST_TIMES = 4
"""Times that one clause compares."""

_BETWEEN = re.compile(
    r"\s*(?:,\s*)?(?:(?:y|e|o|u|and|or|&|vs\.?|versus|frente\s+a|contra|against|respecto\s+(?:a|de)|(?:than|que)|con|with|to|"
    r"(?:en\s+)?comparacion\s+(?:con|a)|compar(?:ad[oa]s?|ed|ando(?:l[oa]s?)?|ing)(?:\s+(?:con|a|al|to|with|against))?)\s+)?"
    r"(?:(?:con|with|to|a|al|el|la|los|las|lo|de|del|en|in|of|on|for|that|those|the|one|ones|from|ano|year|tambien|also|luego|then)\s+)*"
)


def find_further(folded: str, first: PeriodMatch, today: date) -> list[PeriodMatch]:
    """Find the times that stand beside the first one of a folded text.

    Args:
        folded: The text, folded.
        first: The time found in it.
        today: What relative times are counted from.
    """
    if not _is_bounded(first):
        return []
    found: list[PeriodMatch] = []
    end = first.end
    for day in find_dates(folded):
        if day.start < end:
            continue
        between = folded[end : day.start]
        told = _BETWEEN.fullmatch(between)
        if told is None or not between.strip() or day.since > today:
            break
        found.append(PeriodMatch(end, day.end, TimeRange(since=day.since, until=day.until)))
        end = day.end
    return found[: MOST_TIMES - 1]


def _is_bounded(match: PeriodMatch) -> bool:
    period = match.period
    return isinstance(period, TimeRange) and period.since is not None and period.until is not None
