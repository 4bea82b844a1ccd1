"""The documentation pages, drawn from this server's own files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.pages.conftest import Page, Server


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
async def test_drawn(page: Page, server: Server, path: str) -> None:
    """Each shows the ways in, and is drawn without any other server's help, nor a word in the browser's console."""
    await page.open(f"{server.url}{path}")
    await page.until("document.body.innerText.includes('/auth/login')")
    assert set(await page.origins()) <= {server.url}
