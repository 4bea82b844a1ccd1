"""The texts that users of the records application read."""

from __future__ import annotations

import pytest

from smarthealth.apps.records import texts
from smarthealth.apps.records.wire import COMMANDS, ErrorCode
from smarthealth.wire.errors import Fault, WireError


def test_texts_that_the_document_prints_are_exact() -> None:
    """Greeting, first status and not-found message are letter for letter those of the document."""
    assert texts.CONNECTED == "✅ Conectado exitosamente al chat médico"
    assert texts.STATUS["searching_patient"] == "🔍 Buscando datos del paciente..."
    assert texts.patient_not_found("CD", "30995750").message == "No se encontró paciente con documento CD 30995750"


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (WireError(Fault.NOT_JSON, "", "x"), ErrorCode.INVALID_REQUEST, "El mensaje no es JSON válido"),
        (WireError(Fault.NOT_AN_OBJECT, "", "x"), ErrorCode.INVALID_REQUEST, "El mensaje debe ser un objeto JSON"),
        (
            WireError(Fault.MISSING_FIELD, "question", "x"),
            ErrorCode.INVALID_REQUEST,
            "Falta el campo requerido 'question'",
        ),
        (
            WireError(Fault.BAD_VALUE, "session_id", "x"),
            ErrorCode.INVALID_REQUEST,
            "El campo 'session_id' no es válido: debe ser un UUID",
        ),
        (
            WireError(Fault.UNKNOWN_TYPE, "type", "x"),
            ErrorCode.UNKNOWN_MESSAGE_TYPE,
            "Tipo de mensaje desconocido: el campo 'type' debe ser 'query' o 'ping'",
        ),
    ],
)
def test_a_refusal_names_its_field(error: WireError, code: ErrorCode, message: str) -> None:
    """Each kind of fault has its code and a sentence that names the field."""
    detail = texts.refused(error)
    assert (detail.code, detail.message) == (code, message)


def test_every_field_of_a_command_has_a_rule_in_spanish() -> None:
    """No field of any command can be refused without a sentence for it."""
    for command in COMMANDS.values():
        for name in command.__annotations__:
            assert name in texts.refused(WireError(Fault.WRONG_TYPE, name, "x")).message


def test_the_time_to_wait_is_at_least_a_second() -> None:
    """A client is told a whole number of seconds, never zero."""
    assert "en 1 s" in texts.rate_limited(0.2).message
    assert "en 12 s" in texts.rate_limited(12.4).message
