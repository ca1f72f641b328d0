"""Use cases of push devices: register a token, forget it, prune what the push services have given up."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from notifications import clients
from notifications.devices import store
from notifications.devices.domain import Device, PushPlatform
from notifications.errors import DeviceTokenError, PushNotSetUpError, TooManyDevicesError
from notifications.settings import ChannelSettings
from stadion.observability import logger
from stadion.retry import retry_on_conflict
from stadion.settings import load

MAX_DEVICES: Final = 10
KNOWN_ALREADY: Final = re.compile(r"Endpoint (arn:\S+) already exists with the same Token")
"""SNS's refusal of a token whose endpoint has other attributes, as one that it disabled has: AWS's own advice is to
read the ARN out of it."""


def register(user_id: str, device_id: str, platform: PushPlatform, token: str, now: datetime) -> Device:
    """The same again changes nothing. A phone that changed hands rings for its new owner only."""
    device = Device(
        device_id=device_id,
        platform=platform,
        token=token,
        endpoint=_endpoint(platform, token),
        registered_at=now,
    )
    retry_on_conflict(lambda: _take_over(user_id, device, now))
    retry_on_conflict(lambda: _put(user_id, device, now))
    return device


def forget(user_id: str, device_id: str, now: datetime) -> None:
    retry_on_conflict(lambda: _keep_only(user_id, lambda device: device.device_id != device_id, now))


def forget_endpoint(user_id: str, endpoint: str, now: datetime) -> None:
    """SNS has disabled it: the app was removed, or the token was replaced. Who registered it since `now` keeps it."""

    def is_kept(device: Device) -> bool:
        return device.endpoint != endpoint or device.registered_at > now

    if retry_on_conflict(lambda: _keep_only(user_id, is_kept, now)):
        _delete(endpoint)


def _put(user_id: str, device: Device, now: datetime) -> None:
    stored = store.read(user_id)
    known = store.devices_of(stored)
    others = [one for one in known if one.device_id != device.device_id and one.token != device.token]
    if len(others) >= MAX_DEVICES:
        raise TooManyDevicesError
    store.put_devices(user_id, [*others, device], stored, now)


def _take_over(user_id: str, device: Device, now: datetime) -> None:
    stored = store.owner_of_token(device.token)
    owner, new = stored.value, store.Owner(user_id=user_id, device_id=device.device_id)
    if owner is not None and owner.user_id != user_id:
        retry_on_conflict(lambda: _keep_only(owner.user_id, lambda one: one.token != device.token, now))
    if owner != new:
        store.put_owner_of_token(new, stored, now)


def _keep_only(user_id: str, wanted: Callable[[Device], bool], now: datetime) -> bool:
    """Whether any had to go."""
    stored = store.read(user_id)
    known = store.devices_of(stored)
    left = [device for device in known if wanted(device)]
    if len(left) < len(known):
        store.put_devices(user_id, left, stored, now)
    return len(left) < len(known)


def _endpoint(platform: PushPlatform, token: str) -> str:
    application = load(ChannelSettings).push_applications.get(platform.value)
    if not application:
        raise PushNotSetUpError
    try:
        endpoint = clients.sns().create_platform_endpoint(PlatformApplicationArn=application, Token=token)[
            "EndpointArn"
        ]
    except ClientError as error:
        endpoint = _known_already(error)
    clients.sns().set_endpoint_attributes(EndpointArn=endpoint, Attributes={"Enabled": "true", "Token": token})
    return endpoint


def _known_already(error: ClientError) -> str:
    """The ARN of the endpoint that is in the way. `DeviceTokenError` when the token is none."""
    if error.response["Error"]["Code"] not in {"InvalidParameter", "InvalidParameterException"}:
        raise error
    found = KNOWN_ALREADY.search(error.response["Error"].get("Message", ""))
    if found is None:
        raise DeviceTokenError(pointer="#/token") from error
    return found[1]


def _delete(endpoint: str) -> None:
    """One that stays costs nothing but its place: whoever registers its token finds it again."""
    try:
        clients.sns().delete_endpoint(EndpointArn=endpoint)
    except (BotoCoreError, ClientError) as error:
        logger.warning("endpoint not deleted", extra={"reason": type(error).__name__})
