"""Whether a message asks for something, or only tells what is so: by its marks, and by the words that its sentences begin with."""

from __future__ import annotations

import re
from typing import Final

from smarthealth.retrieval.words import fold

_OPENING: Final = r"(?:(?:and|so|then|also|but|now|ok|please|hi|hello|hey|well|y|entonces|pero|ahora|bueno|hola|oiga|por favor|a|at|in|on|to|up to|for|with|by|en|de|con|para|por|desde|hasta)[\s,]+)*"
_ASKING: Final = (
    r"(?:what|what's|whats|which|who|whose|where|when (?:is|are|do|does|did|can|could|must|should|will|may)|why|how|is|are|does|do|did|can|could|should|may|must|will|would|has|have you|"
    r"tell|give|show|explain|need to know|i (?:need|want|would like) to know|i'd like to know|wondering|meaning of|any idea|"
    r"que|cual|cuales|quien|quienes|donde|cuando (?:es|son|se|toca|puedo|debo|hay)|por que|cuanto|cuanta|cuantos|cuantas|como (?:se|es|hago|puedo|le|lo|la|cambio|pongo)|"
    r"puedo|puede|pueden|podria|debo|se puede|hay que|toca|es|son|tiene|trae|lleva|sirve|digame|dime|deme|dame|me dice|me dices|explique\w*|explica|muestre\w*|"
    r"quiero saber|quisiera saber|necesito saber)\b"
)
_QUESTION: Final = re.compile(rf"\?|¿|(?:^|[.!;:]\s)\W*{_OPENING}{_ASKING}")


def asks(text: str) -> bool:
    """Whether somebody wants to know something."""
    return _QUESTION.search(fold(text)) is not None
