"""Every text of the records application that its users read, in Spanish."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from smarthealth.wire.errors import Fault, WireError

from .wire import (
    FIRST_DOCUMENT_TYPE,
    LAST_DOCUMENT_TYPE,
    LONGEST_DOCUMENT_NUMBER,
    LONGEST_QUESTION,
    ErrorCode,
    ErrorDetail,
    StatusName,
)

CONNECTED: Final = "✅ Conectado exitosamente al chat médico"

STATUS: Final[Mapping[StatusName, str]] = {
    "searching_patient": "🔍 Buscando datos del paciente...",
    "vector_search": "🔍 Búsqueda vectorial...",
    "building_context": "🧠 Construyendo contexto clínico...",
    "generating": "🤖 Generando respuesta...",
}

SEARCH_TIMED_OUT: Final = ErrorDetail(
    code=ErrorCode.VECTOR_SEARCH_TIMEOUT, message="La búsqueda en la historia clínica excedió el tiempo límite"
)
SEARCH_UNAVAILABLE: Final = ErrorDetail(
    code=ErrorCode.PROCESSING_ERROR,
    message="La búsqueda en la historia clínica no está disponible; inténtelo de nuevo en unos segundos",
)
MODEL_TIMED_OUT: Final = ErrorDetail(
    code=ErrorCode.LLM_TIMEOUT, message="El modelo tardó demasiado en generar la respuesta"
)
MODEL_FAILED: Final = ErrorDetail(code=ErrorCode.LLM_ERROR, message="Ocurrió un error al generar la respuesta")
REQUEST_TIMED_OUT: Final = ErrorDetail(
    code=ErrorCode.REQUEST_TIMEOUT, message="La consulta excedió el tiempo límite total"
)
FAILED: Final = ErrorDetail(
    code=ErrorCode.PROCESSING_ERROR, message="Ocurrió un error al procesar la consulta; inténtelo de nuevo"
)
CANCELLED: Final = ErrorDetail(code=ErrorCode.PROCESSING_ERROR, message="La consulta fue cancelada")
GOING_AWAY: Final = ErrorDetail(
    code=ErrorCode.PROCESSING_ERROR, message="El servidor está cerrando la conexión; inténtelo de nuevo más tarde"
)
SESSION_BUSY: Final = ErrorDetail(
    code=ErrorCode.SESSION_BUSY, message="Esta sesión ya tiene una consulta en curso; espere su respuesta"
)
TOO_MANY_REQUESTS: Final = ErrorDetail(
    code=ErrorCode.TOO_MANY_REQUESTS, message="Demasiadas consultas simultáneas en esta conexión"
)
SESSION_OF_ANOTHER: Final = ErrorDetail(
    code=ErrorCode.INVALID_REQUEST, message="El campo 'session_id' nombra una sesión de otro usuario"
)

_RULES: Final[Mapping[str, str]] = {
    "type": "'query' o 'ping'",
    "session_id": "un UUID",
    "document_type_id": f"un número entero de {FIRST_DOCUMENT_TYPE} a {LAST_DOCUMENT_TYPE}",
    "document_number": f"un texto de 1 a {LONGEST_DOCUMENT_NUMBER} caracteres con alguna letra o dígito",
    "question": f"un texto no vacío de hasta {LONGEST_QUESTION} caracteres",
}


def patient_not_found(type_code: str, document_number: str) -> ErrorDetail:
    """Nobody has this document."""
    return ErrorDetail(
        code=ErrorCode.PATIENT_NOT_FOUND,
        message=f"No se encontró paciente con documento {type_code} {document_number}",
    )


def rate_limited(retry_after: float) -> ErrorDetail:
    """The user asks too often; `retry_after` in seconds."""
    return ErrorDetail(
        code=ErrorCode.RATE_LIMITED,
        message=f"Demasiadas consultas por minuto; inténtelo de nuevo en {max(1, round(retry_after))} s",
    )


def refused(error: WireError) -> ErrorDetail:
    """A message that does not follow the protocol."""
    if error.fault is Fault.UNKNOWN_TYPE:
        return ErrorDetail(
            code=ErrorCode.UNKNOWN_MESSAGE_TYPE,
            message=f"Tipo de mensaje desconocido: el campo 'type' debe ser {_RULES['type']}",
        )
    return ErrorDetail(code=ErrorCode.INVALID_REQUEST, message=_invalid(error))


def _invalid(error: WireError) -> str:
    if error.fault is Fault.NOT_JSON:
        return "El mensaje no es JSON válido"
    if not error.path:
        return "El mensaje debe ser un objeto JSON"
    if error.fault is Fault.MISSING_FIELD:
        return f"Falta el campo requerido '{error.path}'"
    return f"El campo '{error.path}' no es válido: debe ser {_RULES[error.path]}"
