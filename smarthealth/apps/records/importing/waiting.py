"""Resources that wait in the database, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import attrs
import msgspec

from .model import (
    Content,
    EntryContent,
    MedicationContent,
    OrganizationContent,
    PatientContent,
    PractitionerContent,
    Resource,
    Retraction,
    RoleContent,
)

_CONTENTS: Final[dict[str, type[Content]]] = {
    kind.__name__: kind
    for kind in (
        EntryContent,
        MedicationContent,
        OrganizationContent,
        PatientContent,
        PractitionerContent,
        Retraction,
        RoleContent,
    )
}


@attrs.frozen(kw_only=True)
class _Packed:
    """A resource with its content apart, since no decoder tells unions of these classes from one another."""

    file_id: int
    position: int
    type: str
    fhir_id: str
    last_updated: datetime | None
    aliases: tuple[str, ...]
    content_kind: str
    content: msgspec.Raw


def pack(resource: Resource) -> str:
    """A resource as JSON."""
    packed = _Packed(
        file_id=resource.file_id,
        position=resource.position,
        type=resource.type,
        fhir_id=resource.fhir_id,
        last_updated=resource.last_updated,
        aliases=resource.aliases,
        content_kind=type(resource.content).__name__,
        content=msgspec.Raw(msgspec.json.encode(resource.content)),
    )
    return msgspec.json.encode(packed).decode()


def unpack(written: str) -> Resource:
    """The resource that was packed."""
    packed = msgspec.json.decode(written, type=_Packed)
    content: Content = msgspec.json.decode(packed.content, type=_CONTENTS[packed.content_kind])
    return Resource(
        file_id=packed.file_id,
        position=packed.position,
        type=packed.type,
        fhir_id=packed.fhir_id,
        last_updated=packed.last_updated,
        aliases=packed.aliases,
        content=content,
    )
