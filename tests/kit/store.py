"""A partner as tests need it: it signs what it sends."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from uuid import uuid4

from botocore.exceptions import ClientError
from standardwebhooks.webhooks import Webhook

from tests.kit.links import athlete_id_of
from tests.kit.services import key_id_of


@dataclass
class Gateway:
    """API Gateway's keys and plans; moto's need more packages. The real calls are tried end to end."""

    plans: dict[str, set[str]]
    keys: dict[str, str] = field(default_factory=dict)

    def create_api_key(self, *, name: str, enabled: bool, value: str) -> dict[str, Any]:
        key_id = key_id_of(value)
        self.keys[key_id] = value
        return {"id": key_id}

    def create_usage_plan_key(self, *, usagePlanId: str, keyId: str, keyType: str) -> None:  # noqa: N803
        self.plans[usagePlanId].add(keyId)

    def delete_usage_plan_key(self, *, usagePlanId: str, keyId: str) -> None:  # noqa: N803
        self._known(keyId in self.plans[usagePlanId])
        self.plans[usagePlanId].remove(keyId)

    def delete_api_key(self, *, apiKey: str) -> None:  # noqa: N803
        self._known(apiKey in self.keys)
        del self.keys[apiKey]
        for members in self.plans.values():
            members.discard(apiKey)

    def opened_by(self) -> set[str]:
        """The values of the keys that are in a plan."""
        return {self.keys[key_id] for members in self.plans.values() for key_id in members}

    def _known(self, there: bool) -> None:
        if not there:
            raise ClientError({"Error": {"Code": "NotFoundException", "Message": ""}}, "Delete")


class Receiver:
    """A partner's server: notes what comes and answers what it is told to."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.refused_once: set[str] = set()
        """Events whose first attempt gets a 503, whatever else comes in between."""
        self.seen: list[tuple[dict[str, str], bytes]] = []
        self.url = ""

    def attempts(self, event_id: str) -> list[tuple[dict[str, str], bytes]]:
        """What came of one event: on a stack others' events come here too."""
        return [one for one in self.seen if one[0]["webhook-id"].startswith(event_id)]

    def _answer(self, webhook_id: str) -> int:
        for event_id in self.refused_once:
            if webhook_id.startswith(event_id):
                self.refused_once.remove(event_id)
                return 503
        return self.answers.pop(0) if self.answers else 204

    @contextmanager
    def running(self) -> Iterator["Receiver"]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.seen.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(receiver._answer(self.headers["webhook-id"]))
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{server.server_port}/hooks?of=stadion"
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()


SHOES: dict[str, Any] = {
    "name": "Kiprun KD900.2",
    "brand": "Kiprun",
    "deeplink": "https://store.example/p/8736421",
    "wear_category": "running_shoes",
    "price_minor": 899000,
    "currency": "RUB",
}
LINE = {"sku": "8736421", "quantity": 2, "price_minor": 899000}


def signed(body: bytes, secret: str, *, webhook_id: str | None = None, at: datetime | None = None) -> dict[str, str]:
    """The headers of an attempt."""
    webhook_id, at = webhook_id or f"msg_{uuid4().hex}", at or datetime.now(UTC)
    signature = Webhook(secret).sign(webhook_id, at, body.decode())
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
    }


def completed(
    order_id: str = "o-1", *, version: int = 1, athlete: str | None = athlete_id_of(), **fields: Any
) -> bytes:
    """`athlete`: by the partner's id (`tests.kit.links`)."""
    data = {
        "order_id": order_id,
        "version": version,
        "athlete_id": athlete,
        "code": "RUN-7F3K-9QXD",
        "lines": [LINE],
        "total_minor": 1618000,
        "discount_minor": 180000,
        "currency": "RUB",
        "completed_at": "2026-11-21T09:30:00Z",
        **fields,
    }
    return message("order.completed", {name: value for name, value in data.items() if value is not None})


def returned(order_id: str = "o-1", *, version: int = 2, quantity: int | None = 1, **fields: Any) -> bytes:
    """One piece of the line; `quantity=None` is all that is left."""
    lines = None if quantity is None else [{"sku": LINE["sku"], "quantity": quantity}]
    data = {"order_id": order_id, "version": version, "lines": lines, "returned_at": "2026-11-28T12:00:00Z", **fields}
    return message("order.returned", data)


def message(kind: str, data: dict[str, Any]) -> bytes:
    return json.dumps({"type": kind, "timestamp": "2026-11-21T09:30:01Z", "data": data}).encode()
