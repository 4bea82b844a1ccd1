"""Import the demo patients into an embedded database and see that twice is once."""

import tempfile
from pathlib import Path

import trio

from smarthealth.apps.records.demo import demo_paths
from smarthealth.apps.records.importing import Outcome, import_paths
from smarthealth.storage.embedded import start_embedded
from smarthealth.storage.migrate import migrate
from smarthealth.storage.patients import Patients
from smarthealth.storage.pool import open_pool


async def main() -> None:
    """Import, find a patient, import again."""
    with tempfile.TemporaryDirectory() as folder:
        async with start_embedded(Path(folder, "postgres")) as dsn, open_pool(dsn) as pool:
            await migrate(pool)
            report = await import_paths(pool, demo_paths())
            assert report.failures == ()
            laura = await Patients(pool).find(8, "30.995.750")
            assert laura is not None
            assert laura.full_name == "Laura Morales"
            again = await import_paths(pool, demo_paths())
            assert again.total(Outcome.UNCHANGED) == report.total(Outcome.NEW)


trio.run(main)
