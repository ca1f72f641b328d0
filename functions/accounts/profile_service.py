"""Use cases of the athlete's own profile, and of what others see of it."""

from datetime import date, datetime, timedelta
from typing import Any

from accounts import store
from accounts.avatars import store as avatars
from accounts.domain import DEFAULT_PRIVACY, Physical, Profile, Relation, Role, current, visible_to
from accounts.errors import ConsentRequiredError, NotMeasuredYetError
from accounts.schemas import (
    PhysicalPut,
    PhysicalResponse,
    ProfilePatch,
    ProfileResponse,
    PublicProfile,
)
from stadion.errors import FieldRequiredError
from stadion.events.accounts import ConsentKind
from stadion.events.envelope import Event
from stadion.retry import retry_on_conflict

EARLIEST_MEASUREMENT = date(1900, 1, 1)
REQUIRED = {"language", "settings", "privacy"}


def change(old: Profile, patch: ProfilePatch, now: datetime) -> Profile:
    fields: dict[str, Any] = patch.model_dump(exclude_unset=True)
    for name in REQUIRED & fields.keys():
        if fields[name] is None:
            raise FieldRequiredError(pointer=f"#/{name}", field=name)
    if "settings" in fields:
        fields["settings"] = _merged_settings(old, fields["settings"])
    if "privacy" in fields:
        fields["privacy"] = {**old.privacy, **fields["privacy"]}
    new = old.revised(now, **fields)
    events: list[Event] = [new.facts(sorted(fields))]
    if (new.email, new.phone) != (old.email, old.phone):
        events.append(new.contact())
    store.revise_profile(old, new, events, now)
    if old.avatar is not None and new.avatar is None:
        avatars.discard(old.avatar)
    return new


def _merged_settings(old: Profile, fields: dict[str, Any]) -> dict[str, Any]:
    for name, value in fields.items():
        if value is None:
            raise FieldRequiredError(pointer=f"#/settings/{name}", field=name)
    return {**old.settings.model_dump(), **fields}


def representation(profile: Profile, roles: list[Role]) -> ProfileResponse:
    return ProfileResponse.model_validate(
        {
            **profile.model_dump(),
            "privacy": DEFAULT_PRIVACY | profile.privacy,
            "roles": roles,
            "avatar_url": avatars.url(profile.avatar),
        }
    )


def public(viewer_id: str, user_id: str) -> PublicProfile:
    """Followers are known once there is a social service; until then everyone else is a stranger."""
    profile = store.profile(user_id)
    relation = Relation.SELF if viewer_id == user_id else Relation.STRANGER
    shown = visible_to(relation, profile)
    avatar = shown.pop("avatar", None)
    return PublicProfile.model_validate({**shown, "user_id": user_id, "avatar_url": avatars.url(avatar)})


def physical(user_id: str, today: date) -> PhysicalResponse:
    history = store.physical(user_id)
    return PhysicalResponse(current=current(history, today), history=history)


def put_physical(user_id: str, measured_on: date, given: PhysicalPut, now: datetime) -> PhysicalResponse:
    today = now.date()
    tomorrow = today + timedelta(days=1)  # it has begun east of Greenwich
    if not EARLIEST_MEASUREMENT <= measured_on <= tomorrow:
        raise NotMeasuredYetError
    if not store.consents(user_id)[ConsentKind.HEALTH_DATA].granted:
        raise ConsentRequiredError
    entry = Physical(measured_on=measured_on, **given.model_dump())
    retry_on_conflict(lambda: store.change_physical(user_id, measured_on, entry, now))
    return physical(user_id, today)


def delete_physical(user_id: str, measured_on: date, now: datetime) -> None:
    retry_on_conflict(lambda: store.change_physical(user_id, measured_on, None, now))
