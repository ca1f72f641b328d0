"""Devices of athletes, and the owners of push tokens, in the notifications table."""

import hashlib
from datetime import datetime

from pydantic import Field

from notifications.devices.domain import Device
from stadion.change import Change
from stadion.records import Records, Stored
from stadion.values import Value


class Devices(Value):
    """Of one athlete."""

    devices: list[Device] = Field(default_factory=list)


class Owner(Value):
    """Athlete and device that a push token was registered for last."""

    user_id: str
    device_id: str


DEVICES = Records(Devices, kind="devices", pk="USER#{user_id}", sk="DEVICES")
"""The API, on the revision; gate, providers."""
TOKENS = Records(Owner, kind="token", pk="TOKEN#{digest}", sk="TOKEN")
"""By the hash of the token: a phone that changed hands rings for its new owner only."""


def devices(user_id: str) -> list[Device]:
    return devices_of(DEVICES.read(user_id))


def read(user_id: str) -> Stored[Devices]:
    return DEVICES.read(user_id)


def devices_of(stored: Stored[Devices]) -> list[Device]:
    return stored.value.devices if stored.value is not None else []


def put_devices(user_id: str, known: list[Device], stored: Stored[Devices], now: datetime) -> None:
    """`WriteConflictError` when the list is not `stored` any more."""
    with Change(user_id, now) as change:
        change.replace(stored, Devices(devices=known))


def owner_of_token(token: str) -> Stored[Owner]:
    return TOKENS.read(hashlib.sha256(token.encode()).hexdigest())


def put_owner_of_token(owner: Owner, stored: Stored[Owner], now: datetime) -> None:
    with Change(owner.user_id, now) as change:
        change.replace(stored, owner)
