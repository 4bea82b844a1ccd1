"""OTP's cases as a table: strategy, restart type and way of ending decide who is started again."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest
import trio
from trio.testing import MockClock

from smarthealth.actors.actor import ChildSpec, Context, Supervisor
from smarthealth.actors.policy import Backoff, Restart, Strategy
from smarthealth.actors.refs import ActorRef
from smarthealth.actors.system import open_system

ENDINGS = ("returns", "raises", "is stopped")
RESTARTED = {
    (Restart.PERMANENT, "returns"),
    (Restart.PERMANENT, "raises"),
    (Restart.TRANSIENT, "raises"),
}
GROUPS = {Strategy.ONE_FOR_ONE: "b", Strategy.ONE_FOR_ALL: "abc", Strategy.REST_FOR_ONE: "bc"}


@pytest.mark.parametrize(
    ("strategy", "restart", "ending", "siblings"), list(itertools.product(Strategy, Restart, ENDINGS, Restart))
)
async def test_table(
    autojump_clock: MockClock, strategy: Strategy, restart: Restart, ending: str, siblings: Restart
) -> None:
    """The middle one of three children ends: those whom OTP would start again are, and nobody else."""
    starts: Counter[str] = Counter()
    end = trio.Event()

    async def serve(context: Context) -> None:
        starts[context.name] += 1
        context.started()
        if context.name == "b" and starts["b"] == 1:
            await end.wait()
            if ending == "raises":
                raise LookupError
            return
        await trio.sleep_forever()

    children = tuple(ChildSpec(name=name, start=serve, restart=restart if name == "b" else siblings) for name in "abc")
    async with open_system("app") as system:
        policy = Supervisor(children=children, strategy=strategy, backoff=Backoff(initial=0))
        sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
        b: ActorRef[object] | None = sup.child("b")
        assert b is not None
        if ending == "is stopped":
            b.stop()
        else:
            end.set()
        await trio.sleep(1)
        group = GROUPS[strategy] if (restart, ending) in RESTARTED else ""
        kinds = {"a": siblings, "b": restart, "c": siblings}
        again = {name for name in group if kinds[name] is not Restart.TEMPORARY}
        assert starts == {name: 2 if name in again else 1 for name in "abc"}
        gone = {name for name in group if kinds[name] is Restart.TEMPORARY}
        if not group and (restart is Restart.TEMPORARY or ending == "is stopped"):
            gone.add("b")
        assert [child.name for child in sup.children()] == [name for name in "abc" if name not in gone]
