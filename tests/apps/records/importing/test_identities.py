"""Identifiers map to the identity documents of the table that the wire points into."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.importing.identities import (
    IdentityDocument,
    document_type,
    identifier_values,
    identity_documents,
)
from smarthealth.apps.records.importing.nodes import Node
from smarthealth.storage.patients import DOCUMENT_TYPES

V2 = "http://terminology.hl7.org/CodeSystem/v2-0203"
RDA = "https://fhir.minsalud.gov.co/rda/CodeSystem/ColombianPersonIdentifier"


def coded(code: str, system: str = V2, **coding: str) -> Node:
    """An identifier whose type is a code."""
    return {"type": {"coding": [{"system": system, "code": code, **coding}]}, "value": "1"}


@pytest.mark.parametrize(
    ("identifier", "code"),
    [
        # international codes
        (coded("NI"), "CC"),
        (coded("NNCOL"), "CC"),
        (coded("CZ"), "CC"),
        (coded("PRC"), "CE"),
        (coded("PPN"), "PA"),
        (coded("BR"), "RC"),
        (coded("SS"), "DE"),
        (coded("DL"), "DE"),
        (coded("NNUSA"), "DE"),
        (coded("NI", system=""), "CC"),
        (coded("MR"), None),
        (coded("PI"), None),
        (coded("NI", system="http://other.example"), None),
        # Colombian codes, whatever the system
        *((coded(kind.code, RDA), kind.code) for kind in DOCUMENT_TYPES.values()),
        (coded("cc", RDA), "CC"),
        (coded("PPT", RDA), "PT"),
        (coded("CD"), "CD"),
        (coded("TI", "http://other.example"), "TI"),
        # three of them mean something else in v2-0203, unless the name says so
        (coded("PT"), None),
        (coded("PE"), None),
        (coded("MS"), None),
        (coded("PT", display="Permiso por Protección Temporal"), "PT"),
        # guides write both: the Colombian one is the more exact
        ({"type": {"coding": [{"system": V2, "code": "PN"}, {"system": RDA, "code": "CC"}]}}, "CC"),
        ({"type": {"coding": [{"system": V2, "code": "NNCOL"}, {"system": RDA, "code": "TI"}], "text": "MR"}}, "TI"),
        # words
        ({"type": {"text": "Cédula de Ciudadanía"}}, "CC"),
        ({"type": {"text": "tarjeta de identidad (menor)"}}, "TI"),
        ({"type": {"coding": [{"display": "Registro Civil"}]}}, "RC"),
        ({"type": {"text": "CE"}}, "CE"),
        ({"type": {"text": "Passport Number"}}, "PA"),
        ({"type": {"text": "Medical Record Number"}}, None),
        # systems
        ({"system": "http://hl7.org/fhir/sid/us-ssn"}, "DE"),
        ({"system": "urn:oid:2.16.840.1.113883.4.1"}, "DE"),
        ({"system": "http://hl7.org/fhir/sid/passport-FRA"}, "PA"),
        ({"system": "https://www.minsalud.gov.co/ids/TI/"}, "TI"),
        ({"system": "https://elsewhere.example/ids/TI"}, None),
        ({"system": "http://hospital.example"}, None),
        ({}, None),
        # what Colombia issues is no foreign document
        (coded("DL") | {"system": "https://licencias.gov.co"}, None),
        (coded("DL") | {"assigner": {"display": "RUNT Colombia"}}, None),
        (coded("DE", RDA) | {"system": "https://fhir.minsalud.gov.co/rda/NamingSystem/RNEC"}, "DE"),
    ],
)
def test_identifier_types_map_to_documents(identifier: Node, code: str | None) -> None:
    """Each kind of identifier is the document that docs/reference/fhir-mapping says, or none."""
    found = document_type(identifier)
    assert (None if found is None else DOCUMENT_TYPES[found].code) == code


def test_a_patient_has_all_their_documents_the_best_first() -> None:
    """Documents come in order of how well a person is known by them: past ones and licences last, each once."""
    person: Node = {
        "identifier": [
            coded("DL") | {"value": "S999"},
            coded("SS") | {"value": "999-12-8616", "system": "ssn"},
            coded("MR") | {"value": "7"},
            coded("TI", RDA) | {"value": "1.021 987-654", "use": "old"},
            coded("CC", RDA) | {"value": "52.123.456"},
            coded("CC", RDA) | {"value": "52123456", "use": "old"},
            coded("MS", RDA) | {"value": "x1"},
            coded("CC", RDA) | {"value": " - "},
            coded("CC", RDA) | {"value": "1" * 101},
            coded("CC", RDA) | {"value": None},
        ]
    }
    assert identity_documents(person) == (
        IdentityDocument(1, "52123456", "52.123.456", None, 0),
        IdentityDocument(13, "999128616", "999-12-8616", "ssn", 10),
        IdentityDocument(6, "X1", "x1", None, 11),
        IdentityDocument(13, "S999", "S999", None, 12),
        IdentityDocument(3, "1021987654", "1.021 987-654", None, 21),
    )


def test_values_that_conditional_references_use() -> None:
    """Identifiers with a system and a value can be referred to."""
    person: Node = {"identifier": [{"system": "s", "value": "v"}, {"value": "v"}, {"system": "s"}]}
    assert identifier_values(person) == (("s", "v"),)
