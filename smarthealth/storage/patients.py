"""Patients, their identity documents, and what of them the index still has to take in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

import attrs

from .pool import Pool


@attrs.frozen(kw_only=True)
class DocumentType:
    """A kind of identity document."""

    code: str
    name: str
    """As the Colombian Ministry of Health has it."""


DOCUMENT_TYPES: Final[Mapping[int, DocumentType]] = MappingProxyType(
    {
        number: DocumentType(code=code, name=name)
        for number, (code, name) in enumerate(
            (
                ("CC", "Cédula de ciudadanía"),
                ("CE", "Cédula de extranjería"),
                ("TI", "Tarjeta de identidad"),
                ("PA", "Pasaporte"),
                ("RC", "Registro civil"),
                ("MS", "Menor sin identificación"),
                ("AS", "Adulto sin identificación"),
                ("CD", "Carné diplomático"),
                ("PE", "Permiso especial de permanencia"),
                ("PT", "Permiso por protección temporal"),
                ("SC", "Salvoconducto"),
                ("CN", "Certificado de nacido vivo"),
                ("DE", "Documento extranjero"),
            ),
            start=1,
        )
    }
)
"""The table that `document_type_id` on the wire points into."""

_IGNORED_IN_NUMBERS: Final = re.compile(r"[\s.\u2010-\u2015\u2212-]+")
_GLUED_DIGITS: Final = re.compile(r"(?<=[^\W\d_])\d+\b")
_WORD: Final = re.compile(r"\w+")


def normalise_document(number: str) -> str:
    """The form in which document numbers are compared: no spaces, dots and hyphens, upper case; leading zeros count."""
    return _IGNORED_IN_NUMBERS.sub("", unicodedata.normalize("NFKC", number)).upper()


def display_name(name: str) -> str:
    """A name as people say it: without the digits that generated records glue to its words (`Liane379` → `Liane`)."""
    return _GLUED_DIGITS.sub("", name)


def fold_name(name: str) -> str:
    """The form in which names are looked up: as people say it, in small letters, without accents and punctuation."""
    decomposed = unicodedata.normalize("NFKD", display_name(name).casefold())
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(_WORD.findall(letters))


@attrs.frozen(kw_only=True)
class PatientInfo:
    """Who a patient is, and the identity document by which they were found or are best known."""

    id: int
    full_name: str
    """As the record has it; `display_name` gives it as people say it."""
    document_type: int
    """Key of `DOCUMENT_TYPES`."""
    document_number: str
    """As the record has it, not as it was asked for."""
    birth_date: date | None
    """The first day of the year or month where no more is known."""
    birth_precision: str | None
    """What of the birth date is known: `year`, `month` or `day`."""
    gender: str | None
    deceased: bool
    died_on: date | None
    """None also where somebody is known to have died, but not when."""


@attrs.frozen(kw_only=True)
class PatientPage:
    """Some of the patients, in order of name."""

    patients: tuple[PatientInfo, ...]
    next_after: int | None
    """To be given as `after` for the following page; None when this is the last."""


@attrs.frozen(kw_only=True)
class IndexState:
    """A patient whose entries are not in the index as they are here."""

    id: int
    revision: int


_INFO: Final = """
select p.id, p.full_name, i.document_type, i.written_as as document_number,
       p.birth_date, p.birth_precision, p.gender, p.deceased, p.died_on
"""
_BEST_DOCUMENT: Final = """
from patient p cross join lateral (
    select document_type, document_number, written_as from patient_identifier where patient_id = p.id
    order by rank, document_type, document_number limit 1
) i
"""
_FIND: Final = f"""{_INFO}
from patient_identifier i join patient p on p.id = i.patient_id
where i.document_type = %(document_type)s and i.document_number = %(document_number)s
"""
_GET: Final = f"{_INFO} {_BEST_DOCUMENT} where p.id = %(id)s"
_LIST: Final = f"""{_INFO} {_BEST_DOCUMENT}
where (%(after)s::bigint is null
       or (p.search_name, p.id) > (select search_name, id from patient where id = %(after)s))
  and (%(words)s::text is null
       or to_tsvector('simple', p.search_name) @@ to_tsquery('simple', %(words)s)
       or exists (select from patient_identifier n
                  where n.patient_id = p.id and n.document_number like %(number)s::text || '%%'))
order by p.search_name, p.id limit %(limit)s
"""


class Patients:
    """The patients of one database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def find(self, document_type: int, document_number: str) -> PatientInfo | None:
        """The patient with this identity document, None when nobody has it.

        Args:
            document_type: Key of `DOCUMENT_TYPES`.
            document_number: In any spelling.

        Raises:
            StorageError: The database does not answer.
        """
        number = normalise_document(document_number)
        if document_type not in DOCUMENT_TYPES or not number or "\0" in number:
            return None
        return await self._pool.fetch_one_as(
            PatientInfo, _FIND, {"document_type": document_type, "document_number": number}
        )

    async def get(self, patient_id: int) -> PatientInfo | None:
        """The patient with this id, None when there is none or they have no identity document.

        Raises:
            StorageError: The database does not answer.
        """
        return await self._pool.fetch_one_as(PatientInfo, _GET, {"id": patient_id})

    async def list(self, limit: int = 50, *, after: int | None = None, search: str | None = None) -> PatientPage:
        """Those patients who have an identity document, page by page, in order of name.

        Args:
            limit: Most patients on the page.
            after: `next_after` of the page before.
            search: Beginnings of words of the name, in any order, or the beginning of a document number.

        Raises:
            StorageError: The database does not answer.
        """
        search = (search or "").replace("\0", "").strip()
        words = " & ".join(f"{word}:*" for word in fold_name(search).split())
        given = {
            "after": after,
            # nothing to search for is no condition; only punctuation is a condition that no name meets
            "words": words if search else None,
            "number": normalise_document(search).replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") or "-",
            "limit": limit + 1,
        }
        found = await self._pool.fetch_as(PatientInfo, _LIST, given)
        page = tuple(found[:limit])
        return PatientPage(patients=page, next_after=page[-1].id if len(found) > limit else None)

    async def count_records(self, patient_id: int) -> int:
        """How many resources the patient's record holds; components of an observation are not counted apart.

        Raises:
            StorageError: The database does not answer.
        """
        row = await self._pool.fetch_one(
            "select count(*) from record where patient_id = %s and component is null", [patient_id]
        )
        return int(row[0]) if row else 0

    async def to_index(self, limit: int) -> tuple[IndexState, ...]:
        """Some of the patients whose entries the index does not hold as they are now.

        Raises:
            StorageError: The database does not answer.
        """
        sql = "select id, revision from patient where revision <> indexed_revision order by id limit %s"
        return tuple(await self._pool.fetch_as(IndexState, sql, [limit]))

    async def count_to_index(self) -> int:
        """How many patients' entries the index does not hold as they are now.

        Raises:
            StorageError: The database does not answer.
        """
        row = await self._pool.fetch_one("select count(*) from patient where revision <> indexed_revision")
        return int(row[0]) if row else 0

    async def mark_indexed(self, state: IndexState) -> bool:
        """Say that the index holds the patient's entries as of that revision.

        Returns:
            False when there is no such patient any more.

        Raises:
            StorageError: The database does not answer.
        """
        return bool(
            await self._pool.execute(
                "update patient set indexed_revision = %s where id = %s", [state.revision, state.id]
            )
        )

    async def forget_indexed(self, patient_ids: Collection[int] | None = None) -> int:
        """Say that the index does not hold these patients' entries, or nobody's; how many patients that concerns.

        Raises:
            StorageError: The database does not answer.
        """
        return await self._pool.execute(
            "update patient set indexed_revision = 0 where indexed_revision <> 0 and (%(ids)s::bigint[] is null or id = any(%(ids)s))",
            {"ids": None if patient_ids is None else list(patient_ids)},
        )

    async def ids_with_records(self) -> frozenset[int]:
        """The ids of all patients of whom there is any entry but what was entered in error.

        Raises:
            StorageError: The database does not answer.
        """
        rows = await self._pool.fetch(
            "select id from patient p where exists (select from record where patient_id = p.id"
            " and verification is distinct from 'entered-in-error')"
        )
        return frozenset(row[0] for row in rows)

    async def existing(self, patient_ids: Collection[int]) -> frozenset[int]:
        """Those of the given ids that are patients here.

        Raises:
            StorageError: The database does not answer.
        """
        rows = await self._pool.fetch("select id from patient where id = any(%s)", [list(patient_ids)])
        return frozenset(row[0] for row in rows)
