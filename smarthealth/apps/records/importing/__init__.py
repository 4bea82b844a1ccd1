"""Records come in as FHIR R4: files are read, checked, understood and placed in PostgreSQL."""

from __future__ import annotations

from .errors import ImportingError, ImportRunning, NothingToImport
from .report import Failure, ImportReport, Outcome, Progress, ProgressListener
from .run import import_paths

__all__ = [
    "Failure",
    "ImportReport",
    "ImportRunning",
    "ImportingError",
    "NothingToImport",
    "Outcome",
    "Progress",
    "ProgressListener",
    "import_paths",
]
