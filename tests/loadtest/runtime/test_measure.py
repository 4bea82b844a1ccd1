"""Rounds, medians, ratios and aims."""

from __future__ import annotations

import pytest

from loadtest.runtime.measure import Row, Spread, Stopwatch, Way, measure, summarize


def costing(*costs: float) -> Way:
    """A way whose rounds cost so much a unit, the first to warm up."""
    left = iter(costs)
    return Way(f"costs {costs[-1]:g}", lambda count: next(left) * count)


def noting(log: list[tuple[str, int]], name: str, count: int | None = None) -> Way:
    """A way that notes when it is asked to do how much."""

    def work(units: int) -> float:
        log.append((name, units))
        return float(units)

    return Way(name, work, count)


def test_rounds_alternate_and_the_first_does_not_count() -> None:
    """Each round has every way do its work once; the round that warms up is not in the figures."""
    log: list[tuple[str, int]] = []
    results = measure(Row(name="row", count=10, ways=(noting(log, "a"), noting(log, "b"))), rounds=2)
    assert log == [("a", 10), ("b", 10)] * 3
    assert [result.cost.median for result in results] == [pytest.approx(1e6)] * 2


def test_a_ratio_is_made_within_each_round() -> None:
    """Ours by theirs, round by round: the spread is that of the ratios, not the ratio of the medians."""
    row = Row(name="row", count=1, ways=(costing(9, 1, 4, 6), costing(9, 1, 2, 4)), scale=1.0)
    ours, theirs = measure(row, rounds=3)
    assert ours.ratio == Spread(1.0, 1.0, 1.0)
    assert theirs.cost == Spread(2, 1, 4)
    assert theirs.ratio == Spread(1.5, 1.0, 2.0)


def test_a_share_of_the_work_and_fewer_rounds() -> None:
    """A quick look does a share of the units, at least one; a way or row may have less of its own."""
    log: list[tuple[str, int]] = []
    ways = (noting(log, "many"), noting(log, "few", count=5))
    measure(Row(name="row", count=100, ways=ways, most_rounds=1), rounds=9, share=0.1)
    assert log == [("many", 10), ("few", 1)] * 2


@pytest.mark.parametrize(("aim", "missed"), [(1.5, True), (2.0, False), (None, False)])
def test_an_aim_is_missed_when_the_median_ratio_is_over_it(aim: float | None, missed: bool) -> None:
    """An aim is the most that ours may cost as a multiple of that way."""
    row = Row(name="row", count=1, ways=(costing(1), costing(1)), aims={"costs 1": aim} if aim else {})
    assert any(result.missed for result in summarize(row, {"ours": [2.0], "costs 1": [1.0]})) is missed


@pytest.mark.parametrize(("limit", "missed"), [(1.0, True), (3.0, False)])
def test_a_limit_is_on_our_own_cost(limit: float, missed: bool) -> None:
    """A limit looks at ours alone."""
    row = Row(name="row", count=1, ways=(costing(1), costing(1)), limit=limit)
    ours, theirs = summarize(row, {"ours": [2.0], "theirs": [5.0]})
    assert (ours.missed, theirs.missed) == (missed, False)


def test_a_stopwatch_adds_up_its_blocks() -> None:
    """What stands outside of the `with` blocks is not counted."""
    watch = Stopwatch()
    for _ in range(2):
        with watch:
            sum(range(100_000))
    assert watch.seconds > 0
    before = watch.seconds
    sum(range(100_000))
    assert watch.seconds == before
