"""The application, as the server mounts it."""

from __future__ import annotations

from smarthealth.apps.support.application import support_application
from tests.apps.support.conftest import Books, OpenHost


async def test_its_paths_and_pages(books: Books, host: OpenHost) -> None:
    """As the document has them; the staff's for the staff alone."""
    application = support_application(books.services())
    chat, staff = application.endpoints
    assert (chat.path, chat.authentication, chat.turns.sequential) == ("/ws/chat", "in-band", True)
    assert staff.roles == {"clinician", "admin"}
    assert application.pages == {"/ws/test": "support/test.html"}
    assert application.http[0].path == "/api/v1/chat"
    async with host() as server:
        await server.staff().heard({"type": "ping"}, until=["pong"])
        await server.connect(None, token="x").heard(until=["auth_error"])
