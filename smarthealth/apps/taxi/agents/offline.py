"""The offline model's dispatcher: plays the four agents by rules, from the note in the prompt and the tools' results.

One answer is one or two requests, as with any model: tools that are to be asked first, then the words with what follows from them.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence

import msgspec

from smarthealth.llm.offline import Piece
from smarthealth.llm.port import ChatMessage, ChatRequest, ToolCall

from .brief import Brief, read_brief
from .phrases import (
    CALLED,
    CHANGE_SENT,
    CONFIRM_QUESTION,
    DECLINED,
    DISPATCHED_ALREADY,
    HELP,
    KEPT,
    acknowledgement,
    answers,
    opening,
    question,
    told,
)

_DISPATCH = "DispatchToBackend"
_HUMAN = "TransferToHuman"
_CANCEL = "CancelService"
_LOOK_UP = "LookupService"
_QUESTIONS = frozenset({"ask_fare", "ask_coverage", "ask_wait", "ask_features"})


def compose(request: ChatRequest) -> Iterator[Piece]:
    """Write the next answer to a request."""
    brief = read_brief(request.messages[0].content)
    results = _results(request.messages)
    offered = {tool.name for tool in request.tools}
    if not results:
        yield from _begin(brief, offered)
    else:
        yield from _go_on(brief, results)


def _begin(brief: Brief, offered: set[str]) -> Iterator[Piece]:
    first = [call for call in _first_calls(brief) if call.name in offered]
    if brief.agent == "CONFIRMADOR" and _confirms(brief):
        yield f"Perfecto. {_capital(told(brief.order))}. "
        yield _call(_DISPATCH)
    elif first:
        yield from first
    else:
        yield from _say(brief)


def _first_calls(brief: Brief) -> list[ToolCall]:
    """The tools whose results the answer needs."""
    intents = set(brief.intents)
    calls = []
    if intents & {"human", "complaint"}:
        calls.append(_call(_HUMAN, reason="queja" if "complaint" in intents else "quiere hablar con una persona"))
    elif brief.wants_person and brief.order.phone:
        calls.append(_call(_HUMAN, reason="teléfono para la llamada"))
    elif "cancel" in intents and (brief.active or not brief.is_empty):
        calls.append(_call(_CANCEL))
    elif "status" in intents:
        calls.append(_call(_LOOK_UP))
    if brief.agent == "NAVEGANTE" and "destination" in brief.changed and brief.order.destination:
        calls.append(_call("ValidateAddress", address=brief.order.destination))
    if brief.agent == "OPERADOR" and brief.order.fare and ("ask_fare" in intents or brief.missing == "confirmation"):
        calls.append(_call("EstimateFare"))
    return calls


def _go_on(brief: Brief, results: dict[str, str]) -> Iterator[Piece]:
    """Speak with the results of tools."""
    if _DISPATCH in results:
        yield _dispatched(results[_DISPATCH])
    elif _HUMAN in results:
        yield from _handed(brief, results[_HUMAN])
    elif _CANCEL in results:
        yield _cancelled(results[_CANCEL])
    elif _LOOK_UP in results:
        yield _looked_up(results[_LOOK_UP], brief)
    else:
        yield from _say(brief)


def _say(brief: Brief) -> Iterator[Piece]:
    """The answer proper, and the handoff that follows from it."""
    said = [*opening(brief), *answers(brief), *acknowledgement(brief), *_next(brief)]
    yield " ".join(said)
    handoff = _handoff(brief)
    if handoff is not None:
        yield _call(handoff)


def _next(brief: Brief) -> Iterator[str]:
    """What the answer ends with."""
    intents = set(brief.intents)
    if brief.declined:
        yield DECLINED if brief.is_empty else KEPT
        return
    if brief.is_stuck and not (brief.is_empty and "greeting" in intents):
        yield from question(brief)
        return
    if brief.agent == "RECEPCIONISTA" and brief.is_empty and "taxi" not in intents:
        yield from _idle(brief, intents)
        return
    if brief.agent == "CONFIRMADOR" and brief.wrong == "unknown" and not brief.changed:
        yield "¿Qué dato corrijo: la dirección, el pago o las preferencias?"
    elif brief.agent == "CONFIRMADOR" and brief.refuses and not brief.changed:
        yield "De acuerdo, no lo envío todavía. ¿Qué dato corrijo, o prefieres cancelarlo?"
    elif brief.agent == "OPERADOR" and brief.missing == "features" and _wishes(brief):
        yield "Claro, dime cuál: aire acondicionado, baúl grande, mascota, silla de ruedas u otra."
    elif brief.refused is not None and brief.missing == "destination" and not brief.order.destination:
        yield "¿Te llevamos a otro destino?"
    else:
        if brief.cleared is not None:
            yield "Claro, lo corregimos."
        elif brief.is_empty or brief.changed == ():
            yield from _bridge(brief)
        yield from question(brief)


def _wishes(brief: Brief) -> bool:
    """Whether a yes is one to wishes, rather than to what was asked before them."""
    return brief.yes and not brief.tells and not brief.assumed


def _bridge(brief: Brief) -> Iterator[str]:
    """Before a question that the message did not answer."""
    asked = brief.asks_payment or set(brief.intents) & (_QUESTIONS | {"ask_summary", "wait"})
    if brief.is_silent:
        yield "No te escuché bien."
    elif brief.missing == "confirmation" and brief.tells and not (brief.yes or brief.assumed):
        yield "No me quedó claro qué debo cambiar."
    elif "repeat" in brief.intents and not brief.tells and "ask_summary" not in brief.intents:
        yield "Claro, te repito."
    elif "taxi" in brief.intents and brief.is_empty:
        yield from [] if brief.unknown or brief.several else ["Perfecto."]
    elif not (
        asked
        or "taxi" in brief.intents
        or brief.hesitates
        or brief.tells
        or brief.refused
        or brief.yes
        or brief.no
        or brief.assumed_zone
        or brief.assumed
        or "greeting" in brief.intents
    ):
        yield "Disculpa, no te entendí bien."


def _idle(brief: Brief, intents: set[str]) -> Iterator[str]:
    """What is said where nothing is ordered and nothing was asked for."""
    if brief.changes_sent:
        yield CHANGE_SENT
    elif brief.wants_person and not intents:
        yield CALLED
    elif "cancel" in intents:
        yield "No tienes ningún servicio activo que cancelar. ¿Te ayudo con algo más?"
    elif "thanks" in intents or "farewell" in intents or (brief.only_no and brief.active):
        yield (
            "¡Con mucho gusto! Que tengas buen viaje."
            if brief.active
            else "¡Con mucho gusto! Aquí estamos para servirte."
        )
    elif brief.active and (brief.yes or "ask_wait" in intents):
        yield DISPATCHED_ALREADY if brief.yes else "¿Necesitas algo más?"
    elif brief.is_silent:
        yield "No te escuché bien. ¿En qué puedo ayudarte?"
    elif intents & _QUESTIONS or brief.asks_payment or brief.refused:
        yield "¿A qué dirección te diriges?"
    elif intents & {"greeting", "ask_agent"}:
        yield "¿En qué puedo ayudarte?"
    else:
        yield HELP


def _handoff(brief: Brief) -> str | None:
    """Who is to go on with the next message."""
    intents = set(brief.intents)
    missing = brief.missing
    if brief.agent == "RECEPCIONISTA":
        return "TransferToNavegante" if "taxi" in intents or not brief.is_empty else None
    if brief.agent == "NAVEGANTE":
        return "TransferToOperador" if missing not in ("destination", "zone") else None
    if brief.agent == "OPERADOR":
        return "TransferToConfirmador" if missing == "confirmation" else None
    if missing in ("destination", "zone"):
        return "TransferToNavegante"
    return "TransferToOperador" if missing in ("payment", "features") else None


def _confirms(brief: Brief) -> bool:
    """Whether the person says yes to the order as it was summed up."""
    if brief.missing != "confirmation" or not brief.yes or brief.wrong is not None:
        return False
    # "sí, pero con Nequi": what is new is summed up again
    asked = brief.asks_payment or _QUESTIONS & set(brief.intents)
    return not (set(brief.changed) - {"name", "phone"}) and not asked and brief.refused is None


def _dispatched(result: str) -> str:
    error = _error(result)
    if error is not None:
        return f"Disculpa, no pude enviar el taxi. {error} Tus datos quedan guardados. {CONFIRM_QUESTION}"
    return f"¡Listo! {result} El conductor te contactará. ¡Buen viaje!"


def _handed(brief: Brief, result: str) -> Iterator[Piece]:
    error = _error(result)
    if error is not None:
        yield f"Disculpa, {error[:1].lower()}{error[1:]} Intenta de nuevo en un momento."
        return
    yield "Claro, ya pasé tu solicitud a un asesor. "
    if brief.order.phone:
        yield f"Te llamará al {brief.order.phone}."
    else:
        yield "¿A qué número de teléfono te puede llamar?"


def _cancelled(result: str) -> str:
    error = _error(result)
    return f"Disculpa. {error}" if error is not None else f"{result} Si necesitas otro taxi, aquí estoy."


def _looked_up(result: str, brief: Brief) -> str:
    if not brief.active:
        return "No tienes servicios activos en este momento. ¿Quieres pedir un taxi?"
    return f"Tu servicio {result}. El conductor te confirma la hora de llegada."


def _results(messages: Sequence[ChatMessage]) -> dict[str, str]:
    """What the tools said since the person spoke, by their names."""
    names: dict[str, str] = {}
    found: dict[str, str] = {}
    for message in messages:
        if message.role == "user":
            names, found = {}, {}
        names |= {call.id: call.name for call in message.tool_calls}
        if message.role == "tool" and message.tool_call_id in names:
            found[names[message.tool_call_id]] = message.content
    return found


def _error(result: str) -> str | None:
    """Why a tool failed, None when it did not."""
    if not result.startswith("{"):
        return None
    value = msgspec.json.decode(result)
    return str(value["error"]) if isinstance(value, dict) and "error" in value else None


def _call(name: str, **arguments: object) -> ToolCall:
    return ToolCall(id=f"call_{secrets.token_hex(4)}", name=name, arguments=json.dumps(arguments, ensure_ascii=False))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
