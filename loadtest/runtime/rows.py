"""Which rows there are, who takes part in each, and what is aimed at."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from functools import partial

from . import bare_asyncio, bare_trio, ours
from .measure import Row, Way, Work, on_asyncio, on_trio
from .peer import Peer

OURS = "smarthealth.actors"
QUEUE = "asyncio.Queue"
FUTURE = "asyncio future, timeout()"
TASKS = "Trio tasks"
TELL_AIM = 1.5
ASK_AIM = 1.2
SKYNET_AIM = 1.5
FEW_LEAVES = 1_000
"""For peers that take a thread, or a mailbox and a nursery, for each."""

Peers = Callable[..., tuple[Way, ...]]
"""Ways of those peers that are there and know the row."""


def all_rows(triotp: Peer | None) -> list[Row]:
    """All that is timed in this process, and in that of triotp, if there is one."""
    peers = partial(_peers, triotp, _pykka())
    return [
        _tell(peers),
        _ask(peers, 1),
        _ask(peers, 100),
        _ring(peers),
        _skynet(peers),
        _skynet_started(),
        *_pipelines(peers),
        _restart(peers),
    ]


def _pykka() -> Mapping[str, Work]:
    if importlib.util.find_spec("pykka") is None:
        return {}
    from .with_pykka import WORK

    return WORK


def _peers(triotp: Peer | None, pykka: Mapping[str, Work], row: str, count: int | None = None) -> tuple[Way, ...]:
    ways = [] if triotp is None else [Way("triotp", triotp.work(row), count)]
    if row in pykka:
        ways.append(Way("pykka", pykka[row], count))
    return tuple(ways)


def _tell(peers: Peers) -> Row:
    ways = (
        Way(OURS, on_trio(ours.tell)),
        Way("Trio channel, awaited", on_trio(bare_trio.tell)),
        Way("Trio channel, nowait first", on_trio(bare_trio.tell_nowait)),
        Way(QUEUE, on_asyncio(bare_asyncio.tell)),
        *peers("tell"),
    )
    return Row(name="tell", count=10_000, ways=ways, aims={QUEUE: TELL_AIM})


def _ask(peers: Peers, pairs: int) -> Row:
    ways = (
        Way(OURS, on_trio(partial(ours.ask, pairs))),
        Way("Trio channels, fail_after", on_trio(partial(bare_trio.ask, pairs))),
        Way(FUTURE, on_asyncio(partial(bare_asyncio.ask_with_timeout, pairs))),
        Way("asyncio future, wait_for", on_asyncio(partial(bare_asyncio.ask_with_wait_for, pairs))),
        *peers(f"ask {pairs}"),
    )
    name = "ask, 1 pair" if pairs == 1 else f"ask, {pairs} pairs"
    return Row(name=name, count=2_000, ways=ways, aims={FUTURE: ASK_AIM})


def _ring(peers: Peers) -> Row:
    ways = (
        Way(OURS, on_trio(ours.ring)),
        Way("Trio channels", on_trio(bare_trio.ring)),
        Way("asyncio queues", on_asyncio(bare_asyncio.ring)),
        *peers("ring"),
    )
    return Row(name="ring of 100, a hop", count=5_000, ways=ways)


def _skynet(peers: Peers) -> Row:
    ways = (
        Way(OURS, on_trio(ours.skynet)),
        Way(TASKS, on_trio(bare_trio.skynet)),
        Way("Trio tasks, a scope each", on_trio(bare_trio.skynet_cancellable)),
        Way("asyncio tasks", on_asyncio(bare_asyncio.skynet)),
        *peers("skynet", FEW_LEAVES),
    )
    return Row(name="skynet 100k, a leaf", count=100_000, most_rounds=3, ways=ways, aims={TASKS: SKYNET_AIM})


def _skynet_started() -> Row:
    ways = (
        Way(OURS, on_trio(ours.skynet_started)),
        Way("Trio tasks, nursery.start", on_trio(bare_trio.skynet_started)),
    )
    return Row(name="skynet 10k, waited for", count=10_000, most_rounds=5, ways=ways)


def _pipelines(peers: Peers) -> tuple[Row, Row]:
    per_query = (
        Way(OURS, on_trio(ours.pipeline_per_query)),
        Way("Trio channels", on_trio(bare_trio.pipeline_per_query)),
        Way("asyncio queues", on_asyncio(bare_asyncio.pipeline_per_query)),
    )
    persistent = (
        Way(OURS, on_trio(ours.pipeline_persistent)),
        Way("Trio channels", on_trio(bare_trio.pipeline_persistent)),
        Way("asyncio queues", on_asyncio(bare_asyncio.pipeline_persistent)),
        *peers("pipeline"),
    )
    return (
        Row(name="pipeline of 4, a query", count=100, ways=per_query),
        Row(name="pipeline of 4, an item", count=3_000, ways=persistent),
    )


def _restart(peers: Peers) -> Row:
    ways = (
        Way(OURS, on_trio(ours.restart)),
        Way("Trio, a loop by hand", on_trio(bare_trio.restart)),
        Way("asyncio, a loop by hand", on_asyncio(bare_asyncio.restart)),
        *peers("restart"),
    )
    return Row(name="restart after a crash", count=200, ways=ways)
