"""Many athletes on the deployed stack at once, as `accounts` tells of them."""

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from tests.kit.stack import PATIENCE_S, DeployedStack, settle


@dataclass(frozen=True)
class Crowd:
    """Athletes who live in a city of their own, so that an audience finds them and nobody else."""

    name: str

    @property
    def city(self) -> str:
        return f"Winterberg {self.name}"

    def arrive(self, stack: DeployedStack, users: Iterable[str], *, without_consent: Iterable[str] = ()) -> None:
        silent = set(without_consent)
        events = [event for user_id in users for event in self._news(user_id, consents=user_id not in silent)]
        batches = [events[at : at + 10] for at in range(0, len(events), 10)]
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(lambda entries: _publish(stack, entries), batches))
        settle(stack, self.name, within_s=3 * PATIENCE_S)

    def _news(self, user_id: str, *, consents: bool) -> list[dict[str, Any]]:
        lives = {"revision": 2, "language": "en", "time_zone": "UTC", "city": self.city}
        agreed = {"kind": "marketing_push", "granted": True, "text_version": "1", "revision": 1, "changed_at": now()}
        return [
            self._said(user_id, "UserRegistered", {"language": "en", "time_zone": "UTC"}),
            self._said(user_id, "ProfileUpdated", lives),
            self._said(user_id, "ConsentChanged", agreed | {"kind": "analytics"}),
            *([self._said(user_id, "ConsentChanged", agreed)] if consents else []),
        ]

    def _said(self, user_id: str, detail_type: str, data: dict[str, Any]) -> dict[str, Any]:
        detail = {
            "event_id": str(uuid4()),
            "occurred_at": now(),
            "version": 1,
            "correlation_id": self.name,
            "user_id": user_id,
            "data": data,
        }
        return {"Source": "stadion.accounts", "DetailType": detail_type, "Detail": json.dumps(detail)}


def now() -> str:
    return datetime.now(UTC).isoformat()


def _publish(stack: DeployedStack, entries: list[dict[str, Any]]) -> None:
    named: Any = [{**entry, "EventBusName": stack.bus} for entry in entries]
    assert stack.aws.events.put_events(Entries=named)["FailedEntryCount"] == 0
