"""Users looked up by those who come in at the same time, in one query.

When a server comes back, all its clients do, and each must be looked up. While a query is under way, those who come meanwhile
gather, and the next query asks for all of them: a hundred cost as much as two. Whoever is looked up is still looked up anew,
by a query that begins after they came.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping

import attrs
import trio

from smarthealth.storage.errors import StorageError
from smarthealth.storage.users import User

FindAll = Callable[[Collection[int]], Awaitable[Mapping[int, User]]]


@attrs.define(eq=False)
class _Batch:
    """Those who are looked up together."""

    wanted: set[int] = attrs.field(factory=set)
    found: Mapping[int, User] | None = None
    error: StorageError | None = None


class UserLookups:
    """Looks users up, one query at a time.

    Args:
        find_all: Finds the users with the numbers given.
    """

    def __init__(self, find_all: FindAll) -> None:
        self._find_all = find_all
        self._gathering = _Batch()
        self._turn = trio.Lock()

    async def find(self, user_id: int) -> User | None:
        """The user with this number as of now, None when there is none.

        Raises:
            StorageError: The database failed.

        Cancellation:
            Others who asked at the same time are still answered.
        """
        batch = self._gathering
        batch.wanted.add(user_id)
        async with self._turn:
            if batch.found is None and batch.error is None:  # nobody has asked, or who did was cancelled
                if self._gathering is batch:
                    self._gathering = _Batch()
                try:
                    batch.found = await self._find_all(batch.wanted)
                except StorageError as error:
                    batch.error = error
        if batch.found is None:
            assert batch.error is not None
            raise batch.error
        return batch.found.get(user_id)
