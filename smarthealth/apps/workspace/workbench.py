"""Where the agent of one conversation works: its tools, and the directory behind them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import attrs

from smarthealth.llm.port import ToolCall
from smarthealth.llm.tooling import Toolbox, ToolError, ToolSpec

from . import texts


@attrs.frozen(kw_only=True)
class KeptFile:
    """One file of a conversation."""

    path: str
    """Relative to the conversation's directory."""
    size: int
    """Bytes."""
    modified: str
    """ISO 8601, UTC."""


class Workbench(Protocol):
    """The tools of one conversation; nobody else's tools see its directory."""

    @property
    def toolbox(self) -> Toolbox:
        """The tools."""
        ...

    async def keep_rest(self, call: ToolCall, text: str) -> str | None:
        """Keep the whole of a result that was cut as a file of the conversation.

        Returns:
            Its path, as `read_file` takes it; None when it cannot be kept.
        """
        ...

    async def files(self) -> Sequence[KeptFile]:
        """The files there are, by path, as many as one page shows; none when they cannot be read."""
        ...

    async def download(self, path: str) -> bytes:
        """All bytes of a file.

        Raises:
            ToolError: There is none, it is too big, or it cannot be read.
        """
        ...


OpenWorkbench = Callable[[str], Workbench]
"""Makes the workbench of a conversation, by its name; reads and writes nothing yet."""


@attrs.frozen(kw_only=True)
class BareWorkbench:
    """Tools without a directory: those given, and nothing is kept."""

    toolbox: Toolbox = attrs.field(factory=Toolbox)

    async def keep_rest(self, call: ToolCall, text: str) -> str | None:
        """Keep nothing."""
        return None

    async def files(self) -> Sequence[KeptFile]:
        """There are none."""
        return ()

    async def download(self, path: str) -> bytes:
        """There is none."""
        raise ToolError(texts.NO_FILE)


@attrs.frozen
class JoinedWorkbench:
    """A workbench with more tools, which may come and go; of two tools of one name its own counts."""

    inner: Workbench
    more: Callable[[], Sequence[ToolSpec]]

    @property
    def toolbox(self) -> Toolbox:
        """All that can be called now."""
        own = self.inner.toolbox
        return own.joined(spec for spec in self.more() if own.find(spec.name) is None)

    async def keep_rest(self, call: ToolCall, text: str) -> str | None:
        """Keep it where the workbench does."""
        return await self.inner.keep_rest(call, text)

    async def files(self) -> Sequence[KeptFile]:
        """Those of the workbench."""
        return await self.inner.files()

    async def download(self, path: str) -> bytes:
        """One of the workbench."""
        return await self.inner.download(path)
