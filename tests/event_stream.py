"""What Bedrock says: binary messages of AWS's event stream, for the fake upstream and for the recordings."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any
from zlib import crc32

from tests.wire import CACHED, INPUT, SEALED, SIGNATURE, Plan, dump

MEDIA_TYPE = "application/vnd.amazon.eventstream"
EXCEPTIONS = {
    400: "ValidationException", 401: "UnrecognizedClientException", 403: "AccessDeniedException",
    404: "ResourceNotFoundException", 408: "ModelTimeoutException", 424: "ModelErrorException",
    429: "ThrottlingException", 500: "InternalServerException", 503: "ServiceUnavailableException",
}  # fmt: skip
TEXT = 7  # the type of a header's value


def header(name: str, value: str) -> bytes:
    """One header that is a text."""
    told, said = name.encode(), value.encode()
    return bytes([len(told)]) + told + bytes([TEXT]) + len(said).to_bytes(2) + said


def framed(headers: bytes, payload: bytes) -> bytes:
    """A message with its lengths and checksums."""
    lengths = (16 + len(headers) + len(payload)).to_bytes(4) + len(headers).to_bytes(4)
    begun = lengths + crc32(lengths).to_bytes(4) + headers + payload
    return begun + crc32(begun).to_bytes(4)


def message(headers: dict[str, str], payload: Any = None) -> bytes:
    """A message whose payload is JSON."""
    block = b"".join(header(name, value) for name, value in headers.items())
    return framed(block, b"" if payload is None else dump(payload).encode())


def event(name: str, payload: Any) -> bytes:
    """One event, with its headers in the order in which Bedrock has them."""
    return message({":event-type": name, ":content-type": "application/json", ":message-type": "event"}, payload)


def exception(name: str, text: str) -> bytes:
    """One exception, such as `throttlingException`."""
    headers = {":exception-type": name, ":content-type": "application/json", ":message-type": "exception"}
    return message(headers, {"message": text})


def chunk(document: dict[str, Any]) -> bytes:
    """One event of InvokeModelWithResponseStream: what the model itself says, packed up."""
    return event("chunk", {"bytes": base64.b64encode(dump(document).encode()).decode(), "p": "abcdefgh"})


def usage(plan: Plan) -> dict[str, Any]:
    """The counts that every answer reports: the input leaves out the cache."""
    return {
        "inputTokens": INPUT - CACHED,
        "outputTokens": plan.chunks,
        "totalTokens": INPUT + plan.chunks,
        "cacheReadInputTokens": CACHED,
        "cacheWriteInputTokens": 0,
    }


def converse_stream(plan: Plan) -> Iterator[bytes]:
    """ConverseStream."""
    yield event("messageStart", {"role": "assistant", "p": "abc"})
    yield from thoughts() if plan.thinks else ()
    for number in range(plan.tools):
        start = {"toolUse": {"toolUseId": f"tooluse_{number}", "name": "look"}}
        yield event("contentBlockStart", {"contentBlockIndex": number, "start": start})
        for piece in ('{"at"', ':"x"}'):
            yield event("contentBlockDelta", {"contentBlockIndex": number, "delta": {"toolUse": {"input": piece}}})
        yield event("contentBlockStop", {"contentBlockIndex": number})
    for text in [] if plan.tools else plan.texts():
        yield event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": text}, "p": "abcdef"})
    if not plan.tools:
        yield event("contentBlockStop", {"contentBlockIndex": 0})
    yield event("messageStop", {"stopReason": "tool_use" if plan.tools else "end_turn"})
    yield event("metadata", {"usage": usage(plan), "metrics": {"latencyMs": 12}})


def thoughts() -> Iterator[bytes]:
    """Sealed and signed reasoning, each in a block of its own."""
    sealed = {"redactedContent": base64.b64encode(SEALED.encode()).decode()}
    for index, deltas in ((8, [sealed]), (9, [{"text": "Let me "}, {"text": "see."}, {"signature": SIGNATURE}])):
        for delta in deltas:
            yield event("contentBlockDelta", {"contentBlockIndex": index, "delta": {"reasoningContent": delta}})
        yield event("contentBlockStop", {"contentBlockIndex": index})


def converse(plan: Plan) -> dict[str, Any]:
    """Converse."""
    calls = [
        {"toolUse": {"toolUseId": f"tooluse_{n}", "name": "look", "input": {"at": "x"}}} for n in range(plan.tools)
    ]
    return {
        "output": {"message": {"role": "assistant", "content": calls or [{"text": "".join(plan.texts())}]}},
        "stopReason": "tool_use" if plan.tools else "end_turn",
        "usage": usage(plan),
        "metrics": {"latencyMs": 12},
    }


def invoke_stream(plan: Plan) -> Iterator[bytes]:
    """InvokeModelWithResponseStream of a Claude."""
    counts = {"input_tokens": INPUT - CACHED, "cache_read_input_tokens": CACHED, "output_tokens": 1}
    yield chunk({"type": "message_start", "message": {"model": "said-model", "usage": counts}})
    for text in plan.texts():
        yield chunk({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}})
    yield chunk({"type": "message_delta", "delta": {}, "usage": {"output_tokens": plan.chunks}})
    metrics = {"inputTokenCount": INPUT - CACHED, "outputTokenCount": plan.chunks, "invocationLatency": 12}
    yield chunk({"type": "message_stop", "amazon-bedrock-invocationMetrics": metrics})


def models() -> dict[str, Any]:
    """ListFoundationModels."""
    model = {"modelId": "said-model", "modelName": "Said", "providerName": "Us", "outputModalities": ["TEXT"]}
    kinds = {"inputModalities": ["TEXT", "IMAGE"], "inferenceTypesSupported": ["ON_DEMAND"]}
    return {"modelSummaries": [{**model, **kinds, "responseStreamingSupported": True}]}


def profiles() -> dict[str, Any]:
    """ListInferenceProfiles."""
    behind = [{"modelArn": "arn:aws:bedrock:us-east-1::foundation-model/other-model"}]
    profile = {"inferenceProfileId": "us.other-model", "inferenceProfileName": "US Other", "models": behind}
    return {"inferenceProfileSummaries": [{**profile, "status": "ACTIVE", "type": "SYSTEM_DEFINED"}]}


def complaint(status: int, text: str) -> tuple[dict[str, str], bytes]:
    """An error answer: the header that names it, and its body."""
    name = EXCEPTIONS.get(status, "InternalServerException")
    headers = {"x-amzn-errortype": f"{name}:http://internal.amazon.com/coral/com.amazon.bedrock/"}
    return headers, json.dumps({"message": text}).encode()
