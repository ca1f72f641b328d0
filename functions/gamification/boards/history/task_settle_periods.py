"""Every quarter of an hour: of periods that are over for two days it is written down where everybody stood."""

from gamification.boards.history import service
from stadion.tasks import Round, scheduled


def _settle(asked: Round) -> dict[str, int]:
    return {"written": service.settle(asked.now)}


handler = scheduled(_settle, takes=Round)
