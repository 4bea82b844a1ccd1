"""Questions about the patient's own data."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.understanding.demographics import find_fields
from smarthealth.apps.records.understanding.question import Field


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("fecha de nacimiento", [Field.BIRTH_DATE]),
        ("when was the patient born", [Field.BIRTH_DATE]),
        ("cuando murio", [Field.DEATH_DATE]),
        ("is the patient alive", [Field.ALIVE]),
        ("what does she do for a living", []),
        ("que edad tiene", [Field.AGE]),
        ("how old is he", [Field.AGE]),
        ("es hombre o mujer", [Field.GENDER]),
        ("donde vive", [Field.CITY]),
        ("como se llama", [Field.NAME]),
        ("numero de documento", [Field.DOCUMENT]),
        ("edad, sexo y ciudad", [Field.AGE, Field.GENDER, Field.CITY]),
        ("que edad tenia", []),
        ("de que murio", []),
    ],
)
def test_the_patients_data_are_asked_for_by_their_names(text: str, fields: list[Field]) -> None:
    """Several may be asked for at once; the age at some time is another question."""
    assert [found.field for found in find_fields(text)] == fields
