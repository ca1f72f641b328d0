"""`Idempotency-Key` (IETF draft-ietf-httpapi-idempotency-key-header), kept in the transaction of the write itself.

There is no "running" state to get stuck in: either the write and its remembered answer both exist, or neither does.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from stadion.dynamo import Item, Transaction, absent
from stadion.errors import IdempotencyKeyReusedError, InvalidIdempotencyKeyError

KEPT_FOR = timedelta(days=1)
SK = "IDEMPOTENCY"
MAX_LENGTH = 200


class ReplayedError(Exception):
    """The same request was answered before; `answer` is what was said. Control flow, never shown to a client."""

    def __init__(self, status: int, answer: dict[str, Any]) -> None:
        self.status = status
        self.answer = answer
        super().__init__("answered before")


@dataclass(frozen=True)
class IdempotencyKey:
    """A key that the client chose, scoped to user and operation, with the digest of the request it came with."""

    user_id: str
    operation: str
    key: str
    digest: str

    @property
    def pk(self) -> str:
        return f"IDEMPOTENCY#{self.user_id}#{self.operation}#{self.key}"


def idempotency_key(header: str | None, *, user_id: str, operation: str, request: Any) -> IdempotencyKey | None:
    if header is None:
        return None
    if not (0 < len(header) <= MAX_LENGTH and header.isascii() and header.isprintable()):
        raise InvalidIdempotencyKeyError
    digest = hashlib.sha256(json.dumps(request, sort_keys=True, default=str).encode()).hexdigest()
    return IdempotencyKey(user_id=user_id, operation=operation, key=header, digest=digest)


def remember(
    transaction: Transaction, key: IdempotencyKey | None, *, status: int, answer: dict[str, Any], now: datetime
) -> None:
    """Adds the answer to the write; a key that is already taken raises `ReplayedError` at the commit."""
    if key is None:
        return
    body = {"digest": key.digest, "status": status, "answer": answer}
    expires_at = int((now + KEPT_FOR).timestamp())
    item = Item(pk=key.pk, sk=SK, kind="idempotency", body=body, expires_at=expires_at)
    # DynamoDB removes expired items late, so an expired key counts as absent by its time.
    free = absent() | (Item.expires_at <= int(now.timestamp()))
    transaction.put(item, free, refused=lambda raw: _answered_before(key, raw))


def recall(key: IdempotencyKey | None, now: datetime) -> None:
    """For requests that another check would refuse at a repetition: raises `ReplayedError` if answered before."""
    if key is None:
        return
    item = Item.find(key.pk, SK)
    if item is not None and item.expires_at > int(now.timestamp()):
        raise _answer_of(key, item)


def _answered_before(key: IdempotencyKey, raw: dict[str, dict[str, Any]] | None) -> Exception:
    return _answer_of(key, Item.of_raw(raw)) if raw else IdempotencyKeyReusedError()


def _answer_of(key: IdempotencyKey, item: Item) -> Exception:
    body = item.body
    if body["digest"] != key.digest:
        return IdempotencyKeyReusedError()
    return ReplayedError(status=body["status"], answer=body["answer"])
