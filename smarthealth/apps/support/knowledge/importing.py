"""Documents brought in: changed files only, one bad file beside good ones, and what is gone is taken out.

Beside a document may stand a file of the questions that customers ask for it (`asked`); the two are read together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, Literal, Protocol

import attrs
import trio

from smarthealth.retrieval.documents.blocks import DocumentError
from smarthealth.retrieval.documents.passages import Document
from smarthealth.retrieval.documents.reading import KINDS, document_of, read_bytes
from smarthealth.storage.documents import KnownDocument, StoredDocument, StoredPassage

from .asked import LARGEST_FILE, SUFFIX, AskedError, Questions, placed, read_asked

MOST_FILES: Final = 5_000
"""Files of one import."""
MOST_NAMED: Final = 5
"""Sections and rows that are named of those that a document does not have."""
Outcome = Literal["added", "changed", "unchanged", "removed", "failed"]


class DocumentKeeper(Protocol):
    """Keeps documents: `storage.documents.Documents`."""

    async def known(self) -> list[KnownDocument]:
        """What is there."""
        ...

    async def save(self, document: StoredDocument) -> None:
        """Put one in place of the one of its path."""
        ...

    async def remove(self, paths: Sequence[str]) -> int:
        """Take some out."""
        ...


@attrs.frozen(kw_only=True)
class FileReport:
    """What became of one file."""

    path: str
    outcome: Outcome
    passages: int = 0
    reason: str = ""
    """Why it failed, for people."""


@attrs.frozen(kw_only=True)
class _Candidate:
    file: Path
    root: Path

    @property
    def name(self) -> str:
        """As answers cite it: its place below what was asked for."""
        return self.file.name if self.file == self.root else self.file.relative_to(self.root).as_posix()


async def import_documents(
    keeper: DocumentKeeper, paths: Iterable[Path], on_file: Callable[[FileReport], None]
) -> list[FileReport]:
    """Read files and folders into the database.

    A file that was imported and is not below its folder any more is taken out; one that cannot be read now stays as it was.

    Args:
        keeper: Where documents are kept.
        paths: Files, and folders that are searched for files of known kinds.
        on_file: Told of each file.

    Raises:
        DocumentError: There are too many files.
        StorageError: The database failed; what was imported by then stays.
    """
    known = {document.path: document for document in await keeper.known()}
    reports: list[FileReport] = []

    def tell(report: FileReport) -> None:
        reports.append(report)
        on_file(report)

    roots = [path.expanduser().absolute() for path in paths]
    candidates = await trio.to_thread.run_sync(_candidates, roots)
    for candidate in candidates:
        await _import(keeper, candidate, known.get(str(candidate.file)), tell)
    there = {str(candidate.file) for candidate in candidates}
    gone = [path for path, document in known.items() if path not in there and _was_below(document, roots)]
    for root in roots:
        if str(root) not in there and str(root) not in gone and not root.exists():
            tell(FileReport(path=str(root), outcome="failed", reason="it is not there"))
    await keeper.remove(gone)
    for path in gone:
        tell(FileReport(path=path, outcome="removed"))
    return reports


async def _import(
    keeper: DocumentKeeper, candidate: _Candidate, known: KnownDocument | None, tell: Callable[[FileReport], None]
) -> None:
    path = str(candidate.file)
    try:
        data = await trio.to_thread.run_sync(read_bytes, candidate.file)
        asked = await trio.to_thread.run_sync(_asked_beside, candidate.file)
        if known is not None and (known.digest, known.name) == (_digest(data, asked), candidate.name):
            tell(FileReport(path=path, outcome="unchanged"))
            return
        document = await trio.to_thread.run_sync(document_of, candidate.file.name, data)
    except DocumentError as error:
        tell(FileReport(path=path, outcome="failed", reason=str(error)))
        return
    questions, fault = _placed(asked, document)
    await keeper.save(
        StoredDocument(
            path=path,
            root=str(candidate.root),
            name=candidate.name,
            # without the questions, where they are faulty: so both are read again, and the fault is told again
            digest=_digest(data, None if fault else asked),
            title=_storable(document.title),
            size=len(data),
            passages=tuple(
                StoredPassage(
                    section=_storable(one.section),
                    kind=one.kind,
                    text=_storable(one.text),
                    asked=tuple(tuple(map(_storable, words)) for words in asked_for),
                )
                for one, asked_for in zip(document.passages, questions, strict=True)
            ),
        )
    )
    outcome: Outcome = "added" if known is None else "changed"
    tell(FileReport(path=path, outcome=outcome, passages=len(document.passages)))
    if fault:
        tell(FileReport(path=str(_asked_of(candidate.file)), outcome="failed", reason=fault))


def _asked_of(file: Path) -> Path:
    return file.with_name(file.stem + SUFFIX)


def _asked_beside(file: Path) -> bytes | None:
    """The file of questions of a document, None where there is none; of a large one no more than shows that it is."""
    try:
        with _asked_of(file).open("rb") as opened:
            return opened.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DocumentError(f"{_asked_of(file).name} cannot be read: {error.strerror}") from None


def _placed(asked: bytes | None, document: Document) -> tuple[list[Questions], str]:
    """The questions of each passage, and what is wrong with the file of them; what is right of it counts all the same."""
    try:
        questions, lost = placed(read_asked(asked or b""), document.passages)
    except AskedError as error:
        return [()] * len(document.passages), str(error)
    more = f", and {len(lost) - MOST_NAMED} more" if len(lost) > MOST_NAMED else ""
    return questions, f"not in the document: {'; '.join(map(str, lost[:MOST_NAMED]))}{more}" if lost else ""


def _digest(data: bytes, asked: bytes | None) -> str:
    digest = hashlib.sha256(data)
    if asked is not None:
        digest.update(b"\0" + asked)
    return digest.hexdigest()


def _candidates(roots: Sequence[Path]) -> list[_Candidate]:
    found: dict[Path, _Candidate] = {}
    for root in roots:
        for file in _files(root):
            found.setdefault(file, _Candidate(file=file, root=root))
            if len(found) > MOST_FILES:
                raise DocumentError(f"there are more than {MOST_FILES} files")
    return list(found.values())


def _files(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
        return
    for path in sorted(root.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
        if path.suffix.lower() in KINDS and not hidden and path.is_file():
            yield path


def _was_below(document: KnownDocument, roots: Sequence[Path]) -> bool:
    """Whether a document is of one of these paths."""
    return any(Path(document.path).is_relative_to(root) for root in roots)


def _storable(text: str) -> str:
    """PostgreSQL's JSON holds no NUL, and UTF-8 no lone surrogate."""
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
