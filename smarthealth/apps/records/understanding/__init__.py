"""From the words of a question to what it asks."""

from .question import Ask, Exchange, Language, Operation, Question, Refusal
from .understand import understand

__all__ = ["Ask", "Exchange", "Language", "Operation", "Question", "Refusal", "understand"]
