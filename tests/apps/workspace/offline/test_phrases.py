import re
from typing import get_args

from smarthealth.apps.workspace.offline.phrases import VERBS, Intent


def test_every_intent_has_words_in_both_languages() -> None:
    """Nothing can be asked for in one language alone; a folder is asked for by the words for writing."""
    for language in ("es", "en"):
        assert {intent for intent, spoken, _ in VERBS if spoken == language} == set(get_args(Intent)) - {"folder"}


def test_words_are_patterns() -> None:
    """Each of them, and none matches nothing at all."""
    for _, _, pattern in VERBS:
        assert re.compile(pattern, re.IGNORECASE).match("") is None
