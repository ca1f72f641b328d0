"""Use cases: a workout moves scores; a board that was asked for is filled; a name changes; an athlete goes."""

from datetime import datetime

from gamification.boards.domain import BoardId


def rename(user_id: str, name: str | None, now: datetime) -> None:
    """The name under which the athlete is on all boards from now on; None: none. The entries follow from the stream."""
    raise NotImplementedError


def fill(user_id: str, board: BoardId, now: datetime) -> bool:
    """Counts what the athlete has on a board that somebody asked for, out of the days that are kept; whether anything.
    To be called for each athlete, ACTIVE_FOR_S after the board became active. May be repeated; safe beside `apply`."""
    raise NotImplementedError


def activate(board: BoardId, now: datetime) -> bool:
    """From now on (a minute later everywhere) its scores are kept; whether it was not active before."""
    raise NotImplementedError


def retire(board: BoardId, now: datetime) -> None:
    """Nobody looked at it: its scores are no longer kept. Its entries and nodes go by `task_clear_board`'s pages."""
    raise NotImplementedError


def erase(user_id: str, now: datetime) -> None:
    """Scores go at once; the entries follow from the stream."""
    raise NotImplementedError
