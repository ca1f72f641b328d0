"""Use cases: where somebody stands, and a page of a board."""

from gamification.boards.domain import BoardId, BoardPage, Standing


def rank(user_id: str, board: BoardId) -> Standing | None:
    """In at most 3 requests and 6 read units; None: not on the board. `board` by its period's own name (`at`)."""
    raise NotImplementedError


def page(
    board: BoardId, user_id: str | None = None, *, limit: int = 100, cursor: str | None = None, around: int = 5
) -> BoardPage:
    """In at most 6 requests and 20 read units. `InvalidCursorError`."""
    raise NotImplementedError
