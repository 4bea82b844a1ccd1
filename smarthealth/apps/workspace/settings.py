"""Settings of the workspace application."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import attrs
from attrs.validators import ge, gt, le

DAY = 24 * 3600.0
"""Seconds."""


@attrs.frozen(kw_only=True)
class WorkspaceSettings:
    """Deadlines in seconds, how much one conversation may take, and how often one may ask."""

    turn_timeout: float = attrs.field(
        default=900.0,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_WORKSPACE_TURN_TIMEOUT",
            "help": "seconds for a whole turn of the workspace agent, waiting for approvals included",
        },
    )
    approval_timeout: float = attrs.field(
        default=300.0,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_WORKSPACE_APPROVAL_TIMEOUT",
            "help": "seconds that a call waits for its approval; later it counts as refused",
        },
    )
    max_iterations: int = attrs.field(
        default=10,
        validator=[ge(1), le(100)],
        metadata={
            "env": "SMARTHEALTH_WORKSPACE_MAX_ITERATIONS",
            "help": "times that the workspace agent may think in one turn",
        },
    )
    when_busy: Literal["reject", "enqueue", "interrupt"] = attrs.field(
        default="reject",
        metadata={
            "env": "SMARTHEALTH_WORKSPACE_WHEN_BUSY",
            "help": "what happens to a message while its conversation is busy: refused, answered next, or instead",
        },
    )
    context_messages: int = attrs.field(
        default=60,
        validator=ge(0),
        metadata={
            "env": "SMARTHEALTH_WORKSPACE_CONTEXT",
            "help": "earlier messages and tool results of a conversation that the workspace agent sees",
        },
    )
    history_items: int = attrs.field(
        default=200,
        validator=ge(1),
        metadata={
            "env": "SMARTHEALTH_WORKSPACE_HISTORY",
            "help": "earlier messages and tool calls that a client is sent when it enters a conversation",
        },
    )
    grace: float = attrs.field(
        default=60.0,
        validator=ge(0),
        metadata={
            "env": "SMARTHEALTH_WORKSPACE_GRACE",
            "help": "seconds that a turn goes on when nobody is in its conversation any more",
        },
    )
    linger: float = attrs.field(
        default=120.0,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_WORKSPACE_LINGER",
            "help": "seconds that an empty conversation stays in memory; it comes back from the database",
        },
    )
    max_rooms: int = attrs.field(
        default=2_000,
        validator=ge(1),
        metadata={"env": "SMARTHEALTH_WORKSPACE_ROOMS", "help": "conversations that are open at once"},
    )
    max_viewers: int = attrs.field(
        default=500,
        validator=ge(1),
        metadata={"env": "SMARTHEALTH_WORKSPACE_VIEWERS", "help": "clients that are in one conversation at once"},
    )
    invite_lifetime: float = attrs.field(
        default=7 * DAY,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_WORKSPACE_INVITE_LIFETIME",
            "help": "seconds that an invite to a conversation is good for when whoever makes it names no time",
        },
    )
    kept: float = attrs.field(
        default=365 * DAY,
        validator=ge(DAY),
        metadata={
            "env": "SMARTHEALTH_WORKSPACE_KEPT",
            "help": "seconds that a conversation and its files are kept after the last word in it",
        },
    )
    mcp_servers: Path | None = attrs.field(
        default=None,
        metadata={
            "env": "SMARTHEALTH_WORKSPACE_MCP",
            "help": "JSON file of MCP servers whose tools the workspace agent may call; needs the extra mcp",
        },
    )
    messages_per_minute: float = attrs.field(
        default=60.0,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_WORKSPACE_MESSAGES_PER_MINUTE",
            "help": "messages a minute that one connection, and one user over all connections, may send the workspace agent",
        },
    )
    message_burst: int = attrs.field(
        default=20,
        validator=ge(1),
        metadata={
            "env": "SMARTHEALTH_WORKSPACE_MESSAGE_BURST",
            "help": "messages that may be sent to the workspace agent at once",
        },
    )
