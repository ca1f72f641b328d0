"""Use case: the inbox says what became of an upload, however often that is told."""

from datetime import datetime

from stadion.change import Change
from stadion.events.workouts import UploadEnded
from stadion.retry import retry_on_conflict
from workouts.news.domain import Told, hour_of, is_worth_telling, message_of
from workouts.news.store import TOLD
from workouts.uploads import store as upload_store


def tell(user_id: str, event: UploadEnded, ended_at: datetime, now: datetime) -> str:
    """What became of it, in a word."""
    if not is_worth_telling(event, ended_at):
        return "no_news"
    upload = upload_store.get(user_id, event.upload_id)

    def once() -> str:
        stored = TOLD.read(user_id, hour_of(ended_at))
        message = message_of(upload, event, ended_at, stored.value or Told())
        if message is None:
            return "told_enough"
        with Change(user_id, now) as change:
            change.replace(stored, message.told)
            change.publish(message.request)
        return message.request.template

    return retry_on_conflict(once)
