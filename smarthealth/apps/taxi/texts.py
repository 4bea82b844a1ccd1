"""The sentences of the taxi protocol itself, in Spanish as its document is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from smarthealth.wire.errors import Fault, WireError

from .wire import LONGEST_TEXT

WELCOME: Final = "Conectado a la central de taxis"
PROCESSED: Final = "Mensaje procesado"
NOTHING_HEARD: Final = "No se escucharon palabras"
NO_VOICE: Final = "La voz no está disponible en este momento; la respuesta va por escrito"
NO_AUDIO: Final = "El audio no está disponible en esta conexión"
NOTHING_TO_CANCEL: Final = "No hay una respuesta en curso que cancelar"
EMPTY: Final = "El mensaje no puede estar vacío"
AGENT_FAILED: Final = "El asistente no pudo terminar su respuesta; intenta de nuevo"
HEARING_FAILED: Final = "No se pudo transcribir el audio; intenta de nuevo"
TIMED_OUT: Final = "La respuesta tardó demasiado; intenta de nuevo"
SERVER_FAILED: Final = "Algo falló en el servidor; intenta de nuevo"
GOING_AWAY: Final = "El servidor está cerrando la conexión; intenta más tarde"
INTERRUPTED: Final = (
    "La solicitud fue interrumpida antes de tener resultado; si ya había empezado, termina y queda registrada"
)
THREAD_BUSY: Final = "Esta conversación ya se está respondiendo; espera la respuesta"
TOO_MANY_REQUESTS: Final = "Hay demasiados mensajes esperando respuesta en esta conexión"
THREAD_OF_ANOTHER: Final = "Esta conversación pertenece a otra persona"

_FAULTS: Final[Mapping[Fault, str]] = {
    Fault.NOT_JSON: "El mensaje no es JSON válido",
    Fault.NOT_AN_OBJECT: "El mensaje debe ser un objeto JSON",
    Fault.MISSING_FIELD: "Falta el campo '{path}'",
    Fault.UNKNOWN_TYPE: "Tipo de mensaje desconocido en el campo 'type'",
    Fault.TOO_LONG: "El campo '{path}' es demasiado largo",
    Fault.WRONG_TYPE: "El campo '{path}' no es del tipo correcto",
}


def processing(thread: str) -> str:
    """A turn begins."""
    return f"Procesando mensaje en thread {thread}"


def rate_limited(seconds: float) -> str:
    """Too many messages."""
    return f"Demasiados mensajes; espera {max(1, math.ceil(seconds))} s"


def refused(error: WireError) -> str:
    """What a message that does not follow the protocol is told."""
    if error.path in ("text", "message") and error.fault is Fault.BAD_VALUE:
        return EMPTY
    if error.path in ("text", "message") and error.fault is Fault.TOO_LONG:
        return f"El mensaje es demasiado largo: máximo {LONGEST_TEXT} caracteres"
    return _FAULTS.get(error.fault, "El campo '{path}' tiene un valor no permitido").format(path=error.path)
