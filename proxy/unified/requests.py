"""What a caller may send: OpenAI's chat completions, as far as every provider can be told it.

https://platform.openai.com/docs/api-reference/chat/create
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from providers import Effort

Positive = Annotated[int, Meta(ge=1)]


class TextPart(Struct, tag_field="type", tag="text", forbid_unknown_fields=True):
    """Words."""

    text: str
    cache_control: Any = None  # a hint for one provider; adapters have their own ways


class RefusalPart(Struct, tag_field="type", tag="refusal", forbid_unknown_fields=True):
    """Words with which a model declined."""

    refusal: str


class Address(Struct, forbid_unknown_fields=True):
    """Where a picture is, or the picture itself (`data:`)."""

    url: str
    detail: Any = None  # how closely to look is left to the provider


class ImagePart(Struct, tag_field="type", tag="image_url", forbid_unknown_fields=True):
    """A picture."""

    image_url: Address
    index: Any = None  # where an answer of ours is given back
    cache_control: Any = None


class File(Struct, forbid_unknown_fields=True):
    """A file: its bytes as a `data:` URL, or an id that one provider alone knows."""

    file_data: str | None = None
    filename: str | None = None
    file_id: str | None = None


class FilePart(Struct, tag_field="type", tag="file", forbid_unknown_fields=True):
    """A file for the model to read."""

    file: File
    cache_control: Any = None


class AudioPart(Struct, tag_field="type", tag="input_audio"):
    """Sound, which is refused by name."""


Part = TextPart | RefusalPart | ImagePart | FilePart | AudioPart
Content = str | list[Part] | None


class Function(Struct, forbid_unknown_fields=True):
    """Which function is called, and with which arguments (JSON text)."""

    name: str
    arguments: str = "{}"


class CallMade(Struct, tag_field="type", tag="function", forbid_unknown_fields=True):
    """A tool that the model called. `extra_content` carries Gemini's signature of it."""

    id: str
    function: Function
    extra_content: dict[str, Any] | None = None
    index: Any = None


class Detail(Struct):
    """A piece of reasoning as it was told in an answer: text with its signature, or what the provider hides."""

    type: str = ""
    text: str | None = None
    signature: str | None = None
    data: str | None = None


class SystemTurn(Struct, tag_field="role", tag="system", forbid_unknown_fields=True):
    """What holds for the whole conversation."""

    content: Content
    name: Any = None


class DeveloperTurn(SystemTurn, tag="developer", forbid_unknown_fields=True):
    """The same under its newer name."""


class UserTurn(Struct, tag_field="role", tag="user", forbid_unknown_fields=True):
    """What the user says."""

    content: Content
    name: Any = None


class AssistantTurn(Struct, tag_field="role", tag="assistant", forbid_unknown_fields=True):
    """What the model said before; all that an answer of ours holds may be given back."""

    content: Content = None
    tool_calls: list[CallMade] | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    reasoning_details: list[Detail] | None = None
    images: list[ImagePart] | None = None
    name: Any = None
    annotations: Any = None
    audio: None = None
    function_call: None = None
    prefix: Any = None
    cache_control: Any = None


class ToolTurn(Struct, tag_field="role", tag="tool", forbid_unknown_fields=True):
    """What a tool answered."""

    tool_call_id: str
    content: Content
    name: Any = None


Turn = SystemTurn | DeveloperTurn | UserTurn | AssistantTurn | ToolTurn


class Declared(Struct, forbid_unknown_fields=True):
    """A function that the model may call."""

    name: str
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class Tool(Struct, tag_field="type", tag="function", forbid_unknown_fields=True):
    """A tool; there are only functions."""

    function: Declared
    cache_control: Any = None


class Named(Struct, forbid_unknown_fields=True):
    """A function by its name."""

    name: str


class Choice(Struct, tag_field="type", tag="function", forbid_unknown_fields=True):
    """The one tool that shall be called."""

    function: Named


class Plain(Struct, tag_field="type", tag="text", forbid_unknown_fields=True):
    """An answer in words."""


class AnyObject(Struct, tag_field="type", tag="json_object", forbid_unknown_fields=True):
    """An answer that is a JSON object."""


class Schema(Struct, forbid_unknown_fields=True):
    """What such an object shall look like."""

    name: str = "answer"
    description: str | None = None
    schema: dict[str, Any] | None = None
    strict: bool | None = None


class Fitting(Struct, tag_field="type", tag="json_schema", forbid_unknown_fields=True):
    """An answer that fits a schema."""

    json_schema: Schema


class Reasoning(Struct, forbid_unknown_fields=True):
    """How hard to think, in OpenRouter's words."""

    effort: Effort | None = None


class StreamOptions(Struct, forbid_unknown_fields=True):
    """Whether a stream ends with the usage."""

    include_usage: bool | None = None
    include_obfuscation: Any = None


class Request(Struct):
    """A chat completion that is asked for."""

    model: str
    messages: Annotated[list[Turn], Meta(min_length=1)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    temperature: float | None = None
    max_tokens: Positive | None = None
    max_completion_tokens: Positive | None = None
    top_p: float | None = None
    stop: str | list[str] | None = None
    seed: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    tools: list[Tool] | None = field(default=None)
    tool_choice: Literal["auto", "none", "required"] | Choice | None = None
    parallel_tool_calls: bool | None = None
    response_format: Plain | AnyObject | Fitting | None = None
    reasoning_effort: Effort | None = None
    reasoning: Reasoning | None = None
