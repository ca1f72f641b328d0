"""Where a live session is in the diary."""

from stadion.records import Records, Stored
from stadion.values import Value


class LiveEntry(Value):
    """The workout that a session is in, as of which finish of it."""

    workout_id: str
    session_revision: int


ENTRIES = Records(LiveEntry, kind="live", pk="USER#{user_id}", sk="LIVE#{session_id}")
"""The workout that a finished live session is in, as of which finish."""


def find(user_id: str, session_id: str) -> Stored[LiveEntry]:
    return ENTRIES.read(user_id, session_id)
