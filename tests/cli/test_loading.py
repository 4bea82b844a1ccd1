"""What each way into the program loads, looked at in a fresh interpreter: a clock would see the machine's other work too."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest

from smarthealth.cli.loading import load

NOT_FOR_HELP = {
    "numpy": "0.1 s, for vectors",
    "lancedb": "half a second, for the index",
    "psycopg": "the database's driver",
    "quart": "0.1 s, for pages",
    "hypercorn": "for serving",
    "openai": "half a second, for a provider's models",
    "pydantic": "FHIR's models and LanceDB's stand on it",
    "fhir": "a second, for imports",
    "trio_websocket": "for asking a server",
    "smarthealth.bootstrap": "loads all of the above that a server needs",
}
NOT_FOR_SERVING = {
    "lancedb": "half a second; loaded by the first use of the index, while the server accepts already",
    "pyarrow": "as LanceDB",
    "pydantic": "as LanceDB",
    "quart": "0.1 s; loaded by the first HTTP request",
    "flask": "as Quart",
    "jinja2": "as Quart",
    "werkzeug": "as Quart",
    "openai": "half a second; only where a provider is configured",
    "fhir": "a second; only imports check resources",
    "smarthealth.apps.records.importing": "only imports read FHIR",
    "smarthealth.apps.records.evaluation": "only evaluations make questions",
    "smarthealth.testing": "scripted peers are for tests",
    "locust": "for load tests",
}


def loaded_by(script: str) -> set[str]:
    """Names of the modules that a program has loaded at its end."""
    script = f"{script}\nimport sys; print(*sys.modules, file=sys.stderr)"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(ran.stderr.split())


def test_help_loads_little() -> None:
    """Help is quick: nothing that it does not show is loaded."""
    loaded = loaded_by("from smarthealth.cli.main import app; app(['--help'], standalone_mode=False)")
    assert "smarthealth.cli.main" in loaded
    assert loaded & NOT_FOR_HELP.keys() == set()


def test_a_server_loads_what_it_needs_to_accept() -> None:
    """Until a server accepts it loads nothing that only some of its work needs."""
    loaded = loaded_by("import smarthealth.cli.serve, smarthealth.cli.demo, smarthealth.bootstrap.serving")
    assert "smarthealth.bootstrap.tree" in loaded
    assert loaded & NOT_FOR_SERVING.keys() == set()


@pytest.fixture
def _thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("_thawed")
def test_what_is_loaded_is_not_looked_through_again() -> None:
    """What was loaded is out of the collector's sight, which goes on; a module that fails to load changes nothing."""
    gc.unfreeze()
    load("json.tool")
    assert gc.get_freeze_count() > 0
    assert gc.isenabled()
    assert "json.tool" in sys.modules
    with pytest.raises(ModuleNotFoundError):
        load("smarthealth.nothing")
    assert gc.isenabled()
