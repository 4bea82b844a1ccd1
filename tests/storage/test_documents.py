"""Documents that the support chat answers from."""

from __future__ import annotations

import attrs

from smarthealth.storage.documents import Documents, KnownDocument, StoredDocument, StoredPassage
from smarthealth.storage.pool import Pool

DOCUMENT = StoredDocument(
    path="/docs/a.md",
    root="/docs",
    name="a.md",
    digest="1",
    title="A",
    size=3,
    passages=(StoredPassage(section="S", kind="text", text="t"),),
)


async def test_documents_are_saved_replaced_and_removed(pool: Pool) -> None:
    """And each change makes another revision."""
    documents = Documents(pool)
    revisions = [await documents.revision()]
    await documents.save(DOCUMENT)
    revisions.append(await documents.revision())
    changed = attrs.evolve(DOCUMENT, digest="2")
    await documents.save(changed)
    revisions.append(await documents.revision())
    assert await documents.load() == [changed]
    assert await documents.known() == [KnownDocument(path="/docs/a.md", root="/docs", name="a.md", digest="2")]
    assert await documents.remove(["/docs/a.md", "/docs/b.md"]) == 1
    revisions.append(await documents.revision())
    assert await documents.load() == []
    assert len(set(revisions[1:])) == 3
