"""What the demo starts with: four invented patients and one user."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

import attrs

from smarthealth.apps.records.demo import demo_paths
from smarthealth.apps.records.indexing import index_pending
from smarthealth.settings import Settings

from .accounts import DEMO_EMAIL, add_user
from .errors import StartError
from .stores import Stores, data_folder
from .world import World

DEMO_NAME: Final = "Demo"
DEMO_DOCUMENT: Final = "CD:30995750"
DEMO_PATIENT: Final = (8, "30995750")
"""The same, as the type's number and the document's: who is there when the demo's patients are."""
DEMO_QUESTION: Final = "¿Cómo ha evolucionado la hemoglobina glicosilada?"

_PASSWORD_FILE: Final = "demo-password"
_PASSWORD_BYTES: Final = 9


@attrs.frozen(kw_only=True)
class Demo:
    """The demo user's way in."""

    email: str
    password: str | None = attrs.field(repr=False)
    """None when the user was made elsewhere and the password is not known here."""


async def prepare_demo(settings: Settings, world: World) -> Demo:
    """Load the demo patients, index them, and make the demo user; what is there already is left as it is.

    Raises:
        StartError: Another import runs on the database.
        StorageError: The database failed.
    """
    stores = world.stores
    # the user is made last, so one that is there says that an earlier start came to the end of loading
    has_user = await stores.users.find_by_email(DEMO_EMAIL) is not None
    if not has_user or await stores.patients.find(*DEMO_PATIENT) is None:
        await _load_patients(world)
    return Demo(email=DEMO_EMAIL, password=await _demo_password(settings, stores))


async def _load_patients(world: World) -> None:
    # imported here since the import's FHIR models take a second to load, which later starts do without
    from smarthealth.apps.records.importing import ImportingError, import_paths

    try:
        await import_paths(world.stores.pool, demo_paths())
    except ImportingError as error:
        raise StartError(str(error)) from None
    await index_pending(world.stores.pool, world.index)


async def _demo_password(settings: Settings, stores: Stores) -> str | None:
    """Kept readable by its owner alone, so that later starts can say it again."""
    path = data_folder(settings) / _PASSWORD_FILE
    if await stores.users.find_by_email(DEMO_EMAIL) is not None:
        return path.read_text().strip() if path.exists() else None
    password = secrets.token_urlsafe(_PASSWORD_BYTES)
    _write_private(path, password)
    await add_user(stores, email=DEMO_EMAIL, full_name=DEMO_NAME, role="clinician", password=password)
    return password


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")
