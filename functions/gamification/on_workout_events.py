"""Workouts move XP, levels, records, streaks and goals."""

from typing import Any

from gamification.achievements import service as achievements
from gamification.base.domain import Source
from gamification.boards import service as boards
from gamification.goals import service as goals
from gamification.records import service as records
from gamification.streaks import service as streaks
from gamification.xp import service as xp
from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.workouts import WorkoutCorrected, WorkoutDeleted, WorkoutFacts, WorkoutRecorded, is_news
from stadion.observability import count

handler = Consumer()


@handler.on(WorkoutRecorded, WorkoutCorrected)
def reward(envelope: Envelope[WorkoutRecorded | WorkoutCorrected]) -> Consumed:
    workout = envelope.data.workout
    told = is_news(workout, envelope.heard_at)
    return _moved(_source(envelope, workout.workout_id, workout.revision, workout, is_news=told))


@handler.on(WorkoutDeleted)
def take_back(envelope: Envelope[WorkoutDeleted]) -> Consumed:
    event = envelope.data
    return _moved(_source(envelope, event.workout_id, event.revision, None))


def _source(
    envelope: Envelope[Any], workout_id: str, revision: int, workout: WorkoutFacts | None, *, is_news: bool = False
) -> Source:
    now = clock.now()
    return Source(envelope.user_id, workout_id, revision, workout, now, is_news, envelope.occurred_at)


def _moved(source: Source) -> Consumed:
    """Each in a transaction of its own, which knows what it has seen: a crash between them is mended by the next
    delivery."""
    earned, standing = xp.apply(source), records.apply(source)
    streaks.apply(source)
    goals.apply(source)
    boards.apply(source)
    unlocked = achievements.apply(source).unlocked
    count("XpGranted", earned.xp)
    count("PersonalRecords", len(standing.records))
    count("AchievementsUnlocked", len(unlocked))
    told = {"xp": earned.xp, "level": earned.level, "records": list(standing.records), "unlocked": len(unlocked)}
    return Consumed(earned.outcome.value, {**told, "records_outcome": standing.outcome.value})
