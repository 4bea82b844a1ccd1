import pytest
from trio.testing import MockClock

from smarthealth.llm.port import ChatMessage, ChatRequest


@pytest.fixture
def patient_clock() -> MockClock:
    """Virtual time that moves on when nothing has happened for a moment, so that bytes under way on loopback arrive."""
    return MockClock(autojump_threshold=0.02)


@pytest.fixture
def request_() -> ChatRequest:
    """A question."""
    return ChatRequest(messages=(ChatMessage(role="user", content="uno dos tres"),))
