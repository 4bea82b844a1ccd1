"""The tree of actors, and who may see it."""

from __future__ import annotations

from typing import Any

import pytest

from smarthealth.server.observer import asked_on_this_machine, draw_tree


def test_tree_is_drawn_as_json(world: Any) -> None:
    """Every actor has its path, state, mailbox, restarts, last failure and tasks, and nothing else."""
    drawn = draw_tree(world.services().snapshot())
    assert (drawn["path"], drawn["kind"], drawn["age"]) == ("smarthealth", "supervisor", 12.3)
    (index,) = drawn["children"]
    assert drawn["waiting_why"] is None
    assert index == {
        "path": "smarthealth/index",
        "name": "index",
        "kind": "actor",
        "state": "running",
        "mailbox_depth": 3,
        "mailbox_capacity": 64,
        "stashed": 2,
        "restarts": 1,
        "last_failure": "OSError",
        "age": 1.0,
        "waiting_for": "smarthealth/pool",
        "waiting_why": "reply",
        "tasks": [{"name": "search", "state": "working", "handled": 7}],
        "children": [],
    }


@pytest.mark.parametrize(
    ("client", "headers", "expected"),
    [
        ("127.0.0.1", {"host": "localhost:8088"}, True),
        ("127.0.0.1", {"host": "127.0.0.1"}, True),
        ("::1", {"Host": "[::1]:8088"}, True),
        ("192.0.2.1", {"host": "localhost"}, False),
        ("127.0.0.1", {"host": "evil.example:8088"}, False),
        ("127.0.0.1", {"host": "localhost:8088", "X-Forwarded-For": "192.0.2.1"}, False),
        ("127.0.0.1", {"host": "localhost", "via": "1.1 proxy"}, False),
        ("127.0.0.1", {}, False),
        ("127.0.0.1", {"host": "localhost:80:90"}, False),
        (None, {"host": "localhost"}, False),
    ],
)
def test_only_this_machine_counts_as_this_machine(client: str | None, headers: dict[str, str], expected: bool) -> None:
    """Neither other addresses, nor names pointed here, nor what a proxy passes on."""
    scope = {
        "client": (client, 1) if client else None,
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    assert asked_on_this_machine(scope) is expected
