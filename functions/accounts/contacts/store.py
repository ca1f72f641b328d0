"""Which account a phone number belongs to, in the accounts table."""

from accounts.contacts.domain import Holder
from accounts.credentials import keyed
from stadion.change import Change
from stadion.records import Records, Stored

HOLDERS = Records(Holder, kind="phone_holder", pk="PHONE#{number}", sk="HOLDER")
"""A keyed digest of the number; with the profile that shows it, on the revision read."""


def holder(number: str) -> Stored[Holder]:
    return HOLDERS.read(keyed("phone", number))


def claim(change: Change, seen: Stored[Holder], user_id: str) -> None:
    """`WriteConflictError` when somebody came between."""
    change.replace(seen, Holder(user_id=user_id))


def release(change: Change, number: str, user_id: str) -> None:
    """If it is still this athlete's."""
    seen = holder(number)
    if seen.value is not None and seen.value.user_id == user_id:
        change.delete(seen)
