"""An import from beginning to end, on a real database."""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import trio

from smarthealth.apps.records.importing import ledger
from smarthealth.apps.records.importing.errors import ImportRunning, NothingToImport
from smarthealth.apps.records.importing.nodes import Node
from smarthealth.apps.records.importing.report import MAX_FAILURES, ImportReport, Outcome, Progress
from smarthealth.apps.records.importing.run import import_paths
from smarthealth.storage.errors import StorageUnavailable
from smarthealth.storage.pool import Pool

ANA, BEA = (f"{digit * 8}-0000-0000-0000-000000000000" for digit in "12")


def patient(name: str, number: str = "7") -> Node:
    """A patient with a cédula."""
    identifier = {"type": {"text": "CC"}, "system": "s", "value": number}
    return {"resourceType": "Patient", "id": name, "name": [{"text": name}], "identifier": [identifier]}


def observation(name: str, who: str = "Patient/ana", **elements: object) -> Node:
    """An observation."""
    base: Node = {"status": "final", "code": {"text": "x"}, "subject": {"reference": who}}
    return {"resourceType": "Observation", "id": name, **base, **elements}


def lines(path: Path, *resources: Node) -> Path:
    """Write an NDJSON file."""
    raw = b"".join(json.dumps(resource).encode() + b"\n" for resource in resources)
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)
    return path


def bundle(path: Path, *entries: tuple[str, Node]) -> Path:
    """Write a transaction bundle of (fullUrl, resource)."""
    content = [{"fullUrl": url, "resource": resource, "request": {"method": "POST"}} for url, resource in entries]
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": content}))
    return path


DOCTOR: Node = {
    "resourceType": "Practitioner",
    "id": "doc",
    "name": [{"text": "Dr. A"}],
    "identifier": [{"system": "npi", "value": "1"}],
}
CHAIN: Sequence[Node] = (
    {
        "resourceType": "DiagnosticReport",
        "id": "rep",
        "status": "final",
        "code": {"text": "Panel"},
        "subject": {"reference": "Patient?identifier=s|7"},
        "encounter": {"reference": "Encounter/enc"},
        "result": [{"reference": "Observation/obs"}],
    },
    observation(
        "obs", encounter={"reference": "Encounter/enc"}, component=[{"code": {"text": "part"}, "valueInteger": 1}]
    ),
    {
        "resourceType": "Encounter",
        "id": "enc",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": "http://server/fhir/Patient/ana"},
        "participant": [{"individual": {"reference": "PractitionerRole/role"}}],
    },
    {
        "resourceType": "PractitionerRole",
        "id": "role",
        "practitioner": {"reference": "Practitioner?identifier=npi|1"},
        "specialty": [{"text": "Cardiology"}],
    },
    DOCTOR,
    patient("ana"),
)
"""Each refers to one after it."""

CHART = """
select r.fhir_id, e.fhir_id, q.fhir_id, w.full_name, w.specialty
from record r left join record e on e.id = r.encounter_id left join record q on q.id = r.parent_id
left join attendance a on a.record_id = r.id left join practitioner w on w.id = a.practitioner_id order by r.fhir_id
"""
CHAIN_PLACED = [
    ("DiagnosticReport/rep", "Encounter/enc", None, None, None),
    ("Encounter/enc", None, None, "Dr. A", "Cardiology"),
    ("Observation/obs", "Encounter/enc", "DiagnosticReport/rep", None, None),
    ("Observation/obs#0", "Encounter/enc", "Observation/obs", None, None),
]


def totals(report: ImportReport) -> dict[Outcome, int]:
    """How many resources came to each outcome."""
    return {outcome: report.total(outcome) for outcome in Outcome if report.total(outcome)}


async def test_the_order_of_resources_does_not_matter(pool: Pool, tmp_path: Path) -> None:
    """Whatever refers to what comes later in the file is placed all the same."""
    report = await import_paths(pool, [lines(tmp_path / "a.ndjson", *CHAIN)])
    assert totals(report) == {Outcome.NEW: 6}
    assert await pool.fetch(CHART) == CHAIN_PLACED
    assert await pool.fetch("select * from import_waiting") == []


async def test_the_order_of_files_does_not_matter(pool: Pool, tmp_path: Path) -> None:
    """What refers to a resource of a later file is placed all the same, gzipped or not."""
    for number, resource in enumerate(CHAIN):
        lines(tmp_path / f"{number}.ndjson{'.gz' if number % 2 else ''}", resource)
    report = await import_paths(pool, [tmp_path])
    assert (report.files, totals(report)) == (6, {Outcome.NEW: 6})
    assert await pool.fetch(CHART) == CHAIN_PLACED


async def test_twice_is_once(pool: Pool, tmp_path: Path) -> None:
    """The second import changes nothing, no patient's revision included; a change is one change."""
    path = lines(tmp_path / "a.ndjson", *CHAIN)
    await import_paths(pool, [path])
    before = await pool.fetch("select revision from patient")
    assert totals(await import_paths(pool, [path])) == {Outcome.UNCHANGED: 6}
    assert await pool.fetch("select revision from patient") == before
    lines(path, *CHAIN, observation("zmore"))
    assert totals(await import_paths(pool, [path])) == {Outcome.NEW: 1, Outcome.UNCHANGED: 6}
    assert await pool.fetch(CHART) == [*CHAIN_PLACED, ("Observation/zmore", None, None, None, None)]
    assert await pool.fetch("select revision from patient") == [(before[0][0] + 1,)]


async def test_bundles_refer_by_uuid(pool: Pool, tmp_path: Path) -> None:
    """A urn is an entry of its own bundle, whatever its id, and the same urn in another file is another entry."""
    for number in ("7", "8"):
        bundle(
            tmp_path / f"{number}.json",
            ("urn:uuid:obs", observation(f"obs{number}", "urn:uuid:pat")),
            ("urn:uuid:pat", patient(f"p{number}", number)),
        )
    own = {name: value for name, value in observation("x", f"urn:uuid:{ANA}").items() if name != "id"}
    bundle(tmp_path / "uuid.json", (f"urn:uuid:{BEA}", own), (f"urn:uuid:{ANA}", patient(ANA, "9")))
    report = await import_paths(pool, [tmp_path])
    assert report.failures == ()
    assert await pool.fetch(
        "select r.fhir_id, p.fhir_id from record r join patient p on p.id = r.patient_id order by p.fhir_id"
    ) == [
        (f"Observation/{BEA}", f"Patient/{ANA}"),
        ("Observation/obs7", "Patient/p7"),
        ("Observation/obs8", "Patient/p8"),
    ]


async def test_one_bad_resource_does_not_stop_the_rest(pool: Pool, tmp_path: Path) -> None:
    """What cannot be taken is reported with file, place, type and reason; the rest goes in."""
    (tmp_path / "b.json").write_text("no json")
    lines(
        tmp_path / "a.ndjson",
        patient("ana"),
        observation("bad", status=5),
        {"resourceType": "Claim"},
        observation("lost", "Patient/x"),
        observation("good"),
    )
    report = await import_paths(pool, [tmp_path])
    assert [(found.file, found.position, found.resource_type, found.reason) for found in report.failures] == [
        ("a.ndjson", 2, "Observation", "status is not valid"),
        ("a.ndjson", 4, "Observation", "unknown patient"),
        ("b.json", 1, "unknown", "not JSON"),
    ]
    assert totals(report) == {Outcome.NEW: 2, Outcome.SKIPPED: 1, Outcome.FAILED: 3}
    assert report.resources == 6


async def test_what_the_database_refuses_is_found_and_reported(pool: Pool, tmp_path: Path) -> None:
    """A row that the schema does not take costs itself and nothing else."""
    await pool.execute("alter table record add check (display <> 'refuse me')")
    bad = observation("bad") | {"code": {"text": "refuse me"}}
    path = lines(tmp_path / "a.ndjson", patient("ana"), observation("o1"), bad, observation("o2"), observation("o3"))
    report = await import_paths(pool, [path])
    assert [(found.position, found.reason) for found in report.failures] == [(3, "the database refuses it")]
    assert totals(report) == {Outcome.NEW: 4, Outcome.FAILED: 1}


async def test_another_person_of_the_same_id_is_kept_apart(pool: Pool, tmp_path: Path) -> None:
    """Neither a patient whose id is another person's goes in, nor their entries, wherever these stand."""
    await import_paths(pool, [lines(tmp_path / "a.ndjson", patient("ana") | {"birthDate": "1980-01-01"})])
    other = patient("ana", "8") | {"birthDate": "1990-01-01"}
    report = await import_paths(
        pool, [lines(tmp_path / "b.ndjson", observation("before"), other, observation("after"))]
    )
    assert totals(report) == {Outcome.FAILED: 3}
    assert await pool.fetch("select * from record") == []
    report = await import_paths(pool, [lines(tmp_path / "c.ndjson", observation("later"))])
    assert totals(report) == {Outcome.NEW: 1}


async def test_an_interrupted_import_goes_on_where_it_was(pool: Pool, tmp_path: Path) -> None:
    """Cancelled after its first batch, the next import reads only the rest, and the report tells the whole."""
    path = lines(tmp_path / "a.ndjson", patient("ana"), *(observation(f"o{number}") for number in range(1499)))
    with trio.CancelScope() as scope:
        await import_paths(pool, [path], lambda progress: scope.cancel())
    assert scope.cancelled_caught
    assert await pool.fetch("select position, state from import_file") == [(1000, "reading")]
    told: list[Progress] = []
    report = await import_paths(pool, [path], told.append)
    assert (report.resumed, report.resources, totals(report)) == (True, 500, {Outcome.NEW: 1500})
    assert (told[-1].bytes_done, told[-1].bytes_total, told[-1].waiting) == (
        path.stat().st_size,
        path.stat().st_size,
        0,
    )
    assert await pool.fetch("select count(*) from record") == [(1499,)]


async def test_an_import_interrupted_in_its_last_pass_goes_on_there(pool: Pool, tmp_path: Path) -> None:
    """Files that are read are not read again: what waits is placed."""
    path = lines(tmp_path / "a.ndjson", *(observation(f"o{number}") for number in range(1100)), patient("ana"))
    calls = itertools.count(1)

    with trio.CancelScope() as scope:

        def stop_in_the_last_pass(progress: Progress) -> None:
            if progress.file == "" and next(calls) == 1:
                scope.cancel()

        await import_paths(pool, [path], stop_in_the_last_pass)
    assert scope.cancelled_caught
    assert await pool.fetch("select state from import_file") == [("read",)]
    report = await import_paths(pool, [path])
    assert (report.resumed, report.resources, totals(report)) == (True, 0, {Outcome.NEW: 1101})


async def test_a_lost_connection_leaves_as_itself(pool: Pool, tmp_path: Path) -> None:
    """When the database goes away the import says so, and the next one goes on."""
    path = lines(tmp_path / "a.ndjson", patient("ana"), *(observation(f"o{number}") for number in range(1499)))
    first_batch = trio.Event()

    async def cut() -> None:
        await first_batch.wait()
        await pool.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        )

    async with trio.open_nursery() as nursery:
        nursery.start_soon(cut)
        with pytest.raises(StorageUnavailable):
            await import_paths(pool, [path], lambda progress: first_batch.set())
    assert totals(await import_paths(pool, [path])) == {Outcome.NEW: 1500}


async def test_rubbish_is_listed_to_a_limit(pool: Pool, tmp_path: Path) -> None:
    """Everything is counted, and the first failures are listed."""
    path = tmp_path / "a.ndjson"
    path.write_bytes(b"rubbish\n" * (MAX_FAILURES + 200))
    report = await import_paths(pool, [path])
    assert (len(report.failures), report.total(Outcome.FAILED)) == (MAX_FAILURES, MAX_FAILURES + 200)


async def test_one_import_at_a_time(pool: Pool, tmp_path: Path) -> None:
    """A second import is refused while the first runs, and nothing is begun without a file."""
    path = lines(tmp_path / "a.ndjson", patient("ana"))
    async with pool.connection() as connection:
        await ledger.lock(connection)
        with pytest.raises(ImportRunning):
            await import_paths(pool, [path])
        connection.abandon()
    assert totals(await import_paths(pool, [path])) == {Outcome.NEW: 1}
    with pytest.raises(NothingToImport):
        await import_paths(pool, [tmp_path / "missing"])
