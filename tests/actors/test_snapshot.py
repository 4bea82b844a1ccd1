"""A snapshot is a tree."""

from __future__ import annotations

import attrs

from smarthealth.actors.snapshot import ActorSnapshot, Kind, State


def leaf(path: str, *children: ActorSnapshot) -> ActorSnapshot:
    """A snapshot of no interest but for its place."""
    return ActorSnapshot(
        path=path,
        name=path,
        kind=Kind.ACTOR,
        state=State.RUNNING,
        mailbox_depth=0,
        mailbox_capacity=None,
        restarts=0,
        last_failure=None,
        age=0,
        waiting_for=None,
        children=children,
    )


def test_walk_goes_parents_first() -> None:
    """A walk passes each actor once, before those below it."""
    tree = leaf("a", leaf("b", leaf("c")), leaf("d"))
    assert [node.path for node in tree.walk()] == ["a", "b", "c", "d"]


def test_places_do_not_multiply_with_visitors() -> None:
    """Children of a dynamic supervisor are one place, however many they are; those below them keep their names."""
    visitors = attrs.evolve(
        leaf("app/many", leaf("1", leaf("outbox")), leaf("2", leaf("outbox"))),
        name="many",
        kind=Kind.DYNAMIC_SUPERVISOR,
    )
    tree = leaf("app", visitors, leaf("index"))
    assert [place for place, _ in tree.walk_places()] == [
        "app",
        "app/many",
        *["app/many/*", "app/many/*/outbox"] * 2,
        "app/index",
    ]
