"""Devices of athletes, and the owners of push tokens, in the notifications table."""

import hashlib

from notifications import keys
from notifications.devices.domain import Device
from stadion.dynamo import Item, Transaction, next_revision, put_over


def devices(user_id: str) -> tuple[list[Device], Item | None]:
    item = Item.find(keys.user(user_id), "DEVICES")
    return devices_of(item), item


def put_devices(user_id: str, known: list[Device], stored: Item | None) -> None:
    """`WriteConflictError` when the list is not `stored` any more."""
    revision = next_revision(stored)
    body = {"devices": [device.model_dump(mode="json") for device in known]}
    transaction = Transaction()
    put_over(
        transaction, stored, Item(pk=keys.user(user_id), sk="DEVICES", kind="devices", revision=revision, body=body)
    )
    transaction.commit()


def owner_of_token(token: str) -> tuple[tuple[str, str] | None, Item | None]:
    """Athlete and device that this push token was registered for last."""
    item = Item.find(_token_pk(token), "TOKEN")
    return ((item.body["user_id"], item.body["device_id"]) if item is not None else None), item


def put_owner_of_token(token: str, user_id: str, device_id: str, stored: Item | None) -> None:
    revision = next_revision(stored)
    body = {"user_id": user_id, "device_id": device_id}
    transaction = Transaction()
    put_over(transaction, stored, Item(pk=_token_pk(token), sk="TOKEN", kind="token", revision=revision, body=body))
    transaction.commit()


def devices_of(item: Item | None) -> list[Device]:
    return [Device.model_validate(device) for device in item.body["devices"]] if item is not None else []


def _token_pk(token: str) -> str:
    return f"TOKEN#{hashlib.sha256(token.encode()).hexdigest()}"
