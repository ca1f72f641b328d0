"""Each minute: reservations that have ended give back code and budget."""

from promos.checkout import service, store
from stadion.tasks import Round, one_by_one, scheduled

MAX_OF_A_SHARD = 200


def give_back(asked: Round) -> dict[str, int]:
    """One that is paid at this very moment is left alone: the same condition decides."""
    now = asked.now
    due = [held for held in store.due(now, most=MAX_OF_A_SHARD) if asked.concerns(held[0])]
    done = one_by_one(due, lambda held: service.give_back(*held, now), metric="ReservationsExpired")
    return {"given_back": done}


handler = scheduled(give_back, takes=Round)
