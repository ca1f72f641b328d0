"""Use case: an admin changes what apps are told."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from app import store
from app.domain import MAX_FEATURES, AppConfig, AppPlatform, Client, Feature
from app.errors import TooManyFeaturesError, VersionsOutOfOrderError

Patch = Mapping[str, Mapping[str, Any] | None]


def change(old: AppConfig, clients: Patch, features: Patch, now: datetime) -> AppConfig:
    """A merge patch of each, by name: what is absent stays, None removes."""
    known_clients = _merged(old.clients, clients)
    known_features = _merged(old.features, features, new={"is_on": False})
    new = AppConfig(
        revision=old.revision + 1,
        clients={AppPlatform(name): Client.model_validate(one) for name, one in known_clients.items()},
        features={name: Feature.model_validate(one) for name, one in known_features.items()},
    )
    for platform, client in new.clients.items():
        if not client.is_in_order:
            raise VersionsOutOfOrderError(pointer=f"#/clients/{platform.value}/minimum_version")
    if len(new.features) > MAX_FEATURES:
        raise TooManyFeaturesError(pointer="#/features")
    store.replace(old, new, now)
    return new


def _merged(
    known: Mapping[Any, Client] | Mapping[Any, Feature], patch: Patch, new: Mapping[str, Any] = MappingProxyType({})
) -> dict[str, dict[str, Any]]:
    merged = {str(name): one.model_dump() for name, one in known.items()}
    for name, fields in patch.items():
        if fields is None:
            merged.pop(name, None)
        else:
            merged[name] = {**new, **merged.get(name, {}), **fields}
    return merged
