"""Signed-in athletes of a deployed stack, over real HTTP."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import uuid4

import httpx

from tests.kit.stack import WAIT_S, DeployedStack, code_mailed_to

PASSWORD = "correct horse battery"


@dataclass
class Athlete:
    stack: DeployedStack
    email: str
    tokens: dict[str, Any]

    @classmethod
    def join(cls, stack: DeployedStack, name: str = "athlete") -> "Athlete":
        """Registers, confirms with the mailed code, and signs in."""
        email = f"{name}-{uuid4().hex[:8]}@stadion.example"
        visitor = cls(stack, email, {})
        known = {"email": email, "password": PASSWORD}
        visitor.done("POST", "/v1/auth/register", known)
        visitor.done("POST", "/v1/auth/confirm", {**known, "code": code_mailed_to(stack.aws, email)})
        visitor.tokens = visitor.done("POST", "/v1/auth/sign-in", known)
        return visitor

    @cached_property
    def http(self) -> httpx.Client:
        return httpx.Client(timeout=WAIT_S)

    @cached_property
    def user_id(self) -> str:
        return str(self.done("GET", "/v1/me")["user_id"])

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """As this athlete; a header given as empty is left out."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.tokens:
            named.setdefault("authorization", f"Bearer {self.tokens['access_token']}")
        kept = {name: value for name, value in named.items() if value}
        return self.http.request(method, self.stack.api + path, json=body, headers=kept)

    def done(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The body of an answer that must be a success."""
        answer = self.send(method, path, body, **headers)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None
