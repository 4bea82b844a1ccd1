"""When Python looks for garbage: young objects as they come, old ones in pieces, everything in a quiet second.

Theory of operation. Nearly everything is freed by its last reference. What stands in circles is found by the collector, whose
full round looks at every object that lives: a hundred of each connection, half a million of the loaded program. Left to
itself it makes one whenever what lives has grown by a quarter, and nothing else runs meanwhile, for a large part of a second.

So no full round comes by itself. Young objects are looked through in batches that take a millisecond. Every `PERIOD` those
that outlived that are looked through once more, if they are few, and what lives then is frozen: taken out of the collector's sight, so
that the next such round is as short. What stood in a circle and was frozen is missed by that. It is found by a great round
over everything. That waits for a second in which hardly anything runs, and comes every ten minutes at most; it is made in any
case when what is frozen has doubled, so that memory stays bounded.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

import attrs
import trio

from smarthealth.actors import Context

FIRST = 10.0
"""Seconds from the start to the first look: what was loaded is not looked through while somebody waits for the server."""
PERIOD = 1.0
"""Seconds between two looks at what has grown old."""
YOUNG = 5_000
"""Objects more than before after which the young are looked through: half a millisecond."""
MIDDLE = 10
"""Rounds over the young after which what outlived them is looked through too: a few milliseconds."""
MOST_OF_A_ROUND = YOUNG * (MIDDLE + 1)
"""Objects that outlive such a round, at most."""
NEVER = 1_000_000_000
"""Rounds over those after which a full one would come by itself."""
QUIET = 0.1
"""Share of a core below which a period is quiet."""
PAUSE = 600.0
"""Seconds between two great rounds in quiet periods."""
MOST_FROZEN = 2_000_000
"""Objects more than after the last great round, or twice as many, at which the next comes even in a busy period: 200 MB or so."""


@attrs.define(eq=False)
class GarbageRounds:
    """Decides once each period what is looked through."""

    cpu_time: Callable[[], float] = time.process_time
    """Seconds of processor time of this process so far."""
    great_rounds: int = attrs.field(default=0, init=False)
    """Rounds over everything so far."""
    _known: int = attrs.field(default=0, init=False)
    """Objects that outlived the last great round."""
    _frozen: int = attrs.field(default=1, init=False)
    """Objects frozen since then, at most: some are gone again. The program as loaded is worth a first round."""
    _since: float = attrs.field(default=PAUSE, init=False)
    """Seconds since then."""
    _middle_rounds: int = attrs.field(default=-1, init=False)
    _cpu: float = attrs.field(init=False, default=attrs.Factory(lambda self: self.cpu_time(), takes_self=True))

    def look(self, seconds: float) -> None:
        """Look through what has grown old since the last call.

        How many objects that are is counted by rounds, not by `gc.get_objects`: that holds each for a moment, the tuple too that
        another thread is just making of an iterator, which Python answers there with a SystemError.

        Args:
            seconds: How long ago that was.
        """
        now = self.cpu_time()
        quiet, self._cpu = now - self._cpu < QUIET * seconds, now
        self._since += seconds
        middle_rounds = gc.get_stats()[1]["collections"]
        if middle_rounds != self._middle_rounds:  # else nothing has grown old
            rounds = middle_rounds - self._middle_rounds
            self._frozen += rounds * MOST_OF_A_ROUND
            self._middle_rounds = middle_rounds
            if rounds == 1:  # more are new connections, by the hundred: most will stay, and a look would take long
                gc.collect()
            gc.freeze()
            if self._has_doubled():
                self._great_round()
        elif quiet and self._frozen and self._since >= PAUSE:
            self._great_round()

    def _has_doubled(self) -> bool:
        bound = max(MOST_FROZEN, self._known)
        if self._frozen > bound:
            self._frozen = gc.get_freeze_count() - self._known  # a walk along all of them, so not at each look
        return self._frozen > bound

    def _great_round(self) -> None:
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        self._known, self._frozen, self._since = gc.get_freeze_count(), 0, 0.0
        self.great_rounds += 1


async def keep_garbage_short(context: Context) -> None:
    """Look for garbage as this module says, until cancelled; then as Python does."""
    before = gc.get_threshold()
    rounds = GarbageRounds()
    gc.set_threshold(YOUNG, MIDDLE, NEVER)
    try:
        context.started()
        await trio.sleep(FIRST)
        while True:
            rounds.look(PERIOD)
            await trio.sleep(PERIOD)
    finally:
        gc.set_threshold(*before)  # what is frozen stays so: a process that ends need not look through all of it
