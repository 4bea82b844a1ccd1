"""The taxi application, as the server mounts it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from smarthealth.conversation.application import (
    Application,
    Dialogue,
    Endpoint,
    HttpRoute,
    Link,
    TurnPolicy,
)

from .caller import APPLICATION
from .dialogue import TaxiDialogue
from .http import ChatBody, ChatReply, HealthReply, TaxiHttp
from .presence import Presence
from .services import TaxiServices
from .wire import CODEC, COMMANDS, EVENTS, Event, merge

SOCKET: Final = "/api/v1/ws/chat"
HEALTH: Final = "/api/v1/ws/health"
CHAT: Final = "/api/v1/chat"
SETTLING: Final = 10.0
"""Seconds that an HTTP answer may take beyond its turn."""


def taxi_application(services: TaxiServices) -> Application:
    """People ask for taxis, with a token or without."""
    presence = Presence()
    http = TaxiHttp(services, presence)

    def open_dialogue(link: Link[Event], path_parts: Mapping[str, str]) -> Dialogue:
        return TaxiDialogue(services, link, presence)

    socket = Endpoint[Event](
        path=SOCKET,
        authentication="optional",
        open_dialogue=open_dialogue,
        encode=CODEC.encode,
        merge=merge,
        # its events name no thread, so the turns of one connection go one after the other; what is said while an answer runs
        # interrupts it
        turns=TurnPolicy(when_busy=services.settings.when_busy, sequential=True),
        application=APPLICATION,
    )
    return Application(
        name=APPLICATION,
        endpoints=(socket,),
        client_messages=COMMANDS,
        server_messages=EVENTS,
        page="taxi/taxi.html",
        http=(
            HttpRoute(
                path=HEALTH,
                method="GET",
                answer=http.health,
                summary="How the taxi WebSocket is, and how many are connected",
                authentication="none",
                response=HealthReply,
            ),
            HttpRoute(
                path=CHAT,
                method="POST",
                answer=http.chat,
                summary="One message to the taxi dispatcher, answered whole",
                authentication="optional",
                time_limit=services.settings.turn_timeout + SETTLING,
                request=ChatBody,
                response=ChatReply,
            ),
        ),
    )
