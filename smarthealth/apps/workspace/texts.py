"""The sentences of the workspace protocol itself, in Spanish as its document is."""

from __future__ import annotations

import math
from typing import Final

from smarthealth.llm.tooling import SPANISH
from smarthealth.wire.errors import Fault, WireError

from .wire import LONGEST_MESSAGE, ErrorCode

CONNECTED: Final = "Conexión establecida"
EXHAUSTED: Final = (
    "Llegué al límite de {} iteraciones sin terminar. Dime cómo seguir, o divide la tarea en pasos más pequeños."
)
SILENT: Final = "No tengo nada que añadir."
NOT_ALLOWED: Final = "Solo puedes ver esta conversación: tu invitación no permite escribir"
NOTHING_TO_APPROVE: Final = "Ninguna llamada con ese tool_call_id espera aprobación"
BUSY: Final = "El agente todavía está respondiendo en esta conversación; espera a que termine o cancélalo"
TOO_MANY: Final = "Demasiados mensajes esperan respuesta en esta conversación"
GOING_AWAY: Final = "El servidor se está cerrando; vuelve a intentarlo más tarde"
UNAVAILABLE: Final = "La conversación no está disponible en este momento; vuelve a intentarlo más tarde"
FULL: Final = "La conversación tiene demasiados clientes conectados"
NO_ENTRY: Final = "Ya no tienes acceso a esta conversación"
NOT_OWNER: Final = "Solo quien abrió la conversación puede administrar sus invitaciones"
NO_FILE: Final = "Ese archivo no existe"
NO_INVITE: Final = "Esa invitación no existe"
TOO_MANY_INVITES: Final = "La conversación tiene demasiadas invitaciones vigentes"
MODEL_FAILED: Final = "El modelo no pudo completar la respuesta; vuelve a intentarlo"
TURN_TIMEOUT: Final = "La respuesta tardó demasiado y fue detenida"
ABANDONED: Final = "La respuesta se detuvo porque no quedaba nadie conectado"
INTERNAL_ERROR: Final = "Ocurrió un error inesperado en el servidor"


def rate_limited(seconds: float) -> str:
    """Too many messages."""
    return f"Demasiados mensajes; espera {max(1, math.ceil(seconds))} s"


def refused(error: WireError) -> tuple[str, ErrorCode]:
    """What a message that does not follow the protocol is told."""
    if error.fault is Fault.UNKNOWN_TYPE:
        return "El campo 'type' no nombra ningún mensaje de este protocolo", "UNKNOWN_MESSAGE_TYPE"
    if error.fault is Fault.NOT_JSON:
        return "El mensaje no es JSON válido", "INVALID_REQUEST"
    if error.fault is Fault.NOT_AN_OBJECT:
        return "El mensaje debe ser un objeto JSON", "INVALID_REQUEST"
    if error.fault is Fault.MISSING_FIELD:
        return f"Falta el campo '{error.path}'", "INVALID_REQUEST"
    if error.path == "message" and error.fault is Fault.TOO_LONG:
        return f"El mensaje es demasiado largo: máximo {LONGEST_MESSAGE} caracteres", "INVALID_REQUEST"
    if error.path == "message" and error.fault is Fault.BAD_VALUE:
        return "El mensaje no puede estar vacío", "INVALID_REQUEST"
    return f"Campo '{error.path}': {SPANISH.words(error.detail)}", "INVALID_REQUEST"
