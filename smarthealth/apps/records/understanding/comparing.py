"""Whether a question sets the value of one time against that of another: `is it higher now than in 2015?`.

Of two times the first is the one that is spoken of, the second the one after `than`; where only one is named, the other is
the present, which is told by the latest value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

import attrs

from .dates import find_dates
from .folding import PERIOD
from .question import Anchor, Compared, Period, Relation, TimeRange

_SMALL = (
    r"(?:(?:a|al|de|del|el|la|los|las|lo|en|su|sus|que|was|were|is|it|the|that|those|one|ones|of|in|at|on|for|from|his|her|their|"
    r"era|eran|fue|fueron|estaba|tenia|tuvo|hace|hacia|ano|year|valor|value|§+)\s+)*"
)
_WORDS: Mapping[Compared, str] = {
    "up": r"mas\s+(?:alt|elevad|grande|pesad)\w*|mayor(?:es)?|superior(?:es)?|pes(?:a|aba|o)\s+mas|mas(?=\s+(?:§|que\b|ahora|hoy|actualmente))|subi\w+|aument\w+"
    r"|higher|greater|larger|bigger|heavier|taller|more|above|(?:gone|went|go|goes)\s+up|ris(?:en|e)|rose|increased?",
    "down": r"mas\s+(?:baj|pequen|livian)\w*|menor(?:es)?|inferior(?:es)?|pes(?:a|aba|o)\s+menos|menos(?=\s+(?:§|que\b|ahora|hoy|actualmente))|baj[oa](?:do|n)?|disminu\w+"
    r"|lower|smaller|lighter|less|below|thinner|(?:gone|went|go|goes)\s+down|fall(?:en)?|fell|decreased?|dropped",
    "better": r"mejor(?:es|ado|o)?|better|improved?",
    "worse": r"peor(?:es)?|empeor\w+|worse(?:ned)?|deteriorated",
}
_ASKED: Mapping[Compared, re.Pattern[str]] = {
    asked: re.compile(rf"\b(?:{words})(?!\w)") for asked, words in _WORDS.items()
}
_ANY = re.compile("|".join(f"(?:{pattern.pattern})" for pattern in _ASKED.values()))
_THAN = rf"(?:que|than|from|frente\s+a|comparad[oa]\s+con|compared\s+(?:to|with)|respecto\s+(?:a|de)|contra|against|vs\.?|versus)\s+{_SMALL}"
_THAN_THEN = re.compile(rf"\b{_THAN}{PERIOD}")
_THAN_DATE = re.compile(rf"\b{_THAN}$")
_OTHERWISE = r"\b(?:than|que|from|vs\.?|versus)\s+(?:(?:it\s+was|la\s+de|el\s+de|lo\s+de|that\s+of|was|era)\s+)?"
_THAN_OTHERWISE: Mapping[Relation, re.Pattern[str]] = {
    "after": re.compile(rf"{_OTHERWISE}(?:before(?:hand)?|previously|antes|previamente)\b"),
    "before": re.compile(rf"{_OTHERWISE}(?:after(?:wards?)?|despues|luego|posteriormente)\b"),
}
"""The other side of what happened: `after allopurinol, lower than before`."""
_OR_DATE = re.compile(rf"(?:\b(?:o|u|or)\s+|,\s*){_SMALL}$")
_WHICH = re.compile(r"\b(?:cual(?:es)?|cuando|which|when|en\s+que\s+(?:ano|fecha|mes)|what\s+year)\b")
_BOTH_SIDES = re.compile(rf"\b(?:antes|before)\s*(?:y|and|vs\.?|versus|/)\s*(?={PERIOD})")
_BRACKETS = re.compile(r"[()\[\],]")
_NEAR = 60
"""Characters between the first time and the word that leads to the second."""


@attrs.frozen(kw_only=True)
class Comparison:
    """What a clause compares."""

    asked: Compared
    period: Period | None
    """The time of the first value; None for the latest."""
    against: Period
    spans: tuple[tuple[int, int], ...]
    """Where its words of comparison and its second time stand."""


def find_comparison(folded: str, visible: str, period: Period | None, today: date) -> Comparison | None:
    """Find what a clause compares.

    Args:
        folded: The clause, folded.
        visible: The same with its concepts and its first time covered.
        period: Its first time.
        today: What relative times are counted from.
    """
    sides = _of_both_sides(visible, period) if isinstance(period, Anchor) else None
    if sides is not None:
        return sides
    words = [match.span() for match in _ANY.finditer(visible)]
    if period is None or not words:
        return None
    asked = _asked(visible)
    then = _THAN_THEN.search(visible)
    if then is not None and words[0][0] < then.start():
        return Comparison(asked=asked, period=None, against=period, spans=(*words, (then.start(), then.end() - 1)))
    first = visible.rfind(PERIOD)
    for day in find_dates(folded):
        between = _BRACKETS.sub(" ", visible[first + 1 : day.start])
        either = _OR_DATE.search(between) is not None
        joined = either or _THAN_DATE.search(between) is not None
        if day.start <= first or day.since > today or len(between) > _NEAR or not joined:
            continue
        which: Compared = "which" if either or _WHICH.search(visible) else asked
        against = TimeRange(since=day.since, until=day.until)
        return Comparison(asked=which, period=period, against=against, spans=(*words, (first + 1, day.end)))
    return None


def _of_both_sides(visible: str, event: Anchor) -> Comparison | None:
    """How something was before an event, and after it; what was measured on the day itself tells how it was before."""
    until, since = attrs.evolve(event, relation="at"), attrs.evolve(event, relation="after")
    sides = _BOTH_SIDES.search(visible)
    if sides is not None:
        return Comparison(asked="which", period=since, against=until, spans=(sides.span(),))
    words = [match.span() for match in _ANY.finditer(visible)]
    other = _THAN_OTHERWISE[event.relation].search(visible) if event.relation in _THAN_OTHERWISE else None
    if other is None or not words:
        return None
    first, second = (since, until) if event.relation == "after" else (until, since)
    return Comparison(asked=_asked(visible), period=first, against=second, spans=(*words, other.span()))


def _asked(visible: str) -> Compared:
    """What the first of the words of comparison asks."""
    found = [(match.start(), asked) for asked, pattern in _ASKED.items() if (match := pattern.search(visible))]
    return min(found)[1]
