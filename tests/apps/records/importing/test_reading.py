"""One file comes as batches of resources, whatever else it holds."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from smarthealth.apps.records.importing.files import TRUNCATED, Source
from smarthealth.apps.records.importing.nodes import Node
from smarthealth.apps.records.importing.reading import Batch, FileReader


def observation(name: str, **elements: object) -> Node:
    """An observation."""
    base: Node = {"status": "final", "code": {"text": "x"}, "subject": {"reference": "Patient/1"}}
    return {"resourceType": "Observation", "id": name, **base, **elements}


def source(path: Path) -> Source:
    """A file as found."""
    return Source(path=path, name=path.name, size=path.stat().st_size, modified_ns=0)


def write_lines(path: Path, *lines: object) -> Source:
    """Make an NDJSON file."""
    raw = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)
    return source(path)


def batches(reader: FileReader) -> list[Batch]:
    """All batches of a file."""
    found = [reader.read_batch()]
    while not found[-1].is_last:
        found.append(reader.read_batch())
    reader.close()
    return found


def only(reader: FileReader) -> Batch:
    """The one batch of a small file."""
    (batch,) = batches(reader)
    return batch


def test_lines_become_resources_problems_and_skips(tmp_path: Path) -> None:
    """Every line counts: as a resource, as skipped by its type, or as a problem with its place and reason."""
    file = write_lines(
        tmp_path / "a.ndjson",
        observation("a"),
        b"not json",
        {"resourceType": "Claim"},
        {"resourceType": "Foo"},
        observation("b", status=5),
    )
    batch = only(FileReader(file, file_id=7))
    assert [(found.fhir_id, found.position, found.file_id) for found in batch.resources] == [("Observation/a", 1, 7)]
    assert [(problem.position, problem.resource_type, problem.reason) for problem in batch.problems] == [
        (2, "unknown", "not JSON"),
        (4, "unknown", "not a FHIR R4 resource type"),
        (5, "Observation", "status is not valid"),
    ]
    assert batch.skipped == {"Claim": 1}
    assert (batch.count, batch.position, batch.consumed) == (5, 5, file.size)


def test_a_bundle_becomes_its_entries(tmp_path: Path) -> None:
    """Entries are resources with their fullUrl; those without a resource are skipped; bundles may be nested."""
    inner = {
        "resourceType": "Bundle",
        "entry": [{"resource": observation("in")}, {"resource": {"resourceType": "Bundle", "entry": 5}}],
    }
    entries = [
        {"fullUrl": "urn:uuid:x", "resource": observation("a")},
        {"request": {"method": "DELETE", "url": "Observation/z"}},
        {"resource": inner},
        {"resource": 5},
        {"hello": "world"},
    ]
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"resourceType": "Bundle", "entry": entries}))
    batch = only(FileReader(source(path), file_id=7))
    assert [(found.fhir_id, found.position) for found in batch.resources] == [
        ("Observation/a", 1),
        ("Observation/in", 3),
    ]
    assert batch.resources[0].aliases == ("7#urn:uuid:x",)
    assert batch.skipped == {"Bundle.entry": 1}
    assert [(problem.position, problem.reason) for problem in batch.problems] == [
        (3, "entry is not a list of objects"),
        (4, "resource is not an object"),
        (5, "no resourceType: not FHIR"),
    ]


def test_bundles_without_end_are_a_problem(tmp_path: Path) -> None:
    """Bundles within bundles are followed only so far."""
    raw = b'{"resource":{"resourceType":"Bundle","entry":[' * 20 + b"]}}" * 20
    path = tmp_path / "a.ndjson"
    path.write_bytes(raw)
    assert [problem.reason for problem in only(FileReader(source(path), file_id=7)).problems] == [
        "bundles nested too deeply"
    ]


def test_batches_are_bounded_and_go_on_where_one_ended(tmp_path: Path) -> None:
    """A batch ends at its number of resources or bytes; a later reader goes on after the position it is given."""
    file = write_lines(tmp_path / "a.ndjson", *(observation(f"o{number}") for number in range(5)))
    found = batches(FileReader(file, file_id=1, max_resources=2))
    assert [batch.position for batch in found] == [2, 4, 5]
    assert [len(batch.resources) for batch in batches(FileReader(file, file_id=1, max_bytes=1))] == [1, 1, 1, 1, 1, 0]
    rest = only(FileReader(file, file_id=1, done=3))
    assert [resource.fhir_id for resource in rest.resources] == ["Observation/o3", "Observation/o4"]
    assert (only(FileReader(file, file_id=1, done=5)).count, only(FileReader(file, file_id=1, done=5)).position) == (
        0,
        5,
    )


def test_a_file_that_ends_early_says_so(tmp_path: Path) -> None:
    """What comes before the damage is read, and the damage is one problem of the whole file."""
    file = write_lines(
        tmp_path / "a.ndjson.gz",
        *(observation(f"o{number}", note=[{"text": f"{number * 7919}"}]) for number in range(500)),
    )
    file.path.write_bytes(file.path.read_bytes()[:-50])
    batch = only(FileReader(file, file_id=1))
    assert len(batch.resources) > 100
    assert [(problem.position, problem.reason) for problem in batch.problems] == [(0, TRUNCATED)]


def test_a_bundle_that_ends_early_says_where(tmp_path: Path) -> None:
    """Of a bundle that is cut short the entries before the cut are read."""
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"resourceType": "Bundle", "entry": [{"resource": observation("a")}] * 2})[:-30])
    batch = only(FileReader(source(path), file_id=1))
    assert (len(batch.resources), [problem.position for problem in batch.problems]) == (1, [2])


def test_a_piece_that_is_too_large_is_a_problem(tmp_path: Path) -> None:
    """A line beyond the limit is reported in its place."""
    path = tmp_path / "a.ndjson"
    with path.open("wb") as file:
        for _ in range(65):
            file.write(b" " * 1024 * 1024)
        file.write(b"\n" + json.dumps(observation("a")).encode())
    batch = only(FileReader(source(path), file_id=1))
    assert [(problem.position, problem.reason) for problem in batch.problems] == [(1, "larger than 64 MiB")]
    assert len(batch.resources) == 1


def test_json_over_many_lines_is_no_ndjson_whatever_its_name(tmp_path: Path) -> None:
    """A laid out bundle is read as one although its name says lines."""
    path = tmp_path / "a.ndjson"
    path.write_text(json.dumps({"resourceType": "Bundle", "entry": [{"resource": observation("a")}]}, indent=1))
    assert len(only(FileReader(source(path), file_id=1)).resources) == 1


def test_an_empty_file_is_one_empty_batch(tmp_path: Path) -> None:
    """A file of nothing is done at once."""
    path = tmp_path / "a.json"
    path.write_bytes(b"")
    batch = only(FileReader(source(path), file_id=1))
    assert (batch.count, batch.is_last, batch.problems) == (0, True, [])
