"""What the model is asked: one persona, the part of the agent who answers, the conversation, and the note of the turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from smarthealth.apps.taxi.wire import AgentName
from smarthealth.llm.port import ChatMessage, ToolCall
from smarthealth.llm.tooling.history import complete_history
from smarthealth.llm.tooling.texts import SPANISH
from smarthealth.storage.threads import ThreadMessage

from .brief import Brief, write_brief
from .texts import ZONES

MAX_OUTPUT_TOKENS: Final = 400
"""An answer is heard, not read: a few sentences."""
_PERSONA: Final = (
    "Eres Marisol, la voz de una central de taxis de Barranquilla (Colombia). Atiendes por teléfono y por escrito: cálida, breve"
    " (una a tres frases), de tú, una sola pregunta por mensaje, sin listas ni markdown. Respondes en el idioma de la persona."
    f" Solo se presta servicio en {ZONES}; lo demás se niega con amabilidad. Nunca inventes tarifas, direcciones, placas ni"
    " tiempos: usa la nota y las herramientas. No digas que hay varios agentes ni nombres de herramientas."
)
_PARTS: Final[Mapping[AgentName, str]] = {
    "RECEPCIONISTA": (
        "Recibes a la persona. Si pide un taxi o da datos de un viaje, reconócelos, pregunta lo que falta y llama"
        " TransferToNavegante. Consulta (LookupService) o cancela (CancelService) servicios cuando lo pida, y llama"
        " TransferToHuman si quiere hablar con una persona o tiene una queja."
    ),
    "NAVEGANTE": (
        "Tomas y validas direcciones: ValidateAddress y CheckZone. Si falta el barrio o el municipio, pregúntalo. Cuando la"
        " dirección esté completa y en zona, confírmala, pregunta cómo va a pagar y llama TransferToOperador."
    ),
    "OPERADOR": (
        "Tomas forma de pago (SetPayment) y preferencias (SetFeatures) y das la tarifa (EstimateFare). Con todo listo resume el"
        " pedido, pregunta si lo confirma y llama TransferToConfirmador."
    ),
    "CONFIRMADOR": (
        "Confirmas. Si la persona acepta, di el resumen en una frase y llama DispatchToBackend; después da el número de servicio"
        " que devuelva. Si algo está mal, corrígelo y llama TransferToNavegante o TransferToOperador. Sin un sí claro no envíes."
    ),
}
_NOTE: Final = (
    "La nota dice el pedido hasta ahora, con lo que el último mensaje trajo (changed), lo que falta (missing), lo que se negó por"
    " estar fuera de zona (refused), lo consultado sin pedirlo (supposed) y los servicios activos (active). Ya está registrada:"
    " no vuelvas a preguntar lo que contiene. Lo que se preguntó en vano se supuso (assumed): dilo. Si is_stuck, no repitas la"
    " pregunta: ofrece un asesor humano. Si declined, no preguntes nada más: despídete, o di que el pedido queda anotado."
)


def system_prompt(brief: Brief) -> str:
    """The instructions of one turn."""
    return f"{_PERSONA}\n\n{_PARTS[brief.agent]}\n\n{_NOTE}\n{write_brief(brief)}"


def messages_for(brief: Brief, history: Sequence[ThreadMessage], text: str) -> tuple[ChatMessage, ...]:
    """The conversation that the model continues."""
    said = complete_history((from_stored(one) for one in history), SPANISH)
    return (
        ChatMessage(role="system", content=system_prompt(brief)),
        *said,
        ChatMessage(role="user", content=text),
    )


def from_stored(stored: ThreadMessage) -> ChatMessage:
    """A message as a model reads it."""
    calls = msgspec.json.decode(stored.tool_calls, type=tuple[ToolCall, ...])
    return ChatMessage(role=stored.role, content=stored.content, tool_calls=calls, tool_call_id=stored.tool_call_id)


def write_calls(calls: Sequence[ToolCall]) -> str:
    """Tool calls as they are stored."""
    return msgspec.json.encode(list(calls)).decode()
