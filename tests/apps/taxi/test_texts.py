from __future__ import annotations

import pytest

from smarthealth.apps.taxi import texts
from smarthealth.apps.taxi.wire import CODEC, LONGEST_TEXT
from smarthealth.wire.errors import WireError


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        ("{", "El mensaje no es JSON válido"),
        ("[]", "El mensaje debe ser un objeto JSON"),
        ("{}", "Falta el campo 'type'"),
        ('{"type": "x"}', "Tipo de mensaje desconocido en el campo 'type'"),
        ('{"type": "user_input"}', "Falta el campo 'text'"),
        ('{"type": "user_input", "text": 7}', "El campo 'text' no es del tipo correcto"),
        ('{"type": "user_input", "text": " "}', texts.EMPTY),
        (
            '{"type": "user_input", "text": "' + "a" * (LONGEST_TEXT + 1) + '"}',
            "El mensaje es demasiado largo: máximo 2000 caracteres",
        ),
        (
            '{"type": "user_input", "text": "a", "thread_id": "' + "a" * 129 + '"}',
            "El campo 'thread_id' es demasiado largo",
        ),
        ('{"type": "user_input", "text": "a", "thread_id": ""}', "El campo 'thread_id' tiene un valor no permitido"),
    ],
)
def test_what_a_bad_message_is_told(frame: str, said: str) -> None:
    """In Spanish, and naming the field."""
    with pytest.raises(WireError) as caught:
        CODEC.decode(frame)
    assert texts.refused(caught.value) == said


def test_how_long_to_wait() -> None:
    """In whole seconds, at least one."""
    assert texts.rate_limited(0.2) == "Demasiados mensajes; espera 1 s"
    assert texts.processing("abc123") == "Procesando mensaje en thread abc123"
