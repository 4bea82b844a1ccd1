"""Language and embedding models behind ports."""

from smarthealth.llm.errors import ModelError, ModelProtocolError, ModelRefused, ModelStreamCut, ModelUnavailable
from smarthealth.llm.offline import Compose, OfflineChatModel, count_tokens
from smarthealth.llm.opening import open_chat_model, open_embedder, open_provider
from smarthealth.llm.port import (
    ChatEvent,
    ChatMessage,
    ChatModel,
    ChatRequest,
    Embedder,
    Finished,
    FinishReason,
    Role,
    TextDelta,
    Tool,
    ToolCall,
    ToolCallDelta,
    Usage,
)
from smarthealth.llm.settings import ModelSettings

__all__ = [
    "ChatEvent",
    "ChatMessage",
    "ChatModel",
    "ChatRequest",
    "Compose",
    "Embedder",
    "FinishReason",
    "Finished",
    "ModelError",
    "ModelProtocolError",
    "ModelRefused",
    "ModelSettings",
    "ModelStreamCut",
    "ModelUnavailable",
    "OfflineChatModel",
    "Role",
    "TextDelta",
    "Tool",
    "ToolCall",
    "ToolCallDelta",
    "Usage",
    "count_tokens",
    "open_chat_model",
    "open_embedder",
    "open_provider",
]
