"""The live tree of actors, for whoever runs the server.

It shows no health data, only what runs. Still it is for this machine, or for a token of an administrator: a request counts as
this machine's when it comes from a loopback address, names a loopback host (so that no foreign name was pointed here), and no
proxy left its mark on it (so that no public site passes it on).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from smarthealth.actors import ActorSnapshot

from .addresses import came_through_proxy, is_loopback

Node = dict[str, Any]

HOST_AND_PORT = re.compile(r"(\[[^\]]*\]|[^:]*)(?::\d*)?")


def draw_tree(actor: ActorSnapshot) -> Node:
    """A snapshot as JSON."""
    return {
        "path": actor.path,
        "name": actor.name,
        "kind": actor.kind.value,
        "state": actor.state.value,
        "mailbox_depth": actor.mailbox_depth,
        "mailbox_capacity": actor.mailbox_capacity,
        "stashed": actor.stashed,
        "restarts": actor.restarts,
        "last_failure": actor.last_failure,
        "age": round(actor.age, 1),
        "waiting_for": actor.waiting_for,
        "waiting_why": actor.waiting_why.value if actor.waiting_why else None,
        "tasks": [{"name": task.name, "state": task.state, "handled": task.handled} for task in actor.tasks],
        "children": [draw_tree(child) for child in actor.children],
    }


def asked_on_this_machine(scope: Mapping[str, Any]) -> bool:
    """Whether a request was made by a person or program on this machine, as far as can be told."""
    client = scope.get("client")
    host = next((value.decode("latin1") for name, value in scope["headers"] if name.lower() == b"host"), "")
    match = HOST_AND_PORT.fullmatch(host)
    return (
        client is not None
        and is_loopback(client[0])
        and match is not None
        and is_loopback(match.group(1))
        and not came_through_proxy(scope)
    )
