"""What requests leave for `on_pushes`: that there is something to tell those who watch."""

from stadion.work import Work


class Push(Work):
    """Of how it is now: of several that wait, one tells all, and no order matters."""

    user_id: str
    session_id: str
    ends: bool = False
    """Left when the athlete vanished: for others it is over, unless they are in sight again."""
