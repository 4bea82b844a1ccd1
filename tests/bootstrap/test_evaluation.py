"""The records application is examined over a database that is thrown away afterwards."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from smarthealth.apps.records.demo import demo_paths
from smarthealth.apps.records.evaluation.calibrate import Sample
from smarthealth.apps.records.evaluation.chart import Entry
from smarthealth.apps.records.evaluation.report import summarise
from smarthealth.apps.records.evaluation.run import PatientMissing
from smarthealth.apps.records.evaluation.score import Verdict
from smarthealth.bootstrap.errors import StartError
from smarthealth.bootstrap.evaluation import evaluate_records, known_names, observe_records

if TYPE_CHECKING:
    from tests.bootstrap.conftest import MakeSettings

SMALL = next(path for path in demo_paths() if "dubois" in path.name)


def entry(code: str | None) -> Entry:
    """An entry of the code."""
    return Entry(name="as recorded", code=code, day="", instant="")


async def test_questions_about_a_bundle_are_asked_and_judged(
    make_settings: MakeSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every question derived from a bundle is answered by the offline model, well; nothing is left on the disk."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    heard: list[Verdict] = []
    settings = make_settings(DATABASE_URL="postgresql://nobody@127.0.0.1:1/not-used")
    verdicts = await evaluate_records(settings, SMALL, per_kind=1, seed=1, on_verdict=heard.append)
    assert len(heard) == len(verdicts) > 5
    assert summarise(verdicts)[-1].accuracy >= 0.8
    assert os.listdir(tmp_path) == []


async def test_answers_become_samples_for_the_calibration(make_settings: MakeSettings) -> None:
    """Every question is asked, and a share of them once more spoilt; the listener hears of each."""
    heard: list[Sample] = []
    samples = await observe_records(make_settings(), SMALL, per_kind=1, seed=1, spoil=1.0, on_sample=heard.append)
    assert heard == samples
    assert {sample.correct for sample in samples} == {True, False}


async def test_without_patients_there_is_nothing_to_ask(make_settings: MakeSettings, tmp_path: Path) -> None:
    """A folder without a patient is said to be one, before anything is started."""
    with pytest.raises(StartError, match=f"no patient .* {tmp_path}"):
        await evaluate_records(make_settings(), tmp_path, per_kind=1, seed=1, on_verdict=lambda _: None)


async def test_whoever_was_not_imported_cannot_be_asked_about(make_settings: MakeSettings, tmp_path: Path) -> None:
    """A patient whom the chart's reader takes and the import does not ends it, with the document that is missing."""
    identifier = {"type": {"coding": [{"code": "CD"}]}, "value": "7"}
    odd = {"resourceType": "Patient", "id": "odd", "identifier": [identifier], "birthDate": "yesterday"}
    (tmp_path / "Patient.ndjson").write_text(json.dumps(odd))
    with pytest.raises(PatientMissing, match="8:7"):
        await observe_records(make_settings(), tmp_path, per_kind=1, seed=1, spoil=0, on_sample=lambda _: None)
    with pytest.raises(PatientMissing, match="8:7"):
        await evaluate_records(make_settings(), tmp_path, per_kind=1, seed=1, on_verdict=lambda _: None)


def test_things_are_named_by_the_glossary_and_the_record() -> None:
    """A code that the glossary knows has its names in the language; others have the record's name alone."""
    assert known_names(entry("4548-4"), "es")[0].startswith("hemoglobina")
    assert known_names(entry("4548-4"), "en")[-1] == "as recorded"
    assert known_names(entry("no such code"), "es") == known_names(entry(None), "en") == ("as recorded",)
