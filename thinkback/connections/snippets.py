"""A first call through the proxy, ready to copy: with the SDK of the provider, with curl, from a web page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import quote

MODELS = {  # when none is known
    "openai": "gpt-4.1-mini", "anthropic": "claude-haiku-4-5", "google": "gemini-2.5-flash", "ollama": "qwen3",
    "bedrock": "amazon.nova-lite-v1:0",
    "vertex": "gemini-2.5-flash",
}  # fmt: skip
VARIABLE = "THINKBACK_TOKEN"


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of code: `id` for its place on the page, `title`, the language's name, the text."""

    id: str
    title: str
    language: str
    code: str


@dataclass(frozen=True, slots=True)
class Wire:
    """How a shape is called over plain HTTP: path behind the proxy's root, body, and the header of the token."""

    path: str
    body: dict[str, object]
    header: str
    prefix: str = ""


def base_url(root: str, shape: str) -> str:
    """What the SDK of this shape takes as its base URL; `root` is `<site>/api/proxy/<slug>`."""
    return f"{root}/v1" if shape == "openai" else root


def snippets(root: str, shape: str, model: str) -> list[Snippet]:
    """The snippets for one configuration whose service speaks the given shape."""
    model = model or MODELS.get(shape, MODELS["openai"])
    sdks = {"anthropic": _anthropic, "google": _google, "ollama": _ollama, "bedrock": _bedrock, "vertex": _vertex}
    python = sdks.get(shape, _openai)(base_url(root, shape), model)
    wire = wire_of(shape, model)
    return [
        python,
        Snippet("curl", "curl", "Shell", _curl(f"{root}/{wire.path}", wire)),
        Snippet("fetch", "fetch", "JavaScript", _fetch(f"{root}/{wire.path}", wire)),
    ]


def wire_of(shape: str, model: str) -> Wire:
    """A small chat request in the wire format of one shape."""
    turn = [{"role": "user", "content": "Say hello."}]
    if shape == "anthropic":
        return Wire("v1/messages", {"model": model, "max_tokens": 100, "messages": turn}, "x-api-key")
    if shape == "google":
        body: dict[str, object] = {"contents": [{"parts": [{"text": "Say hello."}]}]}
        return Wire(f"v1beta/models/{quote(model)}:generateContent", body, "x-goog-api-key")
    if shape == "ollama":
        return Wire("api/chat", {"model": model, "messages": turn, "stream": False}, "Authorization", "Bearer ")
    if shape == "bedrock":
        said: dict[str, object] = {"messages": [{"role": "user", "content": [{"text": "Say hello."}]}]}
        return Wire(f"model/{quote(model, safe='')}/converse", said, "Authorization", "Bearer ")
    if shape == "vertex":
        return _vertex_wire(model)
    return Wire("v1/chat/completions", {"model": model, "messages": turn}, "Authorization", "Bearer ")


def _vertex_wire(model: str) -> Wire:
    """Project and location are put in on the way."""
    user = {"role": "user"}
    if "claude" in model:
        said: dict[str, object] = {"anthropic_version": "vertex-2023-10-16", "max_tokens": 100}
        said["messages"] = [{**user, "content": "Say hello."}]
        return Wire(f"v1/publishers/anthropic/models/{quote(model, safe='@')}:rawPredict", said, "x-goog-api-key")
    asked: dict[str, object] = {"contents": [{**user, "parts": [{"text": "Say hello."}]}]}
    return Wire(f"v1/publishers/google/models/{quote(model)}:generateContent", asked, "x-goog-api-key")


def _openai(base: str, model: str) -> Snippet:
    code = f"""import os
from openai import OpenAI

client = OpenAI(
    base_url={_text(base)},
    api_key=os.environ["{VARIABLE}"],
)
answer = client.chat.completions.create(
    model={_text(model)},
    messages=[{{"role": "user", "content": "Say hello."}}],
)
print(answer.choices[0].message.content)"""
    return Snippet("sdk", "openai", "Python", code)


def _anthropic(base: str, model: str) -> Snippet:
    code = f"""import os
from anthropic import Anthropic

client = Anthropic(
    base_url={_text(base)},
    api_key=os.environ["{VARIABLE}"],
)
answer = client.messages.create(
    model={_text(model)},
    max_tokens=100,
    messages=[{{"role": "user", "content": "Say hello."}}],
)
print(answer.content[0].text)"""
    return Snippet("sdk", "anthropic", "Python", code)


def _google(base: str, model: str) -> Snippet:
    code = f"""import os
from google import genai

client = genai.Client(
    api_key=os.environ["{VARIABLE}"],
    http_options={{"base_url": {_text(base)}}},
)
answer = client.models.generate_content(
    model={_text(model)},
    contents="Say hello.",
)
print(answer.text)"""
    return Snippet("sdk", "google-genai", "Python", code)


def _vertex(base: str, model: str) -> Snippet:
    if "claude" in model:
        return _claude_of_vertex(base, model)
    code = f"""import os
from google import genai

client = genai.Client(
    vertexai=True,
    api_key=os.environ["{VARIABLE}"],
    http_options={{"base_url": {_text(base)}}},
)
answer = client.models.generate_content(
    model={_text(model)},
    contents="Say hello.",
)
print(answer.text)"""
    return Snippet("sdk", "google-genai", "Python", code)


def _claude_of_vertex(base: str, model: str) -> Snippet:
    code = f"""import os
from anthropic import AnthropicVertex

# The hyphens stand for the project and the location of this configuration.
client = AnthropicVertex(
    base_url={_text(base)},
    access_token=os.environ["{VARIABLE}"],
    project_id="-",
    region="-",
)
answer = client.messages.create(
    model={_text(model)},
    max_tokens=100,
    messages=[{{"role": "user", "content": "Say hello."}}],
)
print(answer.content[0].text)"""
    return Snippet("sdk", "anthropic[vertex]", "Python", code)


def _ollama(base: str, model: str) -> Snippet:
    code = f"""import os
from ollama import Client

client = Client(
    host={_text(base)},
    headers={{"Authorization": "Bearer " + os.environ["{VARIABLE}"]}},
)
answer = client.chat(
    model={_text(model)},
    messages=[{{"role": "user", "content": "Say hello."}}],
)
print(answer.message.content)"""
    return Snippet("sdk", "ollama", "Python", code)


def _bedrock(base: str, model: str) -> Snippet:
    code = f"""import os
import boto3

client = boto3.client(
    "bedrock-runtime",
    region_name="us-east-1",
    endpoint_url={_text(base)},
    aws_access_key_id=os.environ["{VARIABLE}"],
    aws_secret_access_key="unused",
)
answer = client.converse(
    modelId={_text(model)},
    messages=[{{"role": "user", "content": [{{"text": "Say hello."}}]}}],
)
print(answer["output"]["message"]["content"][0]["text"])"""
    return Snippet("sdk", "boto3", "Python", code)


def _curl(url: str, wire: Wire) -> str:
    body = _lines(wire.body).replace("'", "'\\''")
    return f"""curl '{url}' \\
  -H "{wire.header}: {wire.prefix}${VARIABLE}" \\
  -H 'Content-Type: application/json' \\
  -d '{body}'"""


def _fetch(url: str, wire: Wire) -> str:
    body = _lines(wire.body).replace("\n", "\n  ")
    return f"""const answer = await fetch({_text(url)}, {{
  method: "POST",
  headers: {{ "{wire.header}": `{wire.prefix}${{token}}`, "Content-Type": "application/json" }},
  body: JSON.stringify({body}),
}});
console.log(await answer.json());"""


def _lines(body: dict[str, object]) -> str:
    """JSON with a line for each key."""
    return "{\n" + ",\n".join(f"  {_text(name)}: {_text(value)}" for name, value in body.items()) + "\n}"


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
