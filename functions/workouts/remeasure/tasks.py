"""The steps of a run that measures workouts anew, but for the one that measures (`task_measure_batch`)."""

from stadion.tasks import task
from workouts.remeasure import steps
from workouts.remeasure.steps import Failing, RemeasureStep

choose_workouts = task(steps.choose, takes=RemeasureStep)
close_run = task(steps.close, takes=RemeasureStep)
note_failure = task(steps.note_failure, takes=Failing)
