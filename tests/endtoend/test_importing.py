"""Records that come in from outside while a server runs, by a program that is killed, and with faults in them."""

from __future__ import annotations

import json
import os
import signal
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import trio

if TYPE_CHECKING:
    from tests.endtoend.conftest import Begin, Command, CopyData, Eventually, Launch, Message, Server

PATIENTS = 40
OBSERVATIONS = 60
"""Of each patient."""
LAST_VALUE = "159"


def bundle(number: int, observations: int = OBSERVATIONS) -> dict[str, Any]:
    """A transaction bundle of one invented patient with weights that grow by one each day."""
    patient = f"urn:uuid:patient-{number}"
    identifier = {
        "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "NI"}]},
        "value": f"7000{number:04}",
    }
    person = {"resourceType": "Patient", "id": f"prueba-{number}", "identifier": [identifier]}
    person |= {"name": [{"family": f"Prueba{number}", "given": ["Ana"]}], "gender": "female", "birthDate": "1970-01-01"}
    entries = [{"fullUrl": patient, "resource": person}]
    for count in range(observations):
        day = date(2020, 1, 1) + timedelta(days=count)
        resource = {
            "resourceType": "Observation",
            "id": f"prueba-{number}-{count}",
            "status": "final",
            "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7", "display": "Body Weight"}]},
            "subject": {"reference": patient},
            "effectiveDateTime": f"{day}T10:00:00Z",
            "valueQuantity": {"value": 100 + count, "unit": "kg"},
        }
        entries.append({"fullUrl": f"urn:uuid:weight-{number}-{count}", "resource": resource})
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


@pytest.fixture
def bundles(tmp_path: Path) -> Path:
    """A folder of bundles."""
    for number in range(PATIENTS):
        (tmp_path / f"{number:03}.json").write_text(json.dumps(bundle(number)))
    return tmp_path


def count(server: Server, table: str) -> int:
    """Rows of a table that came from the bundles."""
    with server.database() as database:
        row = database.execute(f"select count(*) from {table} where fhir_id like '%prueba-%'").fetchone()
    assert row is not None
    return int(row[0])


async def weight(server: Server, number: int) -> Message:
    """The last message of a question about the weight of one of the patients."""
    async with server.chat() as chat:
        return (await chat.ask("¿Cuál es el último peso?", document=(1, f"7000{number:04}")))[-1]


async def test_an_import_that_is_killed_goes_on_where_it_was(
    launch: Launch, begin: Begin, bundles: Path, eventually: Eventually
) -> None:
    """Killed by -9 beside a running server and run again: everything is there once, nothing twice, and can be asked for."""
    server = launch()
    assert (await weight(server, PATIENTS - 1))["error"]["code"] == "PATIENT_NOT_FOUND"
    importing = begin("import", "fhir", str(bundles), data=server.data)
    await eventually(lambda: count(server, "record") > OBSERVATIONS)
    importing.send_signal(signal.SIGKILL)
    importing.wait()
    assert OBSERVATIONS < count(server, "record") < PATIENTS * OBSERVATIONS
    async with trio.open_nursery() as nursery:  # the server answers while it goes on
        finished = trio.Event()

        async def go_on() -> None:
            done = await trio.to_thread.run_sync(lambda: server.run("import", "fhir", str(bundles)))
            assert done.returncode == 0, done.stdout + done.stderr
            finished.set()

        nursery.start_soon(go_on)
        async with server.chat() as chat:
            while not finished.is_set():
                assert (await chat.ask("¿Qué alergias tiene?"))[-1]["type"] == "complete"
                await trio.sleep(0.05)
    assert (count(server, "patient"), count(server, "record")) == (PATIENTS, PATIENTS * OBSERVATIONS)
    for number in (0, PATIENTS - 1):
        assert LAST_VALUE in (await weight(server, number))["answer"]["text"]
    server.wait_healthy()


def test_twice_is_the_same_as_once(command: Command, copy_data: CopyData, bundles: Path) -> None:
    """A second import changes nothing, and says so."""
    data = copy_data()
    first = command("import", "fhir", str(bundles / "000.json"), data=data)
    assert first.returncode == 0, first.stderr
    second = command("import", "fhir", str(bundles / "000.json"), data=data, environment={"COLUMNS": "120"})
    row = next(line.split() for line in second.stdout.splitlines() if line.split()[:1] == ["all"])
    assert row == ["all", "0", "0", str(OBSERVATIONS + 1), "0", "0"]


def test_bad_resources_are_reported_and_stop_nothing(command: Command, copy_data: CopyData, tmp_path: Path) -> None:
    """Exit code 1, each fault with its place and reason in the report, no names in it, and the rest is imported."""
    good = bundle(1, observations=2)
    good["entry"][1]["resource"]["valueQuantity"] = {"value": "pesado"}
    good["entry"].append({"resource": {"resourceType": "Claim", "id": "c", "status": "active"}})
    good["entry"].append({"resource": {"no": "type"}})
    (tmp_path / "a.json").write_text(json.dumps(good))
    (tmp_path / "b.ndjson").write_text('{"resourceType": "Patient", "id": "x"}\n{broken\n')
    report = tmp_path / "report.tsv"
    data = copy_data()
    done = command("import", "fhir", str(tmp_path), "--failures", str(report), data=data)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    lines = report.read_text().splitlines()
    assert {Path(line.split("\t")[0]).name for line in lines} == {"a.json", "b.ndjson"}
    assert "Prueba" not in report.read_text()
    missing = command("import", "fhir", str(tmp_path / "nothing"), data=data)
    assert (missing.returncode, "Traceback" in missing.stderr) == (1, False)


def test_an_import_beside_nothing_may_be_interrupted(begin: Begin, copy_data: CopyData, bundles: Path) -> None:
    """Ctrl-C ends it at once, without a traceback, and its database too."""
    data = copy_data()
    importing = begin("import", "fhir", str(bundles), data=data)
    pid_file = data / "postgres/cluster/postmaster.pid"
    while not pid_file.exists() or pid_file.read_text().count("\n") < 8:
        assert importing.poll() is None
    os.kill(importing.pid, signal.SIGINT)
    _, errors = importing.communicate(timeout=30)
    assert importing.returncode in (1, 130)
    assert "Traceback" not in errors
    assert not pid_file.exists()
