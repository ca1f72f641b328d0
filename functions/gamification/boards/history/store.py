"""Past standings, in the gamification table."""

from datetime import timedelta

from gamification.boards.domain import BoardId
from gamification.boards.history.domain import MOST_PERIODS, Settling, Stood
from stadion.records import Records

STOOD = Records(Stood, kind="stood", pk="USER#{user_id}", sk="STOOD#{line}#{period}")
"""Where an athlete stood on a board when its period was over: the round that settles periods; the athlete's history."""

SETTLINGS = Records(
    Settling, kind="settling", pk="BOARDS", sk="SETTLED#{period}", own_revision=True, kept_for=timedelta(days=800)
)
"""Which periods are written down, and how far the round is with the others."""


def past(user_id: str, line: str) -> list[Stood]:
    """Newest first; a request."""
    return list(STOOD.every(user_id, line, newest_first=True, limit=MOST_PERIODS))


def line_of(board: BoardId) -> str:
    return f"{board.key}|{board.kind}"
