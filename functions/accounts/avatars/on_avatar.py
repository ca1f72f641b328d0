"""S3 says that a picture arrived (through a queue): check it and show it."""

from typing import Any

from accounts import store
from accounts.avatars import pictures
from accounts.avatars import store as avatars
from accounts.avatars.store import Incoming
from stadion import clock
from stadion.errors import StaleVersionError
from stadion.events.arrivals import arrival_consumer
from stadion.observability import log
from stadion.pictures import PictureError
from stadion.retry import WriteConflictError, retry_on_conflict


def take_picture(key: str, tries: int) -> None:  # noqa: ARG001 - the shape of an arrival
    incoming = Incoming.of_key(key)
    data = avatars.read(incoming)
    if data is None:
        log("avatar", outcome="repeated")
        return
    try:
        kept = avatars.keep(incoming, pictures.avatar_of(data))
        retry_on_conflict(lambda: _show(incoming.user_id, avatar=kept, avatar_problem=None))
        outcome = "shown"
    except PictureError as error:
        outcome = str(error)
        retry_on_conflict(lambda: _show(incoming.user_id, avatar_problem=outcome))
    avatars.discard(incoming.key)
    log("avatar", outcome=outcome)


def _show(user_id: str, **fields: Any) -> None:
    now = clock.now()
    old = store.profile(user_id)
    if all(getattr(old, name) == value for name, value in fields.items()):
        return
    new = old.revised(now, **fields)
    try:
        store.revise_profile(old, new, [new.facts(sorted(fields))], now)
    except StaleVersionError as error:
        raise WriteConflictError from error
    if old.avatar and old.avatar != new.avatar:
        avatars.discard(old.avatar)


handler = arrival_consumer(take_picture)
