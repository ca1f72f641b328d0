"""The commands of workouts, as `stadion --help` shows them."""

from typing import Final

from stadion_cli.base.lazy import PEOPLE, LazyCommand

COMMANDS: Final = (LazyCommand("workouts", "workouts.commands:app", "Measure old workouts anew.", PEOPLE),)
