"""What PostgreSQL is asked of one patient's record."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.answering import statements

ALL = {name: value for name, value in vars(statements).items() if name[0].isupper() and isinstance(value, str)}


@pytest.mark.parametrize("name", sorted(ALL))
def test_each_is_of_one_patient_and_bounded(name: str) -> None:
    """None tells of another patient, nor of more than it is asked for; the patient's own data are one row."""
    assert ("id = %(patient)s" if name == "PERSON" else "patient_id = %(patient)s") in ALL[name]
    assert name == "PERSON" or "limit %(limit)s" in ALL[name]
