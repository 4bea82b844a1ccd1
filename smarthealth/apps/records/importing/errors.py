"""What can go wrong with an import as a whole, and with one resource of it.

    ImportingError
    ├── NothingToImport      none of the given paths holds a file that could be FHIR
    └── ImportRunning        another import runs on the same database

    Malformed                one resource cannot be taken; it is reported and the import goes on

No message here repeats a value from a resource: reports and logs must hold no health text.
"""

from __future__ import annotations


class ImportingError(Exception):
    """Root of the errors that end an import."""


class NothingToImport(ImportingError):
    """None of the given paths holds a file that could be FHIR."""


class ImportRunning(ImportingError):
    """Another import runs on the same database."""


class Malformed(Exception):
    """A resource, or what should be one, cannot be taken.

    Attributes:
        reason: What is wrong, naming elements and never values.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
