"""The records application's parts over a database and an index that are thrown away afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import attrs

from smarthealth.apps.records.answering import RecordsGrounding
from smarthealth.apps.records.evaluation.cases import Language
from smarthealth.apps.records.evaluation.chart import Entry, read_charts
from smarthealth.apps.records.evaluation.derive import Deriver
from smarthealth.apps.records.evaluation.run import Examiner
from smarthealth.apps.records.evaluation.score import Verdict
from smarthealth.apps.records.importing import import_paths
from smarthealth.apps.records.indexing import index_pending
from smarthealth.retrieval.glossary import load_glossary
from smarthealth.settings import Settings
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
    cases = Deriver(names=known_names, seed=seed).derive(read_charts(fhir), per_kind=per_kind)
    if not cases:
        raise StartError(f"no patient with an identity document is in the FHIR files of {fhir}")
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
            examiner = Examiner(
                patients=stores.patients, grounding=RecordsGrounding(stores.pool, index), chat_model=models.chat
            )
            return await examiner.examine(cases, on_verdict)


def known_names(entry: Entry, language: Language) -> tuple[str, ...]:
    """What the glossary calls an entry in a language, and what the record does."""
    concepts = load_glossary().of_code(entry.code) if entry.code else ()
    if len(concepts) != 1:
        return (entry.name,)
    return (*(concepts[0].spanish if language == "es" else concepts[0].english), entry.name)
