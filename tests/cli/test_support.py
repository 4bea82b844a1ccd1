"""`smarthealth import docs`, `smarthealth evaluate support` and `smarthealth tickets`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from smarthealth.apps.support.knowledge import importing

if TYPE_CHECKING:
    from tests.cli.conftest import Run

SESSION = "550e8400-e29b-41d4-a716-446655440000"


@pytest.mark.usefixtures("database")
def test_documents_are_imported(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Changed files only; a bad one makes the exit code 1, and too many files make nothing."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.md").write_text("# A\n\nText.\n")
    first = run("import", "docs", folder, "--app", "support")
    assert (first.code, first.output.splitlines()[-1]) == (0, "1 added, 0 changed, 0 unchanged, 0 removed, 0 failed")
    (folder / "b.pdf").write_bytes(b"nonsense")
    second = run("import", "docs", folder)
    assert second.code == 1
    assert "b.pdf: it is damaged" in second.output
    (folder / "a.md").unlink()
    assert "removed: " in run("import", "docs", folder).output
    monkeypatch.setattr(importing, "MOST_FILES", 0)
    assert "more than 0 files" in run("import", "docs", folder).errors


def test_a_labelled_file_is_routed(run: Run, tmp_path: Path) -> None:
    """And one that cannot be used is told about."""
    path = tmp_path / "a.tsv"
    path.write_text("id\tlang\tlabel\ttext\n1\ten\tnone\thello\n")
    assert "all: 1 messages, accuracy 1.000" in run("evaluate", "support", path).output
    path.write_text("nothing")
    refused = run("evaluate", "support", path)
    assert refused.code == 1
    assert "must begin" in refused.errors


def test_tickets_are_listed_shown_and_closed(run: Run, database: str) -> None:
    """One that is not there is said to be none."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("insert into chat_session (id, application, user_id) values (%s, 'support', 1)", [SESSION])
        connection.execute(
            "insert into support_message (session_id, message_id, author, content, at) values (%s, %s, 'customer', 'my bill', now())",
            [SESSION, SESSION],
        )
        row = connection.execute(
            "insert into support_ticket (session_id, user_id, reason, question) values (%s, 1, 'requested', 'my bill') returning id",
            [SESSION],
        ).fetchone()
    assert row is not None
    number = str(row[0])
    assert "my bill" in run("tickets", "list").output
    assert "customer: my bill" in run("tickets", "show", number).output
    assert run("tickets", "close", number).output == f"ticket {number} closed\n"
    assert "my bill" not in run("tickets", "list").output
    assert "my bill" in run("tickets", "list", "--all").output
    assert "no ticket 99999" in run("tickets", "show", "99999").errors
    assert run("tickets", "close", number).code == 1
