import pytest

from smarthealth.llm.tooling.texts import ENGLISH, SPANISH
from smarthealth.wire.errors import Fault, WireError


@pytest.mark.parametrize(
    ("detail", "spanish"),
    [
        ("must be text", "debe ser texto"),
        ("must be one of: a, b", "debe ser uno de: a, b"),
        ("must have at most 400 characters", "es demasiado largo: máximo 400"),
        ("must be a JSON object", "debe ser un objeto JSON"),
        ("something new", "valor no permitido"),
    ],
)
def test_arguments_are_refused_in_the_language_of_the_application(detail: str, spanish: str) -> None:
    """Each detail has its Spanish; one that nobody thought of has a general one."""
    error = WireError(Fault.BAD_VALUE, "path", detail)
    assert ENGLISH.describe(error) == f"The arguments do not fit: path: {detail}."
    assert SPANISH.describe(error) == f"Los argumentos no son válidos: path: {spanish}."


def test_arguments_as_a_whole_have_no_path() -> None:
    """What is wrong with all of it names no argument."""
    assert ENGLISH.describe(WireError(Fault.NOT_JSON, "", "is not JSON")) == "The arguments do not fit: is not JSON."
