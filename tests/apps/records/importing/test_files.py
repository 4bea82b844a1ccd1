"""Files that may hold FHIR are found and read, packed or not."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from smarthealth.apps.records.importing.errors import NothingToImport
from smarthealth.apps.records.importing.files import CHUNK_SIZE, TRUNCATED, UNREADABLE, ByteReader, find_sources


def fill(folder: Path, *names: str) -> None:
    """Make small files."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"{}")


def test_folders_are_searched_for_fhir(tmp_path: Path) -> None:
    """Files of FHIR's suffixes are found at any depth; hidden ones and others are not."""
    fill(tmp_path, "a.json", "b.NDJSON", "c.jsonl.gz", "deep/er/d.json.gz", "e.txt", ".f.json", ".hidden/g.json")
    found = find_sources([tmp_path])
    assert [source.name for source in found] == [
        "a.json",
        "b.NDJSON",
        "c.jsonl.gz",
        os.path.join("deep", "er", "d.json.gz"),
    ]
    assert [source.has_lines for source in found] == [False, True, True, False]
    assert found[0].size == 2
    assert found[0].modified_ns == (tmp_path / "a.json").stat().st_mtime_ns


def test_a_file_that_is_given_is_read_whatever_its_name(tmp_path: Path) -> None:
    """A given file needs no suffix, and each file comes once."""
    fill(tmp_path, "bundle", "a.json")
    found = find_sources([tmp_path / "bundle", tmp_path, tmp_path / "a.json"])
    assert sorted(source.name for source in found) == ["a.json", "bundle"]


def test_who_is_referred_to_is_read_first(tmp_path: Path) -> None:
    """Names of files that tell their resource types put organizations and patients before what refers to them."""
    fill(
        tmp_path,
        "AllergyIntolerance.ndjson",
        "Patient.ndjson",
        "Organization.ndjson",
        "MedicationRequest.ndjson",
        "Encounter.1.ndjson",
    )
    assert [source.name.partition(".")[0] for source in find_sources([tmp_path])] == [
        "Organization",
        "Patient",
        "Encounter",
        "AllergyIntolerance",
        "MedicationRequest",
    ]


def test_nothing_to_import_is_said(tmp_path: Path) -> None:
    """A path that does not exist, and folders without FHIR, are refused."""
    with pytest.raises(NothingToImport, match="does not exist"):
        find_sources([tmp_path / "missing"])
    fill(tmp_path, "a.txt")
    with pytest.raises(NothingToImport, match="no FHIR file"):
        find_sources([tmp_path])


def read(path: Path) -> tuple[bytes, str | None, int]:
    """What comes out of a file, the problem, and the bytes read."""
    reader = ByteReader(path)
    chunks = list(reader.chunks())
    assert all(len(chunk) <= CHUNK_SIZE for chunk in chunks)
    return b"".join(chunks), reader.problem, reader.consumed


DATA = os.urandom(1000) * 1000


@pytest.mark.parametrize(
    "packed",
    [
        DATA,
        gzip.compress(DATA),
        gzip.compress(DATA[:500_000]) + gzip.compress(DATA[500_000:]),
        gzip.compress(DATA) + bytes(1000),
    ],
    ids=["plain", "gzip", "two members", "padded"],
)
def test_bytes_come_out_unpacked(tmp_path: Path, packed: bytes) -> None:
    """A file is unpacked by its beginning, not by its name, with several members or padding as well."""
    path = tmp_path / "file.json"
    path.write_bytes(packed)
    assert read(path) == (DATA, None, len(packed))


def test_an_empty_file_is_empty(tmp_path: Path) -> None:
    """An empty file holds nothing and nothing is wrong with it."""
    (tmp_path / "file").write_bytes(b"")
    assert read(tmp_path / "file") == (b"", None, 0)


def test_a_truncated_file_gives_what_it_holds(tmp_path: Path) -> None:
    """Of a packed file that is cut short everything before the cut comes out, and the cut is a problem."""
    path = tmp_path / "file.gz"
    path.write_bytes(gzip.compress(DATA, compresslevel=1)[:-20])
    found, problem, _ = read(path)
    assert problem == TRUNCATED
    assert DATA.startswith(found)
    assert len(found) > len(DATA) // 2


def test_a_damaged_file_is_a_problem(tmp_path: Path) -> None:
    """What only looks packed is a problem and no exception."""
    path = tmp_path / "file.gz"
    path.write_bytes(b"\x1f\x8bnonsense")
    assert read(path) == (b"", TRUNCATED, 10)


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    """A file that vanished is a problem and no exception."""
    assert read(tmp_path / "gone") == (b"", UNREADABLE, 0)


def test_a_highly_packed_file_comes_in_small_chunks(tmp_path: Path) -> None:
    """However much a file unpacks to, a chunk of it is bounded."""
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(bytes(20_000_000)))
    assert read(path)[0] == bytes(20_000_000)
