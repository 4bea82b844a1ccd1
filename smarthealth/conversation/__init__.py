"""The actors of one connection: session, keepalive, outbox and turns."""

from smarthealth.conversation.application import (
    Application,
    BinaryDialogue,
    Dialogue,
    Endpoint,
    Link,
    Principal,
    Turn,
    TurnEnd,
    TurnFailure,
    TurnOutput,
    TurnPolicy,
)
from smarthealth.conversation.connections import Connections
from smarthealth.conversation.errors import ConversationError, TurnRefused
from smarthealth.conversation.settings import ConversationSettings
from smarthealth.conversation.socket import Socket, SocketClosed
from smarthealth.conversation.telemetry import NullTelemetry, Telemetry

__all__ = [
    "Application",
    "BinaryDialogue",
    "Connections",
    "ConversationError",
    "ConversationSettings",
    "Dialogue",
    "Endpoint",
    "Link",
    "NullTelemetry",
    "Principal",
    "Socket",
    "SocketClosed",
    "Telemetry",
    "Turn",
    "TurnEnd",
    "TurnFailure",
    "TurnOutput",
    "TurnPolicy",
    "TurnRefused",
]
