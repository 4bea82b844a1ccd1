import pytest

from smarthealth.apps.workspace import texts
from smarthealth.apps.workspace.wire import CODEC
from smarthealth.wire.errors import WireError


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        ("{", "El mensaje no es JSON válido"),
        ("3", "El mensaje debe ser un objeto JSON"),
        ("{}", "Falta el campo 'message'"),
        ('{"type": "x"}', "El campo 'type' no nombra ningún mensaje de este protocolo"),
        ('{"message": ""}', "El mensaje no puede estar vacío"),
        ('{"message": 1}', "Campo 'message': debe ser texto"),
        ('{"type": "read", "message_id": "1"}', "Campo 'message_id': debe ser un entero"),
        ('{"message": "' + "x" * 20_000 + '"}', "El mensaje es demasiado largo: máximo 16000 caracteres"),
    ],
    ids=["json", "object", "missing", "unknown", "empty", "type", "field", "long"],
)
def test_what_is_wrong_is_said_in_spanish(frame: str, sentence: str) -> None:
    """One sentence, without the client's own words."""
    with pytest.raises(WireError) as raised:
        CODEC.decode(frame)
    assert texts.refused(raised.value)[0] == sentence


def test_waiting_is_told_in_whole_seconds() -> None:
    """At least one."""
    assert texts.rate_limited(0.1) == "Demasiados mensajes; espera 1 s"
    assert texts.rate_limited(2.1) == "Demasiados mensajes; espera 3 s"
