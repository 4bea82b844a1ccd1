"""`smarthealth import fhir` and `smarthealth index rebuild`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from smarthealth.apps.records.demo import demo_paths

if TYPE_CHECKING:
    from tests.cli.conftest import Ran, Run

pytestmark = pytest.mark.usefixtures("database")
SMALL = [path for path in demo_paths() if "dubois" in path.name or "hospital" in path.name]


def words(ran: Ran, beginning: str) -> list[str]:
    """The words of the line that begins so."""
    (line,) = [line for line in ran.output.splitlines() if line.strip().startswith(beginning)]
    return line.split()


def test_twice_is_the_same_as_once(run: Run) -> None:
    """The demo's files are taken whole; the second time nothing is new, and nobody is indexed again."""
    first = run("import", "fhir", *demo_paths())
    assert (first.code, first.errors) == (0, "")
    kind, new, changed, unchanged, _skipped, failed = words(first, "all")
    assert (kind, changed, unchanged, failed) == ("all", "0", "0", "0")
    assert words(first, "4 patients indexed,")
    second = run("import", "fhir", *demo_paths())
    assert second.code == 0
    assert words(second, "all")[1:4] == ["0", "0", new]
    assert words(second, "0 patients indexed,")


def test_a_folder_is_taken_and_one_bad_resource_does_not_stop_the_rest(run: Run, tmp_path: Path) -> None:
    """The exit code is 1, the resource is named on the terminal and in the file, and all others are taken."""
    folder = tmp_path / "fhir"
    folder.mkdir()
    for path in SMALL:
        shutil.copy(path, folder)
    bad = {"resourceType": "Observation", "id": "x", "status": "final", "subject": {"reference": "Patient/nobody"}}
    (folder / "bad.ndjson").write_text(json.dumps(bad) + "\n")
    ran = run("import", "fhir", folder, "--failures", tmp_path / "failures.tsv")
    assert (ran.code, ran.errors) == (1, "")
    assert "bad.ndjson:1 Observation: " in ran.output
    assert words(ran, "1 patients indexed,")
    (line,) = (tmp_path / "failures.tsv").read_text(encoding="utf-8").splitlines()
    file, position, kind, reason = line.split("\t")
    assert (Path(file).name, position, kind) == ("bad.ndjson", "1", "Observation")
    assert reason


def test_without_failures_the_file_is_empty(run: Run, tmp_path: Path) -> None:
    """The file asked for is written in any case, so that an old one says nothing of this run."""
    (tmp_path / "failures.tsv").write_text("old")
    assert run("import", "fhir", *SMALL, "--failures", tmp_path / "failures.tsv").code == 0
    assert (tmp_path / "failures.tsv").read_text() == ""


def test_nothing_to_import_is_said(run: Run, tmp_path: Path) -> None:
    """A folder without FHIR files is one sentence and exit code 1."""
    (tmp_path / "empty").mkdir()
    ran = run("import", "fhir", tmp_path / "empty")
    assert ran.code == 1
    assert ran.errors.startswith("smarthealth: no FHIR file")
    assert ran.errors.count("\n") == 1


def test_the_index_is_made_anew(run: Run, tmp_path: Path, database: str) -> None:
    """Whatever happened to the folder, every patient is indexed again, as many passages as before."""
    before = words(run("import", "fhir", *SMALL), "1 patients indexed,")
    shutil.rmtree(tmp_path / "data" / "index")
    ran = run("index", "rebuild")
    assert (ran.code, ran.errors) == (0, "")
    assert words(ran, "1 patients indexed,")[:5] == before[:5]
    with psycopg.connect(database) as connection:
        rows = connection.execute("select revision = indexed_revision from patient").fetchall()
    assert rows == [(True,)]
