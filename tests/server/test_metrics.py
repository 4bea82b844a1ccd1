"""What the server measures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import trio
import trio.testing
from trio.testing import MockClock

from smarthealth.actors import ActorSnapshot
from smarthealth.actors.snapshot import Kind
from smarthealth.conversation.telemetry import Telemetry
from smarthealth.server.hypercorn import Watch
from smarthealth.server.metrics import LARGEST_TREE, MOST_VALUES, SHARED_EVERY, Metrics
from smarthealth.server.shared_metrics import SharedMetrics


def lines(metrics: Metrics) -> set[str]:
    """The samples, without help and types."""
    return {line for line in metrics.exposition().decode().splitlines() if not line.startswith("#")}


def test_metrics_fit_where_they_are_wanted() -> None:
    """One object is the telemetry of conversations and the watch of the shell."""
    metrics = Metrics()
    telemetry: Telemetry = metrics
    watch: Watch = metrics
    telemetry.turn_started("records")
    watch.refused()


def test_connections_and_turns_are_counted() -> None:
    """What began and has not ended is open; what ended is counted by how."""
    metrics = Metrics()
    metrics.connection_opened("records")
    metrics.connection_opened("records")
    metrics.connection_closed("records", 1001)
    metrics.turn_started("records")
    metrics.turn_started("records")
    metrics.turn_finished("records", "finished", 0.2)
    metrics.stage_finished("records", "search", 0.02)
    metrics.first_token("records", 0.3)
    metrics.tokens("records", 42)
    metrics.error("records", "LLM_TIMEOUT")
    assert {
        'smarthealth_connections{application="records"} 1.0',
        'smarthealth_connections_opened_total{application="records"} 2.0',
        'smarthealth_connections_closed_total{application="records",code="1001"} 1.0',
        'smarthealth_turns_running{application="records"} 1.0',
        'smarthealth_turns_total{application="records",outcome="finished"} 1.0',
        'smarthealth_turn_seconds_bucket{application="records",le="0.25",outcome="finished"} 1.0',
        'smarthealth_stage_seconds_count{application="records",stage="search"} 1.0',
        'smarthealth_first_token_seconds_sum{application="records"} 0.3',
        'smarthealth_tokens_total{application="records"} 42.0',
        'smarthealth_errors_total{application="records",code="LLM_TIMEOUT"} 1.0',
    } <= lines(metrics)


def test_requests_and_refusals_are_counted() -> None:
    """By route and status, by code, by reason; methods nobody knows are one."""
    metrics = Metrics()
    metrics.request_answered("/health", "GET", 200, 0.01)
    metrics.request_answered("/health", "BREW", 405, 0.01)
    metrics.handshake_refused("UNAUTHORIZED")
    metrics.cut("send timeout")
    metrics.refused()
    assert {
        'smarthealth_http_requests_total{method="GET",route="/health",status="200"} 1.0',
        'smarthealth_http_requests_total{method="other",route="/health",status="405"} 1.0',
        'smarthealth_http_request_seconds_count{route="/health"} 2.0',
        'smarthealth_handshakes_refused_total{code="UNAUTHORIZED"} 1.0',
        'smarthealth_peers_cut_total{reason="send timeout"} 1.0',
        "smarthealth_connections_over_limit_total 1.0",
    } <= lines(metrics)


def test_labels_have_few_values() -> None:
    """Beyond the bound every further value is `other`, known ones stay themselves."""
    metrics = Metrics()
    for number in range(MOST_VALUES + 10):
        metrics.error("records", f"CODE_{number}")
    metrics.error("records", "CODE_0")
    found = lines(metrics)
    assert 'smarthealth_errors_total{application="records",code="other"} 10.0' in found
    assert 'smarthealth_errors_total{application="records",code="CODE_0"} 2.0' in found


def test_registries_do_not_mix() -> None:
    """Two servers in one process measure apart, and nothing is registered globally."""
    one, other = Metrics(), Metrics()
    one.tokens("records", 1)
    assert not any("tokens_total{" in line for line in lines(other))


def test_gauges_are_read_at_every_scrape() -> None:
    """A number that moves is shown as it is now."""
    metrics, depth = Metrics(), [1.0]
    metrics.add_gauge("pool_in_use", "Connections in use", lambda: depth[0])
    depth[0] = 5
    assert "smarthealth_pool_in_use 5.0" in lines(metrics)


def test_mailboxes_are_summed_by_place(world: Any) -> None:
    """Children of a dynamic supervisor are one place; a tree too large is not looked at."""
    tree: ActorSnapshot = world.services().snapshot()
    (index,) = tree.children
    connections = attrs.evolve(
        tree,
        name="connections",
        kind=Kind.DYNAMIC_SUPERVISOR,
        children=(attrs.evolve(index, name="1", mailbox_depth=2), attrs.evolve(index, name="2", mailbox_depth=5)),
    )
    metrics, count = Metrics(), [1]
    metrics.add_tree(lambda: attrs.evolve(tree, children=(index, connections)), lambda: count[0])
    assert {
        'smarthealth_mailbox_depth{actor="smarthealth"} 0.0',
        'smarthealth_mailbox_depth{actor="smarthealth/index"} 3.0',
        'smarthealth_mailbox_depth{actor="smarthealth/connections/*"} 7.0',
        'smarthealth_actor_restarts{actor="smarthealth/index"} 1.0',
    } <= lines(metrics)
    count[0] = LARGEST_TREE + 1
    assert not any("mailbox_depth" in line for line in lines(metrics))


async def test_processes_of_one_server_have_one_page(tmp_path: Path, autojump_clock: MockClock) -> None:
    """Whichever process is asked answers for all: what others counted within a second, its own as of now."""
    first, second = (Metrics(SharedMetrics(folder=tmp_path, number=number)) for number in (1, 2))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(second.keep_shared)
        await trio.testing.wait_all_tasks_blocked()
        first.connection_opened("records")
        second.connection_opened("records")
        assert 'smarthealth_connections_opened_total{application="records"} 1.0' in lines(first)
        await trio.sleep(SHARED_EVERY * 1.5)
        for metrics in (first, second):
            assert 'smarthealth_connections{application="records"} 2.0' in lines(metrics)
            assert 'smarthealth_connections_opened_total{application="records"} 2.0' in lines(metrics)
        second.connection_closed("records", 1000)
        nursery.cancel_scope.cancel()
    assert 'smarthealth_connections{application="records"} 1.0' in lines(first)


def test_a_process_alone_shares_nothing() -> None:
    """There is nobody to share with, and no harm in it."""
    Metrics().share()
