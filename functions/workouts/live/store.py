"""Where a live session is in the diary."""

from stadion.change import Change
from stadion.records import Records, Stored
from stadion.values import Value


class LiveEntry(Value):
    """The workout that a session is in, as of which finish of it."""

    workout_id: str
    session_revision: int


ENTRIES = Records(LiveEntry, kind="live", pk="USER#{user_id}", sk="LIVE#{session_id}")
"""The workout that a finished live session is in, as of which finish."""


def move(change: Change, session_id: str, workout_id: str, to: str) -> None:
    """A session that is in that workout is in another one from now on."""
    stored = find(change.user_id or "", session_id)
    if stored.value is not None and stored.value.workout_id == workout_id:
        change.replace(stored, stored.value.model_copy(update={"workout_id": to}))


def find(user_id: str, session_id: str) -> Stored[LiveEntry]:
    return ENTRIES.read(user_id, session_id)
