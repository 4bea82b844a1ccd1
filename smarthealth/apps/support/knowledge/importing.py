"""Documents brought in: changed files only, one bad file beside good ones, and what is gone is taken out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, Literal, Protocol

import attrs
import trio

from smarthealth.retrieval.documents.blocks import DocumentError
from smarthealth.retrieval.documents.reading import KINDS, document_of, read_bytes
from smarthealth.storage.documents import KnownDocument, StoredDocument, StoredPassage

MOST_FILES: Final = 5_000
"""Files of one import."""
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
        tell(await _import(keeper, candidate, known.get(str(candidate.file))))
    there = {str(candidate.file) for candidate in candidates}
    gone = [path for path, document in known.items() if path not in there and _was_below(document, roots)]
    for root in roots:
        if str(root) not in there and str(root) not in gone and not root.exists():
            tell(FileReport(path=str(root), outcome="failed", reason="it is not there"))
    await keeper.remove(gone)
    for path in gone:
        tell(FileReport(path=path, outcome="removed"))
    return reports


async def _import(keeper: DocumentKeeper, candidate: _Candidate, known: KnownDocument | None) -> FileReport:
    path = str(candidate.file)
    try:
        data = await trio.to_thread.run_sync(read_bytes, candidate.file)
        digest = hashlib.sha256(data).hexdigest()
        if known is not None and (known.digest, known.name) == (digest, candidate.name):
            return FileReport(path=path, outcome="unchanged")
        document = await trio.to_thread.run_sync(document_of, candidate.file.name, data)
    except DocumentError as error:
        return FileReport(path=path, outcome="failed", reason=str(error))
    await keeper.save(
        StoredDocument(
            path=path,
            root=str(candidate.root),
            name=candidate.name,
            digest=digest,
            title=_storable(document.title),
            size=len(data),
            passages=tuple(
                StoredPassage(section=_storable(one.section), kind=one.kind, text=_storable(one.text))
                for one in document.passages
            ),
        )
    )
    return FileReport(path=path, outcome="added" if known is None else "changed", passages=len(document.passages))


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
