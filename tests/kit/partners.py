"""A partner of the deployed stack, made by the commands of an admin."""

import json
from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

import httpx
from typer.testing import CliRunner

from local.demo import client
from local.demo.client import Athlete
from stadion_cli.base.outputs import partner_url
from stadion_cli.partner import commands as partner_commands
from tests.kit.links import athlete_id_of
from tests.kit.stack import DeployedStack
from tests.kit.store import signed

WEBHOOKS = "/partner/v1/webhooks"


@dataclass(frozen=True)
class Partner:
    url: str
    partner_id: str
    key: str
    secret: str

    def send(self, method: str, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> Any:
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        named = {"content-type": "application/json", "x-api-key": self.key if key is None else key, **headers}
        kept = {name: value for name, value in named.items() if value}
        return client.http().request(method, self.url + path, content=content, headers=kept)

    def knows(self, athlete: Athlete) -> str:
        """By which id, from now on: the athlete's app hands over a token."""
        token = athlete.post("/v1/me/partner-links", {"partner_id": self.partner_id})["token"]
        answer = self.send("POST", "/partner/v1/links", {"token": token})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["athlete_id"])

    def name_of(self, user_id: str) -> str:
        """What it calls one of a crowd, whose links were planted (`tests.kit.links.plant`)."""
        return athlete_id_of(user_id, self.partner_id)

    def tell(self, body: bytes, *, key: str | None = None, secret: str | None = None, **more: Any) -> httpx.Response:
        answer = self.send("POST", WEBHOOKS, body, key=key, **signed(body, secret or self.secret, **more))
        return cast("httpx.Response", answer)


def command(stack: DeployedStack, *words: str, group: Any = partner_commands) -> Any:
    """`stadion partner …`, as an admin types it."""
    done = CliRunner().invoke(group.app, [*words, "--port", str(stack.emulator.port), "--json"])
    assert done.exit_code == 0, (done.output, done.exception)
    return json.loads(done.stdout)


def make(stack: DeployedStack, plan: str = "standard") -> Partner:
    partner_id = f"p{uuid4().hex[:8]}"
    made = command(stack, "create", partner_id, "--plan", plan, "--host", "store.example")
    assert made["api_url"] == partner_url(stack.aws.endpoint, stack.outputs)
    return Partner(made["api_url"], partner_id, made["api_key"], made["signing_secret"])
