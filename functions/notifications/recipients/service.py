"""Use cases of preferences: what an athlete wants to hear of, by which channels, and when."""

from datetime import datetime, time
from typing import Any

from notifications.errors import AlwaysOnError, NoDigestError
from notifications.links import Unsubscription
from notifications.recipients import store
from notifications.recipients.domain import DIGESTED, Preferences, QuietTime, Rhythm
from notifications.recipients.schemas import PreferencesPatch, PreferencesResponse, QuietHoursResponse, clock_text
from notifications.values import USUAL_CHANNELS, ChannelName, MessageKind
from stadion.errors import FieldRequiredError, StaleVersionError
from stadion.retry import retry_on_conflict

Off = dict[MessageKind, list[ChannelName]]
CHOSEN = (MessageKind.ACTIVITY, MessageKind.GEAR, MessageKind.SOCIAL, MessageKind.MARKETING)


def change(user_id: str, old: Preferences, patch: PreferencesPatch, now: datetime) -> Preferences:
    given = patch.model_fields_set
    fields: dict[str, Any] = {}
    for name in ("digest_at", "channels", "rhythm"):
        if name in given and getattr(patch, name) is None:
            raise FieldRequiredError(pointer=f"#/{name}", field=name)
    if "quiet_hours" in given:
        quiet = patch.quiet_hours
        fields["quiet_hours"] = quiet and QuietTime(start=_time(quiet.start), end=_time(quiet.end))
    if "muted_until" in given:
        fields["muted_until"] = patch.muted_until
    if patch.digest_at is not None:
        fields["digest_at"] = _time(patch.digest_at)
    if patch.channels is not None:
        fields["off"] = _switched(old, patch.channels)
    if patch.rhythm is not None:
        fields["rhythm"] = {**old.rhythm, **_rhythm(patch.rhythm)}
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


def _rhythm(wanted: dict[MessageKind, Rhythm]) -> dict[MessageKind, Rhythm]:
    for kind in wanted:
        if kind not in DIGESTED:
            raise NoDigestError(pointer=f"#/rhythm/{kind.value}")
    return wanted


def _time(text: str) -> time:
    return time.fromisoformat(text)


def representation(known: Preferences) -> PreferencesResponse:
    quiet = known.quiet_hours
    return PreferencesResponse(
        revision=known.revision,
        quiet_hours=QuietHoursResponse(start=clock_text(quiet.start), end=clock_text(quiet.end)) if quiet else None,
        muted_until=known.muted_until,
        digest_at=clock_text(known.digest_at),
        channels={kind: {channel: known.wants(kind, channel) for channel in _possible(kind)} for kind in CHOSEN},
        rhythm={kind: known.rhythm.get(kind, Rhythm.AT_ONCE) for kind in DIGESTED},
    )


def _possible(kind: MessageKind) -> list[ChannelName]:
    return [*USUAL_CHANNELS[kind], *([ChannelName.SMS] if kind is MessageKind.MARKETING else [])]
