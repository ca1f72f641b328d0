"""Use cases of preferences: what an athlete wants to hear of, by which channels, and when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from notifications.errors import AlwaysOnError, NoDigestError
from notifications.links import Unsubscription
from notifications.recipients import store
from notifications.recipients.domain import DIGESTED, DigestRhythm, Preferences
from notifications.values import ChannelName, MessageKind
from stadion.errors import FieldRequiredError, StaleVersionError
from stadion.retry import retry_on_conflict

Off = dict[MessageKind, list[ChannelName]]


def change(user_id: str, old: Preferences, changes: Mapping[str, Any], now: datetime) -> Preferences:
    """A merge patch, by field: None removes; of `channels` and `rhythm`, the kinds that are named change."""
    for name in ("digest_at", "channels", "rhythm"):
        if name in changes and changes[name] is None:
            raise FieldRequiredError(pointer=f"#/{name}", field=name)
    fields = {name: changes[name] for name in ("quiet_hours", "muted_until", "digest_at") if name in changes}
    if "channels" in changes:
        fields["off"] = _switched(old, changes["channels"])
    if "rhythm" in changes:
        fields["rhythm"] = {**old.rhythm, **_rhythm(changes["rhythm"])}
    return _write(user_id, old, fields, now)


def unsubscribe(asked: Unsubscription, now: datetime) -> None:
    """Once or twice, it is off."""

    def write() -> None:
        known = store.preferences(asked.user_id)
        if known.wants(asked.kind, asked.channel):
            _write(asked.user_id, known, {"off": _switched(known, {asked.kind: {asked.channel: False}})}, now)

    retry_on_conflict(write, also=(StaleVersionError,))


def _write(user_id: str, old: Preferences, fields: dict[str, Any], now: datetime) -> Preferences:
    new = Preferences.model_validate({**old.model_dump(), **fields, "revision": old.revision + 1})
    store.change_preferences(old, new, user_id, now)
    return new


def _switched(old: Preferences, wanted: dict[MessageKind, dict[ChannelName, bool]]) -> Off:
    off = {kind: list(channels) for kind, channels in old.off.items()}
    for kind, channels in wanted.items():
        if kind is MessageKind.TRANSACTIONAL:
            raise AlwaysOnError(pointer="#/channels/transactional")
        for channel, is_on in channels.items():
            others = [one for one in off.get(kind, []) if one is not channel]
            off[kind] = others if is_on else [*others, channel]
    return off


def _rhythm(wanted: dict[MessageKind, DigestRhythm]) -> dict[MessageKind, DigestRhythm]:
    for kind in wanted:
        if kind not in DIGESTED:
            raise NoDigestError(pointer=f"#/rhythm/{kind.value}")
    return wanted
