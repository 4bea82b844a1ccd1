"""The records application, as the server mounts it."""

from __future__ import annotations

from collections.abc import Mapping

from smarthealth.conversation.application import Application, Dialogue, Endpoint, Link, TurnPolicy

from .dialogue import RecordsDialogue
from .services import RecordsServices
from .stages import APPLICATION
from .wire import CODEC, COMMANDS, EVENTS, Event, merge


def records_application(services: RecordsServices) -> Application:
    """Clinicians ask about patients, at `/ws/chat`."""

    def open_dialogue(link: Link[Event], path_parts: Mapping[str, str]) -> Dialogue:
        return RecordsDialogue(services, link)

    chat: Endpoint[Event] = Endpoint(
        path="/ws/chat",
        authentication="required",
        open_dialogue=open_dialogue,
        encode=CODEC.encode,
        merge=merge,
        roles=frozenset({"clinician", "admin"}),
        turns=TurnPolicy(when_busy=services.settings.when_busy),
        application=APPLICATION,
    )
    return Application(
        name=APPLICATION,
        endpoints=(chat,),
        client_messages=COMMANDS,
        server_messages=EVENTS,
        page="console.html",
    )
