"""The AsyncAPI 3 document of the WebSocket of live workouts, from the models that the service itself uses."""

from collections.abc import Iterator
from typing import Any, Final, get_args

from pydantic import BaseModel

from local.contracts.models import ContractError, Document, Models, Wanted
from local.contracts.openapi import VERSION
from telemetry.live.messages import ClientMessage, ServerMessage

ANSWERS: Final = {
    "start": "session",
    "pause": "session",
    "resume": "session",
    "stop": "session",
    "discard": "session",
    "state": "session",
    "samples": "samples",
    "watch": "watching",
    "ping": "pong",
}
"""What a message is answered with, unless with an `error`."""
DESCRIPTION: Final = """Connect with the access token: `Authorization: Bearer …`, or `?token=…` where headers cannot be
sent; or with the token of a share link, `?share_token=…`, which only watches. A refused connection is a 403.

Every message may be sent again after a broken connection: nothing is done or counted twice. An answer carries the
`request_id` of what it answers. What was not answered is not kept. `docs/live-protocol.md` tells the story."""


def wanted() -> Iterator[Wanted]:
    """By the message's name."""
    yield from ((name, "sent", model) for name, model in kinds(ClientMessage).items())
    yield from ((name, "shown", model) for name, model in kinds(ServerMessage).items())


def document(models: Models) -> Document:
    sent, received = kinds(ClientMessage), kinds(ServerMessage)
    messages = {
        name: {"name": name, "summary": words(model), "payload": models.by_key[name]}
        for name, model in {**sent, **received}.items()
    }
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Stadion live", "version": VERSION, "description": DESCRIPTION},
        "servers": {
            "aws": {"host": "{api}.execute-api.{region}.amazonaws.com", "pathname": "/live", "protocol": "wss",
                    "variables": {"api": {"description": "the output SocketApiId"}, "region": {}}},
        },
        "channels": {
            "live": {
                "address": "/",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in [*sent, *received]},
            }
        },
        "operations": {**_operations(sent, received), **_pushes(received)},
        "components": {
            "messages": messages,
            "schemas": models.behind(messages),
        },
    }  # fmt: skip


def kinds(union: Any) -> dict[str, type[BaseModel]]:
    """The members of a union by the value of `action` or `type`; what clients send is marked `send.`."""
    members = get_args(union)
    if members and get_args(members[0]):  # Annotated[A | B, …]
        members = get_args(members[0])
    return dict(sorted((name_of(model), model) for model in members))


def name_of(model: type[BaseModel]) -> str:
    fields = model.model_fields
    if "action" in fields:
        return f"send.{get_args(fields['action'].annotation)[0]}"
    return f"receive.{fields['type'].default}"


def words(model: type[BaseModel]) -> str:
    return " ".join((model.__doc__ or model.__name__).split())


def _operations(sent: dict[str, Any], received: dict[str, Any]) -> Document:
    """A client's messages, seen from the service, which receives them."""
    found: Document = {}
    for name in sent:
        action = name.removeprefix("send.")
        replies = [f"receive.{ANSWERS[action]}", "receive.error"]
        if missing := [reply for reply in replies if reply not in received]:
            raise ContractError(f"{name} is answered with {missing[0]}, which no message is: say it in ANSWERS")
        found[action] = {
            "action": "receive",
            "channel": {"$ref": "#/channels/live"},
            "messages": [{"$ref": f"#/channels/live/messages/{name}"}],
            "reply": {
                "channel": {"$ref": "#/channels/live"},
                "messages": [{"$ref": f"#/channels/live/messages/{reply}"} for reply in replies],
            },
        }
    return found


def _pushes(received: dict[str, Any]) -> Document:
    """What comes without being asked for."""
    answered = {f"receive.{answer}" for answer in ANSWERS.values()} | {"receive.error"}
    return {
        name.removeprefix("receive."): {
            "action": "send",
            "channel": {"$ref": "#/channels/live"},
            "messages": [{"$ref": f"#/channels/live/messages/{name}"}],
        }
        for name in received
        if name not in answered
    }
