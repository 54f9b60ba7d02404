"""Writes the JSON schemas of model requests from the types of the providers' own SDKs.

    pip install openai==3.54.0 anthropic==2.12.0 google-genai==3.4.0
    python generate.py

The model server of the tests refuses what these schemas refuse. Objects are closed: a field that the SDK
does not have is an error. Left out: descriptions, and the fields of KEEP's types that Tandem never sends.
"""

import json
import pathlib
import re
from typing import List, Union

from anthropic import types as anthropic
from google.genai import types as gemini
from openai.types import chat
from pydantic import TypeAdapter
from typing_extensions import Literal, Required, TypedDict


class OpenAi(TypedDict, total=False):
    model: Required[str]
    messages: Required[List[Union[
        chat.ChatCompletionSystemMessageParam,
        chat.ChatCompletionUserMessageParam,
        chat.ChatCompletionAssistantMessageParam,
        chat.ChatCompletionToolMessageParam,
    ]]]
    stream: Required[Literal[True]]
    stream_options: chat.ChatCompletionStreamOptionsParam
    max_tokens: int
    max_completion_tokens: int
    tools: List[chat.ChatCompletionFunctionToolParam]
    reasoning_effort: chat.ChatCompletionReasoningEffort
    temperature: float


class Anthropic(TypedDict, total=False):
    model: Required[str]
    max_tokens: Required[int]
    messages: Required[List[anthropic.MessageParam]]
    stream: Required[Literal[True]]
    system: str
    tools: List[anthropic.ToolParam]
    thinking: anthropic.ThinkingConfigParam
    temperature: float


class Gemini(TypedDict, total=False):
    contents: Required[List[gemini.Content]]
    systemInstruction: gemini.Content
    tools: List[gemini.Tool]
    generationConfig: gemini.GenerationConfig


# Types of many fields, and those that Tandem sends.
KEEP = {
    "ChatCompletionSystemMessageParam": {"role", "content"},
    "ChatCompletionUserMessageParam": {"role", "content"},
    "ChatCompletionAssistantMessageParam": {"role", "content", "tool_calls"},
    "TextBlockParam": {"type", "text"},
    "ToolUseBlockParam": {"type", "id", "name", "input"},
    "ToolResultBlockParam": {"type", "tool_use_id", "content", "is_error"},
    "ToolParam": {"name", "description", "input_schema"},
    "Part": {"text", "thought", "functionCall", "functionResponse", "thoughtSignature"},
    "FunctionCall": {"id", "name", "args"},
    "FunctionResponse": {"id", "name", "response"},
    "FunctionDeclaration": {"name", "description", "parametersJsonSchema"},
    "Tool": {"functionDeclarations"},
    "GenerationConfig": {"maxOutputTokens", "temperature", "thinkingConfig"},
}
# Members of unions that Tandem never sends.
DROP = re.compile(
    "(ChatCompletionContentPart.*|File|ChatCompletionMessageCustomToolCallParam|SystemMessageParam"
    "|(Image|SearchResult|Document|ToolReference|BrowserState|Server|Web|Code|Bash|TextEditor|ToolSearch"
    "|Container|Encrypted).*|(Text|Thinking|RedactedThinking|ToolUse)Block)"
)


def is_kept(node):
    target = node.get("$ref", "").rsplit("/", 1)[-1] if isinstance(node, dict) else ""
    return not DROP.fullmatch(target)


def strip(node, name=""):
    if isinstance(node, list):
        return [strip(item) for item in node if is_kept(item)]
    if not isinstance(node, dict):
        return node
    out = {}
    for key, value in node.items():
        if key == "properties":
            fields = KEEP.get(name, value.keys())
            out[key] = {field: strip(it) for field, it in value.items() if field in fields}
        elif key == "$defs":
            out[key] = {type_name: strip(it, type_name) for type_name, it in value.items()}
        elif key not in ("description", "title", "default", "discriminator"):
            out[key] = strip(value)
    if out.get("anyOf") == []:
        return False
    if "properties" in out:
        out.setdefault("additionalProperties", False)
    return out


def prune(schema):
    """Removes definitions that nothing refers to."""
    while True:
        text = json.dumps(schema)
        unused = [it for it in schema.get("$defs", {}) if f'"#/$defs/{it}"' not in text]
        if not unused:
            return schema
        for name in unused:
            del schema["$defs"][name]


for name, root in (("openai", OpenAi), ("anthropic", Anthropic), ("gemini", Gemini)):
    schema = prune(strip(TypeAdapter(root).json_schema(by_alias=True)))
    text = json.dumps(schema, indent=1, sort_keys=True)
    pathlib.Path(__file__).with_name(f"{name}.json").write_text(text + "\n")
