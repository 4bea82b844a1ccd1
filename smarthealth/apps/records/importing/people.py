"""Who resources are about and by: patients, practitioners and their roles, organizations; and medications by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from smarthealth.storage.patients import fold_name

from .contacts import address, contact, email, language, marital_status, phone
from .datatypes import RXNORM, city, concept, first_concept, human_name
from .errors import Malformed
from .identities import identity_documents
from .model import MedicationContent, OrganizationContent, PatientContent, PractitionerContent, RoleContent
from .nodes import Node, boolean, node, nodes, text
from .references import MAX_NAME_SIZE, ORGANIZATION, PEOPLE, Scope, Target, target
from .times import moment

NAMELESS: Final = "Sin nombre"
"""What a patient is called whose name the record does not give, as where it was made anonymous."""

_GENDERS: Final = (None, "male", "female", "other", "unknown")


def read_patient(resource: Node, scope: Scope) -> PatientContent:
    """What a Patient says.

    Raises:
        Malformed: It cannot be taken.
    """
    name = human_name(resource) or NAMELESS
    gender = text(resource, "gender")
    if gender not in _GENDERS:
        raise Malformed("gender is not a FHIR code")
    birth, death = moment(resource, "birthDate"), moment(resource, "deceasedDateTime")
    return PatientContent(
        full_name=name,
        search_name=fold_name(name)[:MAX_NAME_SIZE],
        gender=gender,
        birth_date=birth.day if birth else None,
        birth_precision=birth.precision if birth else None,
        deceased=death is not None or boolean(resource, "deceasedBoolean") is True,
        died_on=death.day if death else None,
        city=city(resource),
        documents=identity_documents(resource),
        phone=phone(resource),
        email=email(resource),
        address=address(resource),
        language=language(resource),
        marital_status=marital_status(resource),
        contact=contact(resource),
        practitioners=tuple(_referred(resource, PEOPLE, scope)),
        practices=tuple(_referred(resource, ORGANIZATION, scope)),
    )


def _referred(resource: Node, types: Sequence[str], scope: Scope) -> Iterator[Target]:
    """The general practitioners that are of some types of resource."""
    found = (target(reference, types, scope, exclusive=False) for reference in nodes(resource, "generalPractitioner"))
    return (who for who in found if who is not None)


def read_practitioner(resource: Node, _scope: Scope) -> PractitionerContent:
    """What a Practitioner says.

    Raises:
        Malformed: It cannot be taken.
    """
    name = human_name(resource, with_prefix=True)
    if name is None:
        raise Malformed("no name")
    return PractitionerContent(full_name=name)


def read_organization(resource: Node, _scope: Scope) -> OrganizationContent:
    """What an Organization says.

    Raises:
        Malformed: It cannot be taken.
    """
    name = text(resource, "name")
    if name is None:
        raise Malformed("no name")
    return OrganizationContent(name=name)


def read_role(resource: Node, scope: Scope) -> RoleContent:
    """What a PractitionerRole says.

    Raises:
        Malformed: It cannot be taken.
    """
    who = target(node(resource, "practitioner") or {}, PEOPLE[:1], scope)
    if who is None:
        raise Malformed("no practitioner")
    field = first_concept(resource, "specialty") or first_concept(resource, "code")
    return RoleContent(practitioner=who, specialty=field.display if field else None)


def read_medication(resource: Node, _scope: Scope) -> MedicationContent:
    """What a Medication says.

    Raises:
        Malformed: It cannot be taken.
    """
    found = concept(resource, "code", RXNORM)
    if found is None:
        raise Malformed("no code")
    return MedicationContent(named=found)
