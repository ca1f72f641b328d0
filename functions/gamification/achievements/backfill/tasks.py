"""The steps of a run that counts all diaries by the rules of today."""

from gamification.achievements.backfill import steps
from gamification.achievements.backfill.steps import BackfillStep, FailingBackfill
from stadion.tasks import task

count_athletes = task(steps.count_athletes, takes=BackfillStep)
note_backfill_failure = task(steps.note_failure, takes=FailingBackfill)
