"""A bounded channel of two lanes: what controls overtakes what is merely data.

Both lanes are bounded and neither ever waits to be filled: who offers is told that there is no room, and decides. One task takes.
"""

from __future__ import annotations

from collections import deque
from typing import Final, Generic, TypeVar

import trio

C = TypeVar("C")
D = TypeVar("D")

MOST_CONTROL: Final = 32


class Closed(Exception):
    """No more comes out of these lanes."""


class TwoLanes(Generic[C, D]):
    """Control first, then data, each in its order.

    Args:
        most_data: Items of data that may wait.
        most_control: Items of control that may wait.
    """

    def __init__(self, most_data: int, most_control: int = MOST_CONTROL) -> None:
        self._control: deque[C] = deque()
        self._data: deque[D] = deque()
        self._most_control = most_control
        self._most_data = most_data
        self._closed = False
        self._taker = trio.lowlevel.ParkingLot()

    def __len__(self) -> int:
        return len(self._control) + len(self._data)

    def offer_control(self, item: C) -> bool:
        """Put an item before all data; False when there is no room, or nobody takes any more."""
        if self._closed or len(self._control) >= self._most_control:
            return False
        self._control.append(item)
        self._taker.unpark()
        return True

    def offer_data(self, item: D) -> bool:
        """Put an item behind everything; False when there is no room, or nobody takes any more."""
        if self._closed or len(self._data) >= self._most_data:
            return False
        self._data.append(item)
        self._taker.unpark()
        return True

    def take_data(self) -> list[D]:
        """All data that waits, at once."""
        items = list(self._data)
        self._data.clear()
        return items

    def close(self) -> None:
        """Take nothing more in; what waits of control still comes out, data does not."""
        self._closed = True
        self._data.clear()
        self._taker.unpark()

    async def take(self) -> C | D:
        """The next item.

        Raises:
            Closed: Nothing more comes.
        """
        await trio.lowlevel.checkpoint()
        while True:
            if self._control:
                return self._control.popleft()
            if self._data:
                return self._data.popleft()
            if self._closed:
                raise Closed
            await self._taker.park()
