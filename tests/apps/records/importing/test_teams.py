"""Who looks after a patient together."""

from __future__ import annotations

from datetime import date

from smarthealth.apps.records.importing.nodes import Node
from smarthealth.apps.records.importing.references import Scope
from smarthealth.apps.records.importing.teams import read_care_team

SUBJECT: Node = {"subject": {"reference": "Patient/1"}}


def test_a_care_team_has_members_in_roles() -> None:
    """Practitioners attend in their roles; relatives and organizations stand in the text; the name is the title's."""
    found = read_care_team(
        {
            **SUBJECT,
            "name": "Diabetes team",
            "category": [{"text": "Longitudinal"}],
            "status": "active",
            "period": {"start": "2020-01-02", "end": "2021-02-03"},
            "participant": [
                {"role": [{"text": "Nurse"}], "member": {"reference": "Practitioner/1"}},
                {"member": {"reference": "Practitioner/2"}},
                {"role": [{"text": "Daughter"}], "member": {"reference": "RelatedPerson/1", "display": "Lena"}},
                {"role": [{"text": "Clinic"}], "member": {"reference": "Organization/1", "display": "Norte"}},
                {"role": [{"text": "Nobody"}]},
            ],
            "managingOrganization": [{"reference": "Organization/2"}],
            "note": [{"text": "meets monthly"}],
        },
        Scope(),
    )
    assert [(who.target.candidates, who.role) for who in found.attendees] == [
        (("Practitioner/1",), "Nurse"),
        (("Practitioner/2",), "member"),
    ]
    assert found.organization is not None
    row = found.row
    assert (row.kind, row.named.display, row.category, row.status) == (
        "careteam",
        "Diabetes team",
        "Longitudinal",
        "active",
    )
    assert row.started is not None
    assert row.ended is not None
    assert (row.started.day, row.ended.day) == (date(2020, 1, 2), date(2021, 2, 3))
    assert row.body == "Daughter: Lena\nClinic: Norte\nmeets monthly"


def test_a_care_team_without_a_name_is_called_by_its_category() -> None:
    """A team is called by its title, else its category, else what it is; it need not say anything more."""
    named = read_care_team({**SUBJECT, "category": [{"text": "Event"}]}, Scope()).row
    assert named.named.display == "Event"
    bare = read_care_team(SUBJECT, Scope())
    assert (bare.row.named.display, bare.row.category, bare.row.body) == ("Care team", None, None)
    assert (bare.attendees, bare.organization) == ((), None)
