"""What athletes said about boards, in the gamification table."""

from gamification.boards.people.domain import Hiding, Player
from stadion.records import Place, Records, Stored, fetch

PLAYERS = Records(Player, kind="player", pk="USER#{user_id}", sk="BOARDS", own_revision=True, nulls=True)
"""Whether and under which name the athlete is on boards: their own answer; what writes boards, and their page."""
HIDING = Records(Hiding, kind="hiding", pk="BOARDS", sk="HIDING")
"""Who left the boards in the last day, in the transaction of the answer: each page leaves them out at once, however far
behind the boards are."""


def player(user_id: str) -> Stored[Player]:
    return PLAYERS.read(user_id)


def with_hiding(user_id: str) -> tuple[Stored[Player], Stored[Hiding]]:
    """In one request."""
    mine: Place[Player] = PLAYERS.at(user_id)
    hiding: Place[Hiding] = HIDING.at()
    found = fetch(mine, hiding)
    return found[mine], found[hiding]
