"""Use cases of admins: find a user, grant and revoke roles. Called by the command line over a signed request."""

from datetime import datetime

from accounts import store
from accounts.domain import Role
from accounts.sign_in import identity
from accounts.sign_in.schemas import AdminUser


def find(username: str) -> AdminUser:
    known = identity.find(username)
    return AdminUser(
        user_id=known.user_id,
        email=known.email,
        status=known.status,
        enabled=known.enabled,
        roles=identity.roles(known.email),
        created_at=known.created_at,
    )


def set_role(username: str, role: Role, *, granted: bool, by: str, now: datetime) -> AdminUser:
    known = identity.find(username)
    if granted:
        identity.grant(known.email, role)
    else:
        identity.revoke(known.email, role)
    store.note_role_change(known.user_id, role=role.value, granted=granted, by=by, now=now)
    return find(username)
