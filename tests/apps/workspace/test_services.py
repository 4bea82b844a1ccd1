import attrs

from smarthealth.apps.workspace.services import WorkspaceServices
from smarthealth.apps.workspace.settings import WorkspaceSettings
from smarthealth.apps.workspace.workbench import BareWorkbench
from smarthealth.server.rate import TokenBuckets
from smarthealth.storage.conversations import Conversations
from smarthealth.storage.pool import Pool
from smarthealth.testing.chat_model import ScriptedChatModel


async def test_rooms_are_limited_as_the_settings_say(pool: Pool) -> None:
    """What a room may take comes from there, and the clock is the world's."""
    settings = WorkspaceSettings(max_rooms=3, max_viewers=4, grace=5.0, linger=6.0, when_busy="enqueue")
    services = WorkspaceServices(
        conversations=Conversations(pool),
        chat_model=ScriptedChatModel(),
        open_workbench=lambda name: BareWorkbench(),
        limiter=TokenBuckets(1.0, 1),
        settings=settings,
        find_supervisor=lambda name: None,
    )
    limits = services.limits()
    assert (limits.max_rooms, limits.max_viewers, limits.grace, limits.linger) == (3, 4, 5.0, 6.0)
    assert limits.policy.when_busy == "enqueue"
    assert services.now().tzinfo is not None
    assert attrs.evolve(services, settings=WorkspaceSettings()).limits().policy.when_busy == "reject"
