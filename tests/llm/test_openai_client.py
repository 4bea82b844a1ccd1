import json
from email.utils import formatdate

import httpx2
import openai
import pytest

from smarthealth.llm.errors import ModelError, ModelRefused, ModelUnavailable
from smarthealth.llm.openai_client import open_openai, retry_after, translated
from smarthealth.llm.settings import ModelSettings
from smarthealth.testing.http import Exchange, open_http_server

NOW = 1_733_653_800.0
REQUEST = httpx2.Request("POST", "http://localhost/v1/chat/completions")


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after-ms": "250", "retry-after": "3"}, 0.25),
        ({"retry-after": formatdate(NOW + 30, usegmt=True)}, 30.0),
        ({"retry-after": formatdate(NOW - 30, usegmt=True)}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after-ms": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, float("inf")),
    ],
)
def test_the_wait_that_a_response_asks_for_is_read(headers: dict[str, str], wait: float | None) -> None:
    """Seconds, milliseconds or a date; what cannot be read asks for nothing."""
    assert retry_after(headers, NOW) == wait


def _status(status: int, body: object = None, **headers: str) -> openai.APIStatusError:
    response = httpx2.Response(status, request=REQUEST, headers=headers)
    return openai.APIStatusError("words that quote a prompt", response=response, body=body)


@pytest.mark.parametrize(
    ("error", "kind", "status", "code", "wait"),
    [
        (_status(429, {"code": "rate_limit_exceeded"}, **{"retry-after": "2"}), ModelUnavailable, 429, "rate_limit_exceeded", 2),
        (_status(429, {"code": "insufficient_quota"}), ModelRefused, 429, "insufficient_quota", None),
        (_status(500), ModelUnavailable, 500, None, None),
        (_status(503, {"type": "overloaded"}), ModelUnavailable, 503, "overloaded", None),
        (_status(408), ModelUnavailable, 408, None, None),
        (_status(400, {"code": "Laura Morales"}), ModelRefused, 400, None, None),
        (_status(401, {"code": "invalid_api_key"}), ModelRefused, 401, "invalid_api_key", None),
        (_status(404), ModelRefused, 404, None, None),
        (openai.APITimeoutError(REQUEST), ModelUnavailable, None, "APITimeoutError", None),
        (openai.APIConnectionError(request=REQUEST), ModelUnavailable, None, "APIConnectionError", None),
        (httpx2.ReadError("x"), ModelUnavailable, None, "ReadError", None),
        (openai.OpenAIError("x"), ModelRefused, None, "OpenAIError", None),
    ],
)  # fmt: skip
def test_exceptions_of_the_sdk_become_ours(
    error: Exception, kind: type[ModelError], status: int | None, code: str | None, wait: float | None
) -> None:
    """Status, code and wait are kept; the provider's words are not, nor the exception that holds them."""
    with pytest.raises(ModelError) as raised, translated():
        raise error
    assert type(raised.value) is kind
    assert (raised.value.status, raised.value.code, raised.value.retry_after) == (status, code, wait)
    assert raised.value.__suppress_context__
    assert "quote" not in str(raised.value)


def test_other_exceptions_pass() -> None:
    """A mistake of ours is not dressed up as the provider's."""
    with pytest.raises(KeyError), translated():
        raise KeyError("x")


async def test_a_client_is_configured_by_the_settings() -> None:
    """Timeouts and addresses are ours, retries are off, and nothing is connected before it is needed."""
    settings = ModelSettings(base_url="http://localhost:1/v1", connect_timeout=1.0, read_timeout=2.0)
    async with open_openai(settings) as client:
        assert client.max_retries == 0
        assert str(client.base_url) == "http://localhost:1/v1/"
        assert client.timeout == httpx2.Timeout(2.0, connect=1.0)
    async with open_openai(ModelSettings(api_key="sk-1")) as client:
        assert client.api_key == "sk-1"
        assert str(client.base_url) == "https://api.openai.com/v1/"
    assert client.is_closed()


async def test_a_body_is_posted_with_what_the_sdk_always_sends() -> None:
    """The key, the SDK's name and the headers asked for; the answer is there once its head is."""

    async def handle(exchange: Exchange) -> None:
        seen.update(exchange.headers | {"path": exchange.path, "body": exchange.body.decode()})
        await exchange.respond(200, {"data": []})

    seen: dict[str, str] = {}
    async with (
        open_http_server(handle) as url,
        open_openai(ModelSettings(base_url=f"{url}/v1", api_key="sk-1")) as client,
    ):
        endpoint = client.endpoint("embeddings", {"Accept-Encoding": "identity"})
        for text in ("año", "otro año"):
            response = await endpoint.post({"input": text})
            assert await response.aread() == b'{"data": []}'
            await response.aclose()
            assert json.loads(seen["body"]) == {"input": text}
    assert seen["path"] == "/v1/embeddings"
    assert (seen["authorization"], seen["content-type"]) == ("Bearer sk-1", "application/json")
    assert seen["user-agent"].startswith("AsyncOpenAI")
    assert seen["accept-encoding"] == "identity"
    assert seen["host"] == url.removeprefix("http://")


async def test_redirects_and_passwords_go_the_library_s_way() -> None:
    """A body follows to where it is sent on; a password in the address is told."""

    async def handle(exchange: Exchange) -> None:
        if exchange.path == "/v1/embeddings":
            await exchange.respond(307, None, {"location": "/v2/embeddings"})
            return
        seen.update(exchange.headers | {"path": exchange.path, "body": exchange.body.decode()})
        await exchange.respond(200, {"data": []})

    seen: dict[str, str] = {}
    async with open_http_server(handle) as url:
        with_password = url.replace("//", "//laura:secret@")
        async with open_openai(ModelSettings(base_url=f"{with_password}/v1")) as client:
            response = await client.endpoint("embeddings").post({"input": "año"})
            await response.aclose()
    assert (seen["path"], json.loads(seen["body"])) == ("/v2/embeddings", {"input": "año"})
    assert seen["authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    ("told", "code", "param"),
    [
        ({"error": {"code": "unknown_parameter", "param": "temperature"}}, "unknown_parameter", "temperature"),
        ({"code": "context_length_exceeded"}, "context_length_exceeded", None),
        ({"error": "no object"}, None, None),
        (["no", "object"], None, None),
    ],
)
async def test_a_refusal_is_the_sdk_s_exception(told: object, code: str | None, param: str | None) -> None:
    """With its status, its headers, and the code and parameter where its body tells them."""

    async def handle(exchange: Exchange) -> None:
        await exchange.respond(400, told, {"retry-after": "3"})

    async with open_http_server(handle) as url, open_openai(ModelSettings(base_url=url)) as client:
        with pytest.raises(openai.APIStatusError) as raised:
            await client.endpoint("embeddings").post({})
    error = raised.value
    assert (error.status_code, error.code, error.param) == (400, code, param)
    assert error.response.headers["retry-after"] == "3"
    assert error.response.is_closed
