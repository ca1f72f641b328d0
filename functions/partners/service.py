"""Use cases of admins: make a partner, rotate its keys and secrets, disable it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from partners import api_keys, store
from partners.domain import Credentials, Partner, PartnerStanding, check_none_open, holding, rotated
from partners.signatures import new_secret
from stadion import ids, pseudonyms
from stadion.errors import StaleVersionError
from stadion.observability import log


def create(new: Partner, *, by: str, now: datetime) -> Credentials:
    api_keys.plan_id(new.plan)
    secret = new_secret(ids.new_id(), now)
    # First the partner: nobody gets a key to a partner that is somebody else's.
    store.add(new.model_copy(update={"secrets": [secret]}), now)
    key, value = api_keys.make(new.partner_id, new.plan, now)
    partner = store.change(new.partner_id, lambda old: old.changed(now, keys=[key]), now)
    _note("partner created", partner, by)
    return Credentials(partner, api_key=value, signing_secret=secret.value)


def change(seen: Partner, changes: Mapping[str, Any], *, by: str, now: datetime) -> Partner:
    """Its name, what it may, where its links lead, as it was seen: `StaleVersionError` if it is another by now.
    Products that lead elsewhere stay, and nobody is led to them."""

    def changed(old: Partner) -> Partner:
        if old.revision != seen.revision:
            raise StaleVersionError
        return old if old.model_copy(update=dict(changes)) == old else old.changed(now, **changes)

    partner = store.change(seen.partner_id, changed, now)
    _note("partner changed", partner, by)
    return partner


def rotate_key(partner_id: str, grace: timedelta, *, by: str, now: datetime) -> Credentials:
    """A new key; the old one opens for the grace as well, and is then removed by `task_finish_rotations`."""
    partner = store.get(partner_id)
    check_none_open(partner.keys, now)
    key, value = api_keys.make(partner_id, partner.plan, now)
    if partner.status is PartnerStanding.DISABLED:
        api_keys.shut(key.key_id, partner.plan)

    def with_key(old: Partner) -> Partner:
        return old.changed(now, keys=rotated(old.keys, key, now, grace))

    try:
        partner = store.change(partner_id, with_key, now)
    except Exception:
        api_keys.remove(key.key_id)
        raise
    _note("key rotated", partner, by)
    return Credentials(partner, api_key=value)


def rotate_secret(partner_id: str, grace: timedelta, *, by: str, now: datetime) -> Credentials:
    secret = new_secret(ids.new_id(), now)

    def with_secret(old: Partner) -> Partner:
        return old.changed(now, secrets=rotated(old.secrets, secret, now, grace))

    partner = store.change(partner_id, with_secret, now)
    _note("secret rotated", partner, by)
    return Credentials(partner, signing_secret=secret.value)


def finish_rotations(partner_id: str, *, by: str, now: datetime, at_once: bool) -> Partner:
    """What was rotated out does not hold any more: everything, or what is past its grace."""
    partner = store.get(partner_id)
    over = [key for key in partner.keys if key.retires_at is not None and (at_once or not key.holds_at(now))]
    for key in over:
        api_keys.remove(key.key_id)
    gone = {key.key_id for key in over}

    def without(old: Partner) -> Partner:
        kept = [key for key in old.keys if key.key_id not in gone]
        secrets = [secret for secret in holding(old.secrets, now) if not at_once or secret.retires_at is None]
        if (kept, secrets) == (old.keys, old.secrets):
            return old
        return old.changed(now, keys=kept, secrets=secrets)

    finished = store.change(partner_id, without, now)
    if finished.revision != partner.revision:
        _note("rotations finished", finished, by)
    return finished


def disable(partner_id: str, *, by: str, now: datetime) -> Partner:
    """Our functions refuse it at once, API Gateway a moment later."""
    partner = store.change(partner_id, lambda old: _with_status(old, PartnerStanding.DISABLED, now), now)
    for key in partner.keys:
        api_keys.shut(key.key_id, partner.plan)
    _note("partner disabled", partner, by)
    return partner


def enable(partner_id: str, *, by: str, now: datetime) -> Partner:
    """Also one that is enabled: then every service hears of it anew, and what is kept of it is written as of today."""
    partner = store.get(partner_id)
    for key in holding(partner.keys, now):
        api_keys.open_up(key.key_id, partner.plan)
    partner = store.change(partner_id, lambda old: old.changed(now, status=PartnerStanding.ACTIVE), now)
    _note("partner enabled", partner, by)
    return partner


def _with_status(old: Partner, status: PartnerStanding, now: datetime) -> Partner:
    return old if old.status is status else old.changed(now, status=status)


def _note(what: str, partner: Partner, by: str) -> None:
    log(what, partner_id=partner.partner_id, by=pseudonyms.of_signer(by), revision=partner.revision)
