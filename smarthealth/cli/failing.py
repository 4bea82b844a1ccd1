"""Failures that a person can mend, in one sentence each."""

from __future__ import annotations

import os


class CommandError(Exception):
    """A command cannot do what was asked; the text says why and what to do."""


def explain_failure(error: BaseException) -> str | None:
    """The sentence for a failure that needs no traceback, None for a defect of ours."""
    from smarthealth.actors import ActorFailed, SupervisionError

    if isinstance(error, _explaining()):
        return str(error)
    if isinstance(error, SupervisionError):
        sentences = [explain_failure(cause) for cause in error.causes]
        return next((sentence for sentence in sentences if sentence), None)
    if isinstance(error, ActorFailed) and error.__cause__ is not None:
        return explain_failure(error.__cause__)
    if isinstance(error, OSError) and error.errno is not None:
        return f"{os.strerror(error.errno)}{f': {error.filename}' if error.filename else ''}"
    return None


def _explaining() -> tuple[type[Exception], ...]:
    """The errors whose texts are for people."""
    from smarthealth.apps.records.evaluation.run import PatientMissing
    from smarthealth.bootstrap.errors import StartError
    from smarthealth.llm.errors import ModelError
    from smarthealth.retrieval.errors import RetrievalError
    from smarthealth.server.errors import ConfigurationError
    from smarthealth.settings import SettingsError
    from smarthealth.storage.errors import StorageError

    from .client import ClientError

    return (
        ClientError,
        CommandError,
        ConfigurationError,
        ModelError,
        PatientMissing,
        RetrievalError,
        SettingsError,
        StartError,
        StorageError,
    )
