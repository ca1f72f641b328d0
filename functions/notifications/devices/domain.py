"""Phones that pushes ring on."""

from enum import StrEnum

from pydantic import AwareDatetime

from stadion.values import Value


class PushPlatform(StrEnum):
    IOS = "ios"
    ANDROID = "android"


class Device(Value):
    """A phone that pushes ring on; `endpoint` is SNS's name of it."""

    device_id: str
    platform: PushPlatform
    token: str
    endpoint: str
    registered_at: AwareDatetime
