"""A model for LiteLLM's proxy: calls a tool, and then says what the tool did."""

import json

from litellm import CustomLLM


def text(message):
    content = message.get("content") or ""
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def chunk(text="", call=None, finish_reason=""):
    return {
        "text": text,
        "tool_use": call,
        "is_finished": bool(finish_reason),
        "finish_reason": finish_reason,
        "index": 0,
        "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10} if finish_reason else None,
    }


def call(arguments, name=None):
    return {
        "id": "call_journey" if name else None,
        "type": "function",
        "function": {"name": name, "arguments": arguments},
        "index": 0,
    }


class Steps(CustomLLM):
    async def astreaming(self, *args, messages=(), **kwargs):
        newest = messages[-1]
        if newest["role"] == "tool":
            result = json.loads(text(newest))
            titles = [task["title"] for task in result.get("tasks", [])] or [result.get("title", "nothing")]
            verb = "Added" if result["status"] == "created" else "There is"
            yield chunk(f"{verb} ")
            yield chunk(", ".join(titles))
            yield chunk(finish_reason="stop")
            return
        command, _, rest = text(newest).partition(" ")
        if command == "add":
            # The arguments in two pieces.
            whole = json.dumps({"title": rest})
            yield chunk(call=call(whole[:5], "add_task"))
            yield chunk(call=call(whole[5:]))
        else:
            yield chunk(call=call("{}", "list_tasks"))
        yield chunk(finish_reason="tool_calls")


steps = Steps()
