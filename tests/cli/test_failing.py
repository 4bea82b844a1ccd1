"""A failure that a person can mend is one sentence; a defect of ours is not hidden."""

from __future__ import annotations

import errno

import pytest

from smarthealth.actors import ActorFailed, SupervisionError
from smarthealth.apps.records.evaluation.run import PatientMissing
from smarthealth.bootstrap.errors import StartError
from smarthealth.cli.client import ClientError
from smarthealth.cli.failing import CommandError, explain_failure
from smarthealth.llm.errors import ModelRefused
from smarthealth.retrieval.errors import IndexUnavailable
from smarthealth.retrieval.model import IndexState
from smarthealth.server.errors import ConfigurationError
from smarthealth.settings import SettingsError
from smarthealth.storage.errors import StorageUnavailable


def caused(error: Exception, cause: BaseException) -> Exception:
    """The error with its cause."""
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (CommandError("no such user"), "no such user"),
        (ClientError("refused"), "refused"),
        (StartError("port taken"), "port taken"),
        (SettingsError("LLM_TIMEOUT: is not a number"), "LLM_TIMEOUT: is not a number"),
        (ConfigurationError("SECRET_KEY is short"), "SECRET_KEY is short"),
        (StorageUnavailable("connection refused"), "connection refused"),
        (ModelRefused("the model refused", status=401), "the model refused (status 401)"),
        (IndexUnavailable(IndexState.DAMAGED), "the index is damaged"),
        (PatientMissing("nobody"), "nobody"),
        (OSError(errno.ENOSPC, "x", "/data/log"), "No space left on device: /data/log"),
        (PermissionError(errno.EACCES, "x"), "Permission denied"),
        (SupervisionError("app", (KeyError(), StartError("port taken"))), "port taken"),
        (caused(ActorFailed("app/storage"), StorageUnavailable("gone")), "gone"),
        (SupervisionError("app", (caused(ActorFailed("app/x"), StartError("why")),)), "why"),
    ],
    ids=str,
)
def test_what_a_person_can_mend_is_a_sentence(error: Exception, sentence: str) -> None:
    """Every failure of the world, of settings or of arguments is explained in its own words."""
    assert explain_failure(error) == sentence


@pytest.mark.parametrize(
    "error",
    [
        KeyError("x"),
        OSError("without a number"),
        ActorFailed("app/x"),
        caused(ActorFailed("app/y"), KeyError()),
        SupervisionError("app", ()),
        SupervisionError("app", (KeyError(),)),
    ],
    ids=repr,
)
def test_a_defect_is_not_explained_away(error: Exception) -> None:
    """What nobody but us can mend keeps its traceback."""
    assert explain_failure(error) is None
