"""When an athlete is asked which sport it was, and how."""

from datetime import datetime

from stadion.events.notifications import NotificationRequested
from stadion.events.workouts import is_news
from stadion.sports import SportType
from workouts.domain import Workout


def question(workout: Workout, now: datetime) -> NotificationRequested | None:
    """The same request for the same workout, so that it is one message."""
    if not workout.sport_guessed or not is_news(workout, now):
        return None
    request_id, about = f"sport-guessed:{workout.workout_id}", {"workout_id": workout.workout_id}
    if workout.sport_type is SportType.WORKOUT:
        return NotificationRequested(request_id=request_id, template="sport_unknown", about=about, channels=["inbox"])
    return NotificationRequested(
        request_id=request_id,
        template="sport_guessed",
        values={"sport": workout.sport_type.value},
        about=about,
        channels=["inbox"],
    )
