"""Models that draw: a chat with one asks for a picture and gets it."""

from __future__ import annotations

import json
from dataclasses import replace

import providers
from providers import Finish, Image, Message, Operation, Prompt, Target, Text, Tool, Usage
from tests.providers.recorded import load, read, read_all

OPENAI = providers.get("openai")
WISHES = (Message("user", "A cat."), Message("assistant", "Which one?"), Message("user", "A blue one."))
PROMPT = Prompt("gpt-image-2", WISHES, "Pencil only.", 0.5, 99)


def test_a_request() -> None:
    exchange = OPENAI.chat(PROMPT)
    assert (exchange.method, exchange.path) == ("POST", "v1/images/generations")
    assert json.loads(exchange.body) == {
        "model": "gpt-image-2", "prompt": "Pencil only.\n\nA cat.\n\nA blue one.", "n": 1, "stream": True,
    }  # fmt: skip
    assert OPENAI.operation("POST", exchange.path, exchange.body) == Operation("image", "gpt-image-2", True)


def test_what_was_drawn_is_changed_by_what_is_said_next() -> None:
    drawn = Message("assistant", (Image(b"drawn"),))
    wish = Message("user", (Text("With this hat."), Image(b"hat", "image/webp")))
    prompt = replace(PROMPT, messages=(*WISHES, drawn, wish), system="")
    exchange = OPENAI.chat(prompt)
    assert exchange.path == "v1/images/edits" and OPENAI.lacks(prompt) == ()
    operation = OPENAI.operation("POST", exchange.path, exchange.body)
    assert (operation.name, operation.model) == ("image", "gpt-image-2")
    form = exchange.body.decode()
    assert exchange.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert 'name="prompt"\r\n\r\nWith this hat.\r\n' in form and 'name="stream"\r\n\r\ntrue' in form
    first, second = form.split('name="image[]"; ')[1:]
    assert first.startswith('filename="0.png"\r\nContent-Type: image/png\r\n\r\ndrawn')
    assert second.startswith('filename="1.webp"\r\nContent-Type: image/webp\r\n\r\nhat')
    assert OPENAI.lacks(replace(prompt, model="dall-e-3")) == ("images",)


def test_an_older_one_answers_at_once() -> None:
    body = json.loads(OPENAI.chat(replace(PROMPT, model="dall-e-3")).body)
    assert body["response_format"] == "b64_json" and "stream" not in body


def test_the_oldest_wishes_go_where_there_is_no_room() -> None:
    long = (Message("user", "x" * 40_000), Message("user", "Blue."))
    asked = json.loads(OPENAI.chat(replace(PROMPT, messages=long)).body)["prompt"]
    assert len(asked) == 32_000 and asked.endswith("x\n\nBlue.")


def test_a_deployment_of_azure_draws_as_well() -> None:
    for api, path in (("v1", "openai/v1/"), ("deployments", "openai/deployments/mine/")):
        azure = providers.get("azure").wire(Target("azure", "", api, options={"deployments": "mine=gpt-image-1.5"}))
        assert azure.chat(replace(PROMPT, model="mine")).path == f"{path}images/generations"


def test_it_can_do_nothing_else() -> None:
    assert OPENAI.lacks(replace(PROMPT, tools=(Tool("clock"),), seed=1)) == ("tools", "seed")


def test_an_answer() -> None:
    events, failure = read_all(OPENAI.reader(), [load("openai/image.sse")])
    picture, finish, usage = events
    assert failure is None and finish == Finish("stop")
    assert isinstance(picture, Image) and picture.media_type == "image/png" and picture.data.endswith(b"IEND\xaeB`\x82")
    assert isinstance(usage, Usage) and (usage.input_tokens, usage.output_tokens) == (12, 1056)


def test_a_whole_answer() -> None:
    events, failure = read("openai/image.json")
    assert failure is None
    picture, finish = events
    assert isinstance(picture, Image) and picture.media_type == "image/webp" and finish == Finish("stop")


def test_an_answer_with_an_address_alone() -> None:
    body = b'{"created": 1, "data": [{"url": "https://files.example/a.png", "revised_prompt": "A cat"}]}'
    events, failure = read_all(OPENAI.reader(), [body])
    assert (events, failure) == ([Text("\n\n![](https://files.example/a.png)\n"), Finish("stop")], None)


def test_they_stand_last_in_the_list() -> None:
    names = ("gpt-image-2", "dall-e-3", "chatgpt-image-latest", "gpt-5.6-sol", "text-embedding-3-small")
    models = OPENAI.read_models(json.dumps({"data": [{"id": name} for name in names]}).encode())
    assert [(model.id, model.draws, model.images) for model in models] == [
        ("gpt-5.6-sol", None, None), ("chatgpt-image-latest", True, True), ("dall-e-3", True, False),
        ("gpt-image-2", True, True),
    ]  # fmt: skip
