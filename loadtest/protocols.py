"""What a client of each application says and waits for: just enough of the wire to keep a conversation going."""

from __future__ import annotations

import enum
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import attrs

Event = Mapping[str, Any]


class Part(enum.Enum):
    """What an event is to a client that waits for an answer."""

    TOKEN = enum.auto()
    """A piece of the answer that a person sees or hears."""
    END = enum.auto()
    FAILURE = enum.auto()
    """The answer's end, and not the one wanted."""
    OTHER = enum.auto()


@attrs.frozen(kw_only=True)
class Protocol:
    """One application's conversation."""

    name: str
    """As in `/NAME/…`, and in the statistics."""
    path: str
    """Bare path; `{session}` is replaced."""
    greets: bool
    """Whether the server speaks first."""
    needs_token: bool
    say: Callable[[str, str], Mapping[str, Any]]
    """The client's message, from a question and a session."""
    read: Callable[[Event], Part]
    questions: Sequence[str]

    def address(self, base: str, session: str, token: str | None) -> str:
        """Where to connect.

        Args:
            base: Such as `ws://127.0.0.1:8088`.
            session: A UUID.
            token: For those who need one.
        """
        query = f"?token={token}" if token is not None else ""
        return f"{base}/{self.name}{self.path.format(session=session)}{query}"


def by_type(kinds: Mapping[str, Part]) -> Callable[[Event], Part]:
    """Read events by their `type` alone."""
    return lambda event: kinds.get(event.get("type", ""), Part.OTHER)


def _read_taxi(event: Event) -> Part:
    """A turn of the taxi ends with a message of the system, after the agent's end."""
    kind = event.get("type")
    if kind == "system_message":
        # the first one of a turn says that it is being worked on
        return Part.OTHER if event.get("message", "").startswith("Procesando") else Part.END
    return {"agent_chunk": Part.TOKEN, "agent_error": Part.FAILURE}.get(str(kind), Part.OTHER)


def _query(question: str, session: str) -> Mapping[str, Any]:
    return {
        "type": "query",
        "session_id": session,
        "document_type_id": 8,
        "document_number": "30995750",
        "question": question,
    }


RECORDS: Final = Protocol(
    name="records",
    path="/ws/chat",
    greets=True,
    needs_token=True,
    say=_query,
    read=by_type({"token": Part.TOKEN, "complete": Part.END, "error": Part.FAILURE}),
    questions=(
        "¿Cómo ha evolucionado la hemoglobina glicosilada?",
        "¿Qué alergias tiene?",
        "¿Qué medicamentos toma actualmente?",
        "¿Cuándo fue la última consulta?",
        "How many times was her blood pressure taken in 2020?",
    ),
)
DOCTOR: Final = Protocol(
    name="doctor",
    path="/api/v1/ws/chat",
    greets=True,
    needs_token=False,
    say=lambda question, session: {"message": question, "session_id": session},
    read=by_type({"token": Part.TOKEN, "stream_end": Part.END, "error": Part.FAILURE}),
    questions=(
        "I have had a runny nose and a mild sore throat for two days",
        "Me duele la espalda baja desde ayer, después de cargar cajas",
        "What can I do about hay fever?",
    ),
)
TAXI: Final = Protocol(
    name="taxi",
    path="/api/v1/ws/chat",
    greets=True,
    needs_token=False,
    say=lambda question, session: {"type": "user_input", "text": question, "thread_id": session},
    read=_read_taxi,
    questions=(
        "Hola, necesito un taxi",
        "Estoy en la calle 72 con carrera 43, número 25, en el Prado",
        "Pago en efectivo, con aire acondicionado",
        "Sí, confirmo",
    ),
)
WORKSPACE: Final = Protocol(
    name="workspace",
    path="/ws/chat/{session}",
    greets=True,
    needs_token=False,
    say=lambda question, session: {"message": question},
    read=by_type({"message": Part.TOKEN, "done": Part.END}),
    questions=("Crea un archivo notas.txt con el contenido 'hola'", "Lista archivos", "Lee el archivo notas.txt"),
)
SUPPORT: Final = Protocol(
    name="support",
    path="/ws/chat",
    greets=True,
    needs_token=True,
    say=lambda question, session: {"type": "message", "message": question, "session_id": session, "partial": False},
    read=by_type({"token": Part.TOKEN, "complete": Part.END, "error": Part.FAILURE}),
    questions=(
        "What tyre pressure does my car need?",
        "When is the next free slot for a service?",
        "A warning light came on, what does it mean?",
    ),
)
PROTOCOLS: Final[Mapping[str, Protocol]] = {
    protocol.name: protocol for protocol in (RECORDS, DOCTOR, TAXI, WORKSPACE, SUPPORT)
}


def questions_of(protocol: Protocol, offset: int) -> itertools.cycle[str]:
    """The questions of one user, over and over, each user beginning elsewhere."""
    start = offset % len(protocol.questions)
    return itertools.cycle([*protocol.questions[start:], *protocol.questions[:start]])
