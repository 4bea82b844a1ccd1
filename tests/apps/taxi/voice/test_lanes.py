from contextlib import suppress

import trio
import trio.testing
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.taxi.voice.lanes import Closed, TwoLanes


async def _drain(lanes: TwoLanes[str, int]) -> list[str | int]:
    items: list[str | int] = []
    with suppress(Closed):
        while True:
            items.append(await lanes.take())
    return items


async def test_control_overtakes_data() -> None:
    """However much data waits before it."""
    lanes: TwoLanes[str, int] = TwoLanes(10)
    assert all(lanes.offer_data(number) for number in range(3))
    assert lanes.offer_control("stop")
    assert len(lanes) == 4
    assert [await lanes.take() for _ in range(3)] == ["stop", 0, 1]
    assert lanes.take_data() == [2]


async def test_full_lanes_refuse_and_do_not_wait() -> None:
    """Each lane has its own bound; who offers decides what to do."""
    lanes: TwoLanes[str, int] = TwoLanes(1, 1)
    assert lanes.offer_data(1)
    assert not lanes.offer_data(2)
    assert lanes.offer_control("a")
    assert not lanes.offer_control("b")


async def test_closed_lanes_give_their_control_and_end() -> None:
    """Data that waits is of no use any more; nothing more comes in."""
    lanes: TwoLanes[str, int] = TwoLanes(10)
    lanes.offer_data(1)
    lanes.offer_control("last")
    lanes.close()
    assert not lanes.offer_data(2)
    assert not lanes.offer_control("x")
    assert await _drain(lanes) == ["last"]


async def test_who_takes_waits_for_what_comes() -> None:
    """Data, control, or the end."""
    lanes: TwoLanes[str, int] = TwoLanes(10)
    taken: list[str | int] = []

    async def take() -> None:
        taken.extend(await _drain(lanes))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(take)
        for offer in (lambda: lanes.offer_data(1), lambda: lanes.offer_control("a"), lanes.close):
            await trio.testing.wait_all_tasks_blocked()
            offer()
    assert taken == [1, "a"]


@given(st.lists(st.one_of(st.integers(), st.text(max_size=3)), max_size=40))
def test_each_lane_keeps_its_order(items: list[str | int]) -> None:
    """What comes out is what went in, each lane in its order, and control before data."""

    async def check() -> None:
        lanes: TwoLanes[str, int] = TwoLanes(100, 100)
        for item in items:
            assert lanes.offer_control(item) if isinstance(item, str) else lanes.offer_data(item)
        out = [await lanes.take() for _ in items]
        control = [item for item in items if isinstance(item, str)]
        assert out == [*control, *(item for item in items if not isinstance(item, str))]

    trio.run(check)
