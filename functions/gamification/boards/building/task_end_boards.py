"""Once a day: boards that somebody asked for and nobody looks at any more end."""

from gamification.boards.building import service
from stadion.tasks import Round, scheduled


def _end(asked: Round) -> dict[str, int]:
    return {"ended": service.end_unseen(asked.now)}


handler = scheduled(_end, takes=Round)
