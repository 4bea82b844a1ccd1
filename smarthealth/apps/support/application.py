"""The support application, as the server mounts it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from smarthealth.conversation.application import Application, Dialogue, Endpoint, Link, TurnPolicy

from . import operator_wire
from .caller import APPLICATION
from .dialogue import SupportDialogue
from .http import chat_route
from .operator import OperatorDialogue
from .services import SupportServices
from .wire import CODEC, COMMANDS, EVENTS, Event, merge

CHAT: Final = "/ws/chat"
OPERATOR: Final = "/ws/operator"
TEST_PAGE: Final = "/ws/test"
TOKEN: Final = "token"


def support_application(services: SupportServices) -> Application:
    """Customers sign in within the conversation; the staff with a token at the handshake."""

    def open_dialogue(link: Link[Event], parts: Mapping[str, str]) -> Dialogue:
        return SupportDialogue(services, link, bad_token=TOKEN in parts and link.principal is None)

    def open_operator(link: Link[operator_wire.Event], parts: Mapping[str, str]) -> Dialogue:
        return OperatorDialogue(services, link)

    return Application(
        name=APPLICATION,
        endpoints=(
            Endpoint[Event](
                path=CHAT,
                authentication="in-band",
                query=(TOKEN,),
                open_dialogue=open_dialogue,
                encode=CODEC.encode,
                merge=merge,
                # its events name no session, so the turns of one connection go one after the other
                turns=TurnPolicy(when_busy=services.settings.when_busy, sequential=True),
                language="en",
                longest_message=services.settings.message_size,
                application=APPLICATION,
            ),
            Endpoint[operator_wire.Event](
                path=OPERATOR,
                authentication="required",
                roles=frozenset({"clinician", "admin"}),
                open_dialogue=open_operator,
                encode=operator_wire.CODEC.encode,
                language="en",
                application=APPLICATION,
            ),
        ),
        client_messages=COMMANDS,
        server_messages=EVENTS,
        page="support/chat.html",
        pages={TEST_PAGE: "support/test.html"},
        http=(chat_route(services),),
    )
