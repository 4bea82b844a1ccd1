"""Loading LanceDB."""

from __future__ import annotations

import subprocess
import sys

from smarthealth.retrieval.lancedb_loading import load_lancedb


def run(script: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_it_is_lancedb() -> None:
    """What is loaded is the module itself, once and again."""
    assert load_lancedb() is load_lancedb() is sys.modules["lancedb"]


def test_functions_of_the_rest_client_are_not_built() -> None:
    """A local index does without the REST client's API modules."""
    script = "import sys; from smarthealth.retrieval.lancedb_loading import load_lancedb; load_lancedb(); print({!r} in sys.modules)"
    assert run(script.format("lance_namespace_urllib3_client.api")) == "False"


def test_the_rest_client_is_whole_for_who_asks() -> None:
    """Whoever uses the REST client's root gets what it always held."""
    script = (
        "from smarthealth.retrieval.lancedb_loading import load_lancedb; load_lancedb();"
        "import lance_namespace_urllib3_client as client; print(client.ApiClient.__name__, hasattr(client, 'nothing'))"
    )
    assert run(script) == "ApiClient False"


def test_a_client_that_is_loaded_already_stays() -> None:
    """A program that has loaded the REST client keeps it."""
    script = (
        "import lance_namespace_urllib3_client as client;"
        "from smarthealth.retrieval.lancedb_loading import load_lancedb; load_lancedb();"
        "import sys; print(sys.modules['lance_namespace_urllib3_client'] is client)"
    )
    assert run(script) == "True"
