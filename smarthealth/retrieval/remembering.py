"""What was found out lately is remembered, so that who asks for the same is answered from it.

Where what is remembered is awaited, `functools.lru_cache` is of no use: it would keep the coroutine. Where it is a plain
function of its arguments, that is the simpler way.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """So many values by key; whichever was asked for or put in longest ago is forgotten first.

    Args:
        most: Of them.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        """The value of a key; None where it is not remembered."""
        if key in self._values:
            self._values.move_to_end(key)
        return self._values.get(key)

    def put(self, key: K, value: V) -> None:
        """Remember the value of a key, in place of a former one."""
        self._values[key] = value
        self._values.move_to_end(key)
        if len(self._values) > self._most:
            self._values.popitem(last=False)
