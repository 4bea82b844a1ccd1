"""Whether a name is that of an organization, told by the words of which such names are made."""

from __future__ import annotations

import re
from typing import Final

from smarthealth.retrieval.words import fold

_OF_ORGANIZATIONS: Final = re.compile(
    r"\b(?:hospitals?|hospital(?:es)?|clinicas?|clinics?|laborator(?:y|ies|ios?)|labs?|cent(?:er|re|ro)s?|institut(?:es?|os?)|fundacion|foundation"
    r"|universi(?:ty|dad)|departments?|departamento|unit|unidad|servicios?|services?|hospice|surgery|practice|pharmac(?:y|ies)|farmacias?"
    r"|banco|bank|health|healthcare|salud|medical|sanatori(?:o|um)|consultorios?|group|grupo|associates|partners|eps|ips|ese|nhs|trust"
    r"|radiology|radiologia|patologia|pathology|imaging|imagenes|diagnosticos?|diagnostics?|inc|llc|ltda?|gmbh|s\.?\s?a\.?\s?s?|corp(?:oration)?|company)(?!\w)"
)
_OF_PEOPLE: Final = re.compile(
    r"^(?:dra?s?|doctora?|mr|mrs|ms|miss|prof(?:esora?)?|enf(?:ermer[oa])?|lic|licd[oa]|bact|nurse|sra?|srta|sor|rn|np|pa|md|qf|ft|pt|technician|physiologist)(?:\.|\s)"
    r"|,\s*(?:md|m\.d\.|do|rn|np|pa-c|phd|dds|pharmd|pt|cnm)\b"
)


def is_organization_name(name: str) -> bool:
    """Whether something is called as organizations are; a title (`Dr.`) makes a person of whatever follows."""
    folded = fold(name).strip()
    return _OF_PEOPLE.search(folded) is None and _OF_ORGANIZATIONS.search(folded) is not None
