"""The workspace application, put together."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from smarthealth.actors import ChildSpec, DynamicSupervisor
from smarthealth.apps.workspace.application import ROOMS, workspace_application
from smarthealth.apps.workspace.offline.compose import compose
from smarthealth.apps.workspace.services import WorkspaceServices
from smarthealth.apps.workspace.workbench import BareWorkbench, Workbench
from smarthealth.conversation.application import Application
from smarthealth.server.rate import TokenBuckets
from smarthealth.storage.conversations import Conversations

from .world import World


@attrs.frozen
class WorkspacePart:
    """An agent with tools, and many clients in one conversation: needs rooms besides storage and models."""

    world: World

    def children(self) -> Sequence[ChildSpec]:
        """The supervisor of rooms."""
        most = self.world.settings.workspace.max_rooms
        return (ChildSpec(name=ROOMS, start=DynamicSupervisor(max_children=most)),)

    def application(self) -> Application:
        """The application, over what is open now."""
        world, settings = self.world, self.world.settings.workspace
        services = WorkspaceServices(
            conversations=Conversations(world.stores.pool),
            chat_model=world.models.chat(compose),
            open_workbench=self._open_workbench,
            limiter=TokenBuckets(settings.messages_per_minute, settings.message_burst),
            settings=settings,
            find_supervisor=world.system.child,
            telemetry=world.metrics,
        )
        return workspace_application(services)

    def _open_workbench(self, name: str) -> Workbench:
        return BareWorkbench()
