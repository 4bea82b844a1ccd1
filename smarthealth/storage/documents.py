"""Documents that the support chat answers from: the truth from which its index is made."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

import attrs
from psycopg.types.json import Jsonb

from .pool import Pool

_SAVE: Final = """
insert into support_document (path, root, name, digest, title, size, passages)
values (%(path)s, %(root)s, %(name)s, %(digest)s, %(title)s, %(size)s, %(passages)s)
on conflict (path) do update set root = excluded.root, name = excluded.name, digest = excluded.digest, title = excluded.title,
    size = excluded.size, passages = excluded.passages, revision = nextval('support_document_revision'), imported_at = now()
"""


@attrs.frozen(kw_only=True)
class StoredPassage:
    """A piece of a document."""

    section: str
    kind: str
    text: str
    asked: tuple[tuple[str, ...], ...] = ()
    """In which words each thing that it says is asked for."""


@attrs.frozen(kw_only=True)
class StoredDocument:
    """A document, whole."""

    path: str
    root: str
    name: str
    digest: str
    title: str
    size: int
    passages: tuple[StoredPassage, ...]


@attrs.frozen(kw_only=True)
class KnownDocument:
    """What is known of a document without reading it."""

    path: str
    root: str
    name: str
    digest: str


class Documents:
    """The documents in the database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def known(self) -> list[KnownDocument]:
        """All documents, by path.

        Raises:
            StorageError: The database failed.
        """
        sql = "select path, root, name, digest from support_document order by path"
        return await self._pool.fetch_as(KnownDocument, sql)

    async def save(self, document: StoredDocument) -> None:
        """Put a document in place of the one of that path.

        Raises:
            StorageError: The database failed.
        """
        passages = Jsonb([attrs.asdict(passage) for passage in document.passages])
        await self._pool.execute(_SAVE, {**attrs.asdict(document, recurse=False), "passages": passages})

    async def remove(self, paths: Collection[str]) -> int:
        """Remove documents; returns how many.

        Raises:
            StorageError: The database failed.
        """
        return await self._pool.execute("delete from support_document where path = any(%s)", [list(paths)])

    async def revision(self) -> str:
        """Something that changes with every change of the documents.

        Raises:
            StorageError: The database failed.
        """
        row = await self._pool.fetch_one("select count(*), coalesce(max(revision), 0) from support_document")
        assert row is not None
        return f"{row[0]}-{row[1]}"

    async def load(self) -> list[StoredDocument]:
        """All documents with their passages, by path.

        Raises:
            StorageError: The database failed.
        """
        rows = await self._pool.fetch(
            "select path, root, name, digest, title, size, passages from support_document order by path"
        )
        return [_document(*row) for row in rows]


def _document(path: str, root: str, name: str, digest: str, title: str, size: int, passages: Any) -> StoredDocument:
    return StoredDocument(
        path=path,
        root=root,
        name=name,
        digest=digest,
        title=title,
        size=size,
        passages=tuple(map(_passage, passages)),
    )


def _passage(stored: Any) -> StoredPassage:
    asked = tuple(map(tuple, stored.get("asked", ())))
    return StoredPassage(section=stored["section"], kind=stored["kind"], text=stored["text"], asked=asked)
