"""Asks for the workouts that changes of the athlete touch: once, when no further change comes."""

from stadion import clock
from stadion.events.consumer import Consumed
from stadion.work import worker
from telemetry.metrics.athletes.service import TouchedDays
from telemetry.metrics.workouts import work


def ask(asked: TouchedDays) -> Consumed:
    outcome, workouts = work.ask_once_quiet(asked, clock.now())
    return Consumed(outcome, {"workouts": workouts})


handler = worker(ask, kind=TouchedDays)
