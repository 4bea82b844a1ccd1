"""The records application's parts over a database and an index that are thrown away afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import attrs

from smarthealth.apps.records.answering import RecordsGrounding, compose
from smarthealth.apps.records.evaluation.calibrate import Sample, observe, spoilt
from smarthealth.apps.records.evaluation.cases import Case, Language
from smarthealth.apps.records.evaluation.chart import Entry, read_charts
from smarthealth.apps.records.evaluation.derive import Deriver
from smarthealth.apps.records.evaluation.run import Examiner, PatientMissing, exchanged, written
from smarthealth.apps.records.evaluation.score import Verdict
from smarthealth.apps.records.importing import import_paths
from smarthealth.apps.records.indexing import index_pending
from smarthealth.llm.port import ChatModel
from smarthealth.retrieval.glossary import load_glossary
from smarthealth.settings import Settings
from smarthealth.storage.patients import Patients
from smarthealth.storage.sessions import Exchange
from smarthealth.storage.settings import DatabaseSettings

from .errors import StartError
from .index import open_index
from .models import open_models
from .stores import open_stores


async def evaluate_records(
    settings: Settings, fhir: Path, *, per_kind: int, seed: int, on_verdict: Callable[[Verdict], None]
) -> list[Verdict]:
    """Import FHIR files and ask what can be derived from them.

    Args:
        settings: Of the models; the database and the index are temporary.
        fhir: A bundle, bulk NDJSON, or a folder of them.
        per_kind: Questions of each kind and patient.
        seed: Of the questions.
        on_verdict: Told of each answer.

    Raises:
        StartError: There is nobody to ask about.
        PatientMissing: The import could not take somebody who is asked about.
        StorageError: The embedded database failed.
        RetrievalError: The index failed.
        ModelError: The model failed.
    """
    cases = _cases(fhir, per_kind=per_kind, seed=seed)
    async with _imported(settings, fhir) as (patients, grounding, chat_model):
        examiner = Examiner(patients=patients, grounding=grounding, chat_model=chat_model)
        return await examiner.examine(cases, on_verdict)


async def observe_records(
    settings: Settings, fhir: Path, *, per_kind: int, seed: int, spoil: float, on_sample: Callable[[Sample], None]
) -> list[Sample]:
    """Import FHIR files, ask what can be derived from them, and keep what the confidence of each answer rests on.

    Args:
        settings: Of the models; the database and the index are temporary.
        fhir: A bundle, bulk NDJSON, or a folder of them.
        per_kind: Questions of each kind and patient.
        seed: Of the questions.
        spoil: Share of the questions that are asked once more with a word spoilt.
        on_sample: Told of each answer.

    Raises:
        StartError: There is nobody to ask about.
        PatientMissing: The import could not take somebody who is asked about.
        StorageError: The embedded database failed.
        RetrievalError: The index failed.
        ModelError: The model failed.
    """
    cases = _cases(fhir, per_kind=per_kind, seed=seed)
    samples: list[Sample] = []
    async with _imported(settings, fhir) as (patients, grounding, chat_model):
        for case in (*cases, *spoilt(cases, share=spoil, seed=seed)):
            patient = await patients.find(case.document_type, case.document_number)
            if patient is None:
                raise PatientMissing(f"nobody with the document {case.document_type}:{case.document_number}")
            said: list[Exchange] = []
            for question in case.earlier:
                before = (await grounding.retrieve(patient, question, said)).build()
                said.append(exchanged(patient.id, question, await written(chat_model, before.request)))
            grounds = (await grounding.retrieve(patient, case.question, said)).build()
            samples.append(await observe(case, grounds, chat_model))
            on_sample(samples[-1])
    return samples


def _cases(fhir: Path, *, per_kind: int, seed: int) -> list[Case]:
    cases = Deriver(names=known_names, seed=seed).derive(read_charts(fhir), per_kind=per_kind)
    if not cases:
        raise StartError(f"no patient with an identity document is in the FHIR files of {fhir}")
    return cases


@asynccontextmanager
async def _imported(settings: Settings, fhir: Path) -> AsyncIterator[tuple[Patients, RecordsGrounding, ChatModel]]:
    """FHIR files in a database and an index of their own."""
    with tempfile.TemporaryDirectory(prefix="smarthealth-") as scratch:
        own = attrs.evolve(
            settings,
            general=attrs.evolve(settings.general, data=Path(scratch)),
            database=DatabaseSettings(),
        )
        async with open_stores(own) as stores, open_models(settings.model) as models:
            await import_paths(stores.pool, [fhir])
            index = await open_index(own, stores, models.embedder)
            await index_pending(stores.pool, index)
            yield stores.patients, RecordsGrounding(stores.pool, index), models.chat(compose)


def known_names(entry: Entry, language: Language) -> tuple[str, ...]:
    """What the glossary calls an entry in a language, and what the record does."""
    concepts = load_glossary().of_code(entry.code) if entry.code else ()
    if len(concepts) != 1:
        return (entry.name,)
    return (*(concepts[0].spanish if language == "es" else concepts[0].english), entry.name)
