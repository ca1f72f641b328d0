"""Requests and responses of devices."""

from typing import Self

from pydantic import AwareDatetime, BaseModel, Field

from notifications.devices.domain import Device, PushPlatform
from stadion.http import RequestModel


class DevicePut(RequestModel):
    platform: PushPlatform
    token: str = Field(min_length=8, max_length=4096, pattern=r"^[\x21-\x7e]+$", examples=["f3a1c9d27b604e58"])


class DeviceResponse(BaseModel):
    device_id: str
    platform: PushPlatform
    registered_at: AwareDatetime

    @classmethod
    def of(cls, device: Device) -> Self:
        return cls(**device.model_dump(include={"device_id", "platform", "registered_at"}))
