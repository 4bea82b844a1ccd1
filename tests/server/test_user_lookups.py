"""Users looked up by those who come in at the same time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.server.user_lookups import UserLookups
from smarthealth.storage.errors import StorageUnavailable
from smarthealth.storage.users import User


def user(number: int) -> User:
    """Somebody."""
    return User(
        id=number,
        email=f"{number}@example.org",
        full_name="X",
        role="clinician",
        password_hash="",
        created_at=datetime(2026, 1, 1, tzinfo=UTC),
        disabled_at=None,
    )


class Directory:
    """Knows the users 1 to 9, takes a second for each query, and remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[set[int]] = []
        self.gone = False

    async def find_all(self, user_ids: Collection[int]) -> Mapping[int, User]:
        """Find them."""
        self.asked.append(set(user_ids))
        await trio.sleep(1)
        if self.gone:
            raise StorageUnavailable("gone")
        return {number: user(number) for number in user_ids if number < 10}


async def test_who_comes_during_a_query_is_asked_for_in_the_next(autojump_clock: MockClock) -> None:
    """The first is asked for at once; all who come meanwhile share one query, which begins after they came."""
    directory = Directory()
    lookups = UserLookups(directory.find_all)
    found: dict[int, User | None] = {}

    async def find(number: int) -> None:
        found[number] = await lookups.find(number)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(find, 1)
        await wait_all_tasks_blocked()
        for number in (2, 3, 99):
            nursery.start_soon(find, number)
    assert directory.asked == [{1}, {2, 3, 99}]
    assert {number: somebody and somebody.id for number, somebody in found.items()} == {1: 1, 2: 2, 3: 3, 99: None}
    assert trio.current_time() == pytest.approx(2)


async def test_a_failure_is_everybodys_and_the_next_ask_anew(autojump_clock: MockClock) -> None:
    """Those of one query fail together, without a query each; who comes later is asked for again."""
    directory = Directory()
    lookups = UserLookups(directory.find_all)
    failures: list[type[BaseException]] = []

    async def fail(number: int) -> None:
        with pytest.raises(StorageUnavailable) as failed:
            await lookups.find(number)
        failures.append(failed.type)

    directory.gone = True
    async with trio.open_nursery() as nursery:
        nursery.start_soon(fail, 1)
        await wait_all_tasks_blocked()
        nursery.start_soon(fail, 2)
        nursery.start_soon(fail, 3)
    assert failures == [StorageUnavailable] * 3
    assert directory.asked == [{1}, {2, 3}]
    directory.gone = False
    assert await lookups.find(4) == user(4)


async def test_who_gives_up_takes_nobody_along(autojump_clock: MockClock) -> None:
    """When the one whose task asks is cancelled, another of the same query asks again."""
    directory = Directory()
    lookups = UserLookups(directory.find_all)
    found: list[User | None] = []

    async def find(number: int) -> None:
        found.append(await lookups.find(number))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(find, 1)
        await wait_all_tasks_blocked()
        async with trio.open_nursery() as impatient:
            impatient.start_soon(find, 2)
            await wait_all_tasks_blocked()
            nursery.start_soon(find, 3)
            await trio.sleep(1.5)
            impatient.cancel_scope.cancel()
    assert found == [user(1), user(3)]
    assert directory.asked == [{1}, {2, 3}, {2, 3}]
