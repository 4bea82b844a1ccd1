"""What placing any resource shares: what is known, what is planned, and the verdict on what is stored already."""

from __future__ import annotations

import hashlib
from typing import Final

import attrs
import msgspec

from .errors import Malformed
from .known import Known, Seen, Stored
from .model import Resource, rank
from .plan import Ids, Plan
from .report import Outcome
from .rows import AliasRow, FailureRow, SeenRow, WaitingRow
from .waiting import pack

_HASH_SIZE: Final = 16
_HASH_VERSION: Final = b"1"
"""Changes when what is stored of the same content changes, so that the next import writes it again."""


class Waits(Exception):
    """The resource refers to what is not known yet."""


def content_hash(*content: object) -> str:
    """A digest of what is stored of a resource."""
    return hashlib.blake2b(msgspec.json.encode(content), digest_size=_HASH_SIZE, key=_HASH_VERSION).hexdigest()


@attrs.define(kw_only=True)
class Desk:
    """Where the resources of one batch are placed."""

    known: Known
    ids: Ids
    is_final: bool
    """Whether all files are read, so that what is unknown now will stay so."""
    plan: Plan = attrs.field(factory=Plan)
    written: set[str] = attrs.field(factory=set)
    """FHIR ids of what this batch writes."""

    def wait_unless_final(self) -> None:
        """Let the resource wait, if there is anything left to wait for.

        Raises:
            Waits: There is.
        """
        if not self.is_final:
            raise Waits

    def put_off(self, resource: Resource) -> None:
        """Keep a resource for later."""
        self.plan.waiting.append(
            WaitingRow(
                file_id=resource.file_id, rank=rank(resource), position=resource.position, resource=pack(resource)
            )
        )

    def fail(self, resource: Resource, reason: str, resource_type: str | None = None) -> None:
        """Report a resource, or a part of it under a name of its own, that is not placed."""
        self.plan.fail(
            FailureRow(
                file_id=resource.file_id,
                position=resource.position,
                resource_type=resource_type or resource.type,
                reason=reason,
            )
        )

    def see(self, resource: Resource, *, refused: bool = False) -> None:
        """Note which entry brought a resource; the first one counts, and a refusal always."""
        if refused or resource.fhir_id not in self.known.seen:
            seen = Seen(file_id=resource.file_id, position=resource.position, refused=refused)
            self.known.seen[resource.fhir_id] = seen
            self.plan.seen[resource.fhir_id] = SeenRow(
                fhir_id=resource.fhir_id, file_id=seen.file_id, position=seen.position, refused=refused
            )

    def is_second(self, resource: Resource) -> bool:
        """Whether another entry of this import has brought a resource of the same id."""
        seen = self.known.seen.get(resource.fhir_id)
        return seen is not None and (seen.file_id, seen.position) != (resource.file_id, resource.position)

    def verdict(self, resource: Resource, stored: Stored | None, digest: str, *, retracts: bool = False) -> Outcome:
        """Whether a resource is to be written, given what is stored of it; one that takes itself back contradicts nothing.

        Raises:
            Malformed: It contradicts another one of the same id in this import.
            Waits: That other one waits, or is of the same batch.
        """
        if stored is None or stored.content_hash is None:
            if self.is_second(resource):
                self.wait_unless_final()
            return self._to_write(resource, Outcome.NEW)
        if stored.content_hash == digest:
            return Outcome.UNCHANGED
        before, now = stored.last_updated, resource.last_updated
        if before and now and before != now:
            return self._to_write(resource, Outcome.CHANGED) if now > before else Outcome.UNCHANGED
        if self.is_second(resource) and not retracts:
            raise Malformed("another resource in this import has the same id and says otherwise")
        return self._to_write(resource, Outcome.CHANGED)

    def _to_write(self, resource: Resource, outcome: Outcome) -> Outcome:
        if resource.fhir_id in self.written:
            # a batch writes a row once: the newer version has the next batch
            raise Waits
        self.written.add(resource.fhir_id)
        return outcome

    def learn_aliases(self, resource: Resource) -> None:
        """Note by which other names a resource may be called; who had a name first keeps it."""
        for alias in resource.aliases:
            if alias not in self.known.aliases:
                self.alias(alias, resource.fhir_id)

    def alias(self, alias: str, fhir_id: str) -> None:
        """Note another name of a resource."""
        self.known.aliases[alias] = fhir_id
        self.plan.aliases[alias] = AliasRow(alias=alias, fhir_id=fhir_id)
