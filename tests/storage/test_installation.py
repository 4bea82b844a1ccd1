"""Which database this is."""

from smarthealth.storage.installation import installation_id
from smarthealth.storage.pool import Pool


async def test_a_database_keeps_its_number(pool: Pool) -> None:
    """The number of a database is the same however often it is asked for."""
    assert await installation_id(pool) == await installation_id(pool)
