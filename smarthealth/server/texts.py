"""The sentences that clients of the server see, by code and language."""

from __future__ import annotations

from typing import Final

from smarthealth.conversation.application import Language

SENTENCES: Final[dict[str, dict[Language, str]]] = {
    "UNAUTHORIZED": {"es": "Token inválido o ausente", "en": "Missing or invalid token"},
    "INVALID_CREDENTIALS": {"es": "Correo o contraseña incorrectos", "en": "Wrong email or password"},
    "FORBIDDEN": {"es": "No tiene permiso para usar este recurso", "en": "You may not use this"},
    "ORIGIN_NOT_ALLOWED": {"es": "El origen de la página no está permitido", "en": "This page's origin is not allowed"},
    "NOT_FOUND": {"es": "No existe ese recurso", "en": "There is nothing here"},
    "METHOD_NOT_ALLOWED": {"es": "Método no permitido", "en": "Method not allowed"},
    "INVALID_REQUEST": {"es": "La solicitud no tiene la forma esperada", "en": "The request is malformed"},
    "BODY_TOO_LARGE": {"es": "El cuerpo de la solicitud es demasiado grande", "en": "The request's body is too large"},
    "TOO_MANY_FAILURES": {
        "es": "Demasiadas solicitudes rechazadas desde su dirección; espere un momento",
        "en": "Too many refused requests from your address; wait a moment",
    },
    "TOO_MANY_ATTEMPTS": {
        "es": "Demasiados intentos de inicio de sesión; espere un momento",
        "en": "Too many sign-in attempts; wait a moment",
    },
    "TOO_MANY_CONNECTIONS": {"es": "Demasiadas conexiones abiertas", "en": "Too many open connections"},
    "DRAINING": {"es": "El servidor se está deteniendo", "en": "The server is going away"},
    "OVERLOADED": {"es": "El servidor está ocupado; intente de nuevo", "en": "The server is busy; try again"},
    "UNAVAILABLE": {"es": "El servicio no está disponible por ahora", "en": "The service is not available just now"},
    "INTERNAL_ERROR": {"es": "Error interno del servidor", "en": "Internal server error"},
}


def sentence(code: str, language: Language) -> str:
    """The sentence for a code; codes are ours, so each has one."""
    return SENTENCES[code][language]
