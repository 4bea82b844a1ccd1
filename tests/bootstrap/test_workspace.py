from pathlib import Path

import attrs
import pytest

from smarthealth.actors import DynamicSupervisor, open_system
from smarthealth.apps.workspace.settings import WorkspaceSettings
from smarthealth.bootstrap import workspace
from smarthealth.bootstrap.errors import StartError
from smarthealth.bootstrap.models import Models
from smarthealth.bootstrap.stores import Stores
from smarthealth.bootstrap.workspace import WorkspacePart, open_mcp
from smarthealth.bootstrap.world import World
from smarthealth.conversation.connections import Connections
from smarthealth.conversation.settings import ConversationSettings
from smarthealth.retrieval.hashing import HashedEmbedder
from smarthealth.server.metrics import Metrics
from smarthealth.settings import Environment, load_settings
from smarthealth.storage.pool import Pool


async def test_the_workspace_is_put_together(pool: Pool, tmp_path: Path) -> None:
    """Its rooms have a supervisor, its conversations the database, its agent a model; MCP servers where there are any."""
    settings = load_settings(Environment(process={"SMARTHEALTH_DATA": str(tmp_path)}, file={}))
    async with open_system("test") as system:
        world = World(settings, system, Connections(ConversationSettings()), Metrics())
        world._stores = Stores.over(pool)
        world._models = Models(provider=None, embedder=HashedEmbedder())
        part = WorkspacePart(world)
        rooms, sweeper = part.children()
        assert (rooms.name, isinstance(rooms.start, DynamicSupervisor)) == ("rooms", True)
        assert sweeper.name == "workspace-sweeper"
        application = part.application()
        assert application.name == "workspace"
        assert await application.endpoints[0].may_enter(None, {"conversation_id": "c"})
        assert part._open_workbench("c").toolbox is not None
        file = tmp_path / "mcp.json"
        file.write_text('{"mcpServers": {"a": {"command": "true"}}}')
        world.settings = attrs.evolve(settings, workspace=WorkspaceSettings(mcp_servers=file))
        assert [child.name for child in WorkspacePart(world).children()] == ["mcp", "rooms", "workspace-sweeper"]


def test_servers_that_cannot_be_used_are_said_at_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong with the file, or that the extra is missing."""
    with pytest.raises(StartError, match="No such file"):
        open_mcp(tmp_path / "none.json")
    file = tmp_path / "mcp.json"
    file.write_text('{"mcpServers": {"a": {"command": "true"}}}')
    monkeypatch.setattr(workspace, "is_installed", lambda: False)
    with pytest.raises(StartError, match=r"smarthealth\[mcp\]"):
        open_mcp(file)
