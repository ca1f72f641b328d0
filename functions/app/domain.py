"""What an app is told at its start: whether it is too old, and what is switched on for it. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from functools import total_ordering
from typing import Final

from pydantic import Field

from stadion.values import Value

VERSION: Final = r"^[0-9]{1,5}(\.[0-9]{1,5}){0,3}$"
MAX_FEATURES: Final = 100


class AppPlatform(StrEnum):
    IOS = "ios"
    ANDROID = "android"


@total_ordering
class Version:
    """`2.10` is `2.10.0`, and newer than `2.9`."""

    def __init__(self, text: str) -> None:
        parts = [int(part) for part in text.split(".")]
        self._parts = (*parts, *[0] * (4 - len(parts)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and self._parts == other._parts

    def __lt__(self, other: "Version") -> bool:
        return self._parts < other._parts

    def __hash__(self) -> int:
        return hash(self._parts)


class Client(Value):
    """The app on one platform."""

    minimum_version: str | None = None
    recommended_version: str | None = None
    store_url: str | None = None

    @property
    def is_in_order(self) -> bool:
        if self.minimum_version is None or self.recommended_version is None:
            return True
        return Version(self.minimum_version) <= Version(self.recommended_version)


class Feature(Value):
    """A switch. `platforms` None: all of them."""

    is_on: bool
    platforms: list[AppPlatform] | None = None
    from_version: str | None = None

    def is_on_for(self, platform: AppPlatform | None, version: str | None) -> bool:
        """Of an app that does not say what it is, nothing that asks for it is on."""
        if not self.is_on:
            return False
        if self.platforms is not None and platform not in self.platforms:
            return False
        return self.from_version is None or (version is not None and Version(version) >= Version(self.from_version))


class AppConfig(Value):
    revision: int = 0
    clients: dict[AppPlatform, Client] = Field(default_factory=dict)
    features: dict[str, Feature] = Field(default_factory=dict)


class AppUpdate(StrEnum):
    NONE = "none"
    RECOMMENDED = "recommended"
    REQUIRED = "required"


def update_for(client: Client, version: str) -> AppUpdate:
    mine = Version(version)
    if client.minimum_version is not None and mine < Version(client.minimum_version):
        return AppUpdate.REQUIRED
    if client.recommended_version is not None and mine < Version(client.recommended_version):
        return AppUpdate.RECOMMENDED
    return AppUpdate.NONE


def features_for(config: AppConfig, platform: AppPlatform | None, version: str | None) -> Mapping[str, bool]:
    return {name: one.is_on_for(platform, version) for name, one in sorted(config.features.items())}
