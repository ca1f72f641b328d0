"""The steps of `statemachines/board_build.asl.json`."""

from gamification.boards.building import steps
from gamification.boards.building.steps import BuildFailing, BuildStep
from stadion.tasks import task

begin_board = task(steps.begin, takes=BuildStep)
fill_board = task(steps.fill, takes=BuildStep)
finish_board = task(steps.finish, takes=BuildStep)
note_board_failure = task(steps.note_failure, takes=BuildFailing)
