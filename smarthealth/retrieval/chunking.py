"""From a patient's records to the chunks that are searched.

One record makes one chunk: a line in Spanish around the record's own words, so that it can be read in a prompt as it is.
Components go into their observation's line, results are listed in their report's. A text (a note, a conclusion) is split
into passages. What a patient has very often, such as a dialysis three times a week, is told by year, since hundreds of equal
lines would say nothing more and push everything else out of a result.

Beside its text a chunk carries names in both languages and the ids of the glossary's concepts, broader ones included: so a
Spanish question meets an English record, and `antibióticos` an amoxicillin.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import attrs

from .concepts import Concept
from .entry import RecordEntry
from .glossary import Glossary, load_glossary
from .model import Chunk
from .splitting import PASSAGE_SIZE, Passage, split_text
from .words import fold

OFTEN = 24
"""Records of one name from which on they are told by year."""
MOST_CHUNKS = 20_000
"""Chunks of one patient; the newest are kept."""
_HEADER_SIZE = 400
_WRITTEN = {"year": 4, "month": 7}
"""Characters of a day that are written where the record has no more than its year or month."""
_KINDS = {
    "allergy": "Alergia",
    "careplan": "Plan de cuidado",
    "careteam": "Equipo de atención",
    "condition": "Condición",
    "document": "Documento",
    "encounter": "Atención",
    "family": "Antecedente familiar",
    "immunization": "Vacuna",
    "medication": "Medicamento",
    "observation": "Resultado",
    "procedure": "Procedimiento",
    "report": "Informe",
}


_WITH_COMPONENTS = frozenset({"observation", "family"})
"""Kinds whose components are told with the whole: systolic with its pressure, a disease with the relative who has it."""
_ERROR = "entered-in-error"


def chunk_records(patient_id: int, records: Iterable[RecordEntry], glossary: Glossary | None = None) -> list[Chunk]:
    """Make the chunks of one patient.

    Args:
        patient_id: Whose they are.
        records: All of the patient's records, in any order; what was entered in error is left out.
        glossary: For names and concepts; the shipped one if None.

    Returns:
        Chunks with ids that are the same whenever the records are, at most `MOST_CHUNKS`.
    """
    chunker = _Chunker(
        patient_id, [record for record in records if record.verification != _ERROR], glossary or load_glossary()
    )
    chunks = chunker.chunks()
    if len(chunks) <= MOST_CHUNKS:
        return chunks
    return sorted(chunks, key=lambda chunk: (chunk.date or date.min, chunk.id), reverse=True)[:MOST_CHUNKS]


class _Chunker:
    def __init__(self, patient_id: int, records: Sequence[RecordEntry], glossary: Glossary) -> None:
        self._patient_id = patient_id
        self._glossary = glossary
        self._records = sorted(records, key=lambda record: (record.started_on or date.min, record.fhir_id))
        self._kinds = {record.id: record.kind for record in records}
        self._parts: Mapping[int, list[RecordEntry]] = defaultdict(list)
        for record in self._records:
            if record.parent_id is not None:
                self._parts[record.parent_id].append(record)

    def chunks(self) -> list[Chunk]:
        alike: dict[tuple[str, str], list[RecordEntry]] = defaultdict(list)
        for record in self._records:
            if not self._is_component(record):
                alike[record.kind, fold(record.display)].append(record)
        found: list[Chunk] = []
        for same in alike.values():
            plain = [record for record in same if not record.body]
            if len(plain) > OFTEN:
                found.extend(self._by_year(plain))
            else:
                found.extend(self._line(record) for record in plain)
            found.extend(chunk for record in same if record.body for chunk in self._passages(record, record.body))
        return found

    def _is_component(self, record: RecordEntry) -> bool:
        return record.kind in _WITH_COMPONENTS and self._kinds.get(record.parent_id or 0) == record.kind

    def _line(self, record: RecordEntry) -> Chunk:
        parts = self._parts.get(record.id, ())
        text = f"{_when(record)} · {self._head(record)}{_told(record, parts)}"
        return self._chunk(record, f"{record.fhir_id}~0", text, (record, *parts))

    def _passages(self, record: RecordEntry, body: str) -> list[Chunk]:
        head = f"{_when(record)} · {self._head(record)}{_told(record, self._parts.get(record.id, ()))}"[:_HEADER_SIZE]
        passages = split_text(body) or [Passage(section="", text="")]
        return [
            attrs.evolve(
                self._chunk(record, f"{record.fhir_id}~{number}", f"{head}\n{_of_section(passage)}", (record,)),
                topic="",
            )
            for number, passage in enumerate(passages)
        ]

    def _by_year(self, records: Sequence[RecordEntry]) -> list[Chunk]:
        years: dict[int | None, list[RecordEntry]] = defaultdict(list)
        for record in records:
            years[record.started_on.year if record.started_on else None].append(record)
        return [chunk for year, same in years.items() for chunk in self._runs(year, same)]

    def _runs(self, year: int | None, records: Sequence[RecordEntry]) -> Iterable[Chunk]:
        """One chunk for a year, or several where its lines do not fit into one."""
        head = f"{year or 'sin fecha'} · {self._head(records[0])}"
        lines = [f"{_when(record)}{_told(record, self._parts.get(record.id, ()))}" for record in records]
        start = 0
        while start < len(lines):
            end, size = start, len(head)
            while end < len(lines) and (end == start or size + len(lines[end]) <= PASSAGE_SIZE):
                size += len(lines[end]) + 2
                end += 1
            run = records[start:end]
            text = f"{head}, {len(records)} veces en el año: {'; '.join(lines[start:end])}"
            chunk = self._chunk(run[-1], f"{run[0].fhir_id}~{year}", text, (run[0],))
            yield attrs.evolve(chunk, earliest=run[0].started_on)
            start = end

    def _head(self, record: RecordEntry) -> str:
        concepts = self._concepts(record)
        spanish = ", ".join(concept.spanish_name for concept in concepts[:3])
        known = f" ({spanish})" if spanish and fold(spanish) != fold(record.display) else ""
        return f"{_KINDS.get(record.kind, record.kind)} · {record.display[: PASSAGE_SIZE // 2]}{known}"

    def _concepts(self, record: RecordEntry) -> tuple[Concept, ...]:
        return self._glossary.classify(record.kind, record.display, record.code, record.code_system)

    def _chunk(self, record: RecordEntry, chunk_id: str, text: str, about: Sequence[RecordEntry]) -> Chunk:
        direct = dict.fromkeys(concept for entry in about for concept in self._concepts(entry))
        names = dict.fromkeys(name for concept in direct for name in (*concept.spanish[:4], *concept.english[:2]))
        ids = {concept.id for concept in direct}
        return Chunk(
            id=chunk_id,
            patient_id=self._patient_id,
            record_id=record.id,
            kind=record.kind,
            date=record.started_on,
            text=text[: 2 * PASSAGE_SIZE],
            names="; ".join(names),
            concepts=tuple(sorted(ids.union(*(self._glossary.ancestors(concept) for concept in ids)))),
            topic=f"{record.kind} {fold(record.display)}"[: PASSAGE_SIZE // 4],
        )


def _when(record: RecordEntry) -> str:
    if record.started_on is None:
        return "sin fecha"
    written = str(record.started_on)[: _WRITTEN.get(record.precision or "", len("2020-01-31"))]
    ended = f" a {record.ended_on}" if record.ended_on and record.ended_on != record.started_on else ""
    return f"{written}{ended}"


def _told(record: RecordEntry, parts: Sequence[RecordEntry]) -> str:
    value = _value(record)
    results = "; ".join(f"{part.display} {_value(part)}".strip() for part in parts)
    said = [
        ("", results),
        ("rango ", _range(record)),
        ("interpretación ", record.interpretation),
        ("dosis ", record.dosage),
        ("gravedad ", record.severity),
        ("motivo ", record.reason),
        ("estado ", record.status),
        ("verificación ", record.verification),
        ("", ", ".join(record.practitioners)),
        ("", record.organization),
    ]
    return (f": {value}" if value else "") + "".join(f" · {label}{what}" for label, what in said if what)


def _value(record: RecordEntry) -> str:
    if record.value is None:
        return record.value_text or ""
    return f"{record.value:.10g} {record.unit or ''}".rstrip()


def _range(record: RecordEntry) -> str:
    low, high = record.range_low, record.range_high
    if low is None and high is None:
        return ""
    return f"{'' if low is None else f'{low:.10g}'} – {'' if high is None else f'{high:.10g}'}".strip()


def _of_section(passage: Passage) -> str:
    return f"{passage.section}: {passage.text}" if passage.section else passage.text
