"""Use cases of admins: find a user, grant and revoke roles. Called by the command line over a signed request."""

from datetime import datetime

from accounts import store
from accounts.domain import UserRole
from accounts.sign_in import identity
from accounts.sign_in.domain import Identity
from stadion import audit


def find(username: str) -> tuple[Identity, list[UserRole]]:
    known = identity.find(username)
    audit.concerns(known.user_id)
    return known, identity.roles(known.email)


def set_role(
    username: str, role: UserRole, *, granted: bool, by: str, now: datetime
) -> tuple[Identity, list[UserRole]]:
    """The user as they are afterwards."""
    known = identity.find(username)
    if granted:
        identity.grant(known.email, role)
    else:
        identity.withdraw(known.email, role)
    store.note_role_change(known.user_id, role=role.value, granted=granted, by=by, now=now)
    return find(username)
