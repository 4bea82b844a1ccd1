"""`smarthealth evaluate records`."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from smarthealth.apps.records.answering.confidence_coefficients import ABSTENTION, ANSWER, Coefficients
from smarthealth.apps.records.demo import demo_paths
from smarthealth.testing.script import Reply

if TYPE_CHECKING:
    from tests.cli.conftest import OpenModel, Run


@pytest.fixture
def fhir(tmp_path: Path) -> Path:
    """A folder of two patients."""
    folder = tmp_path / "fhir"
    folder.mkdir()
    for path in demo_paths():
        if any(name in path.name for name in ("dubois", "ramirez", "hospital")):
            shutil.copy(path, folder)
    return folder


def test_answers_are_measured_by_kind(run: Run, fhir: Path) -> None:
    """The table has a row for each kind and one for all, and the offline model does well."""
    ran = run("evaluate", "records", "--fhir", fhir, "--per-kind", 1, "--seed", 7)
    assert (ran.code, ran.errors) == (0, "")
    heading, *lines = (line.split() for line in ran.output.splitlines())
    rows = {line[0]: line[-5:] for line in lines}
    assert " ".join(heading) == "kind cases accuracy abstention F1 source hit calibration error"
    assert {"latest", "unanswerable", "all"} <= rows.keys()
    cases, accuracy, abstention, *_ = rows["all"]
    assert int(cases) > 10
    assert float(accuracy) >= 0.85
    assert float(abstention) >= 0.85


def test_the_configured_model_is_measured(run: Run, fhir: Path, tmp_path: Path, open_model: OpenModel) -> None:
    """A model that talks is found out, and what it answered wrongly is written down, a line each."""
    with open_model(Reply(text="Cosas\tque pasan.")):
        ran = run("evaluate", "records", "--fhir", fhir, "--per-kind", 1, "--failures", tmp_path / "wrong.tsv")
    assert (ran.code, ran.errors) == (0, "")
    *_, last = ran.output.splitlines()
    name, cases, accuracy, *_ = last.split()
    lines = [line.split("\t") for line in (tmp_path / "wrong.tsv").read_text(encoding="utf-8").splitlines()]
    assert (name, accuracy) == ("all", f"{1 - len(lines) / int(cases):.3f}")
    assert len(lines) > 10
    assert {len(line) for line in lines} == {6}
    assert {line[4] for line in lines} == {"Cosas que pasan."}


def test_the_confidence_is_fitted(run: Run, fhir: Path) -> None:
    """The coefficients are printed as they stand in the program, for statements and for abstentions."""
    ran = run("evaluate", "calibration", "--fhir", fhir, "--per-kind", 1, "--spoil", 1)
    assert (ran.code, ran.errors) == (0, "")
    fitted: dict[str, Coefficients] = {}
    exec(ran.output, {"Coefficients": Coefficients}, fitted)
    assert {name: set(found.weights) for name, found in fitted.items()} == {
        "ANSWER": set(ANSWER.weights),
        "ABSTENTION": set(ABSTENTION.weights),
    }


def test_without_patients_there_is_nothing_to_measure(run: Run, tmp_path: Path) -> None:
    """A folder without patients is one sentence and exit code 1."""
    (tmp_path / "empty").mkdir()
    ran = run("evaluate", "records", "--fhir", tmp_path / "empty")
    assert ran.code == 1
    assert ran.errors.startswith("smarthealth: no patient")
    assert ran.errors.count("\n") == 1


def test_the_doctor_s_alarms_are_measured(run: Run, tmp_path: Path) -> None:
    """A row for each language and category, then what was judged wrongly; a file of another shape is said so."""
    labelled = tmp_path / "labelled.tsv"
    labelled.write_text(
        "id\tlang\tlabel\tcategory\tnote\ttext\n"
        "1\tes\temergency\theart\t\tme duele el pecho y estoy sudando frío\n"
        "2\tes\tnot\tcough\t\ttengo tos hace dos días\n"
        "3\ten\temergency\tbreathing\t\tthe sky is blue\n",
        encoding="utf-8",
    )
    ran = run("evaluate", "doctor", labelled)
    assert (ran.code, ran.errors) == (0, "")
    heading, *lines = ran.output.splitlines()
    assert heading.split()[:2] == ["lang", "category"]
    assert any(line.startswith("es    all") and "1/1" in line for line in lines)
    assert lines[-1].startswith("missed 3 (en, breathing)")
    labelled.write_text("no header\n", encoding="utf-8")
    assert run("evaluate", "doctor", labelled).code == 1
