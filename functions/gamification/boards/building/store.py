"""Boards that somebody asked for, in the gamification table."""

from collections.abc import Iterator
from datetime import date, timedelta

from gamification.boards.building.domain import Asking, Build
from stadion.change import Change
from stadion.records import Records, Stored

BUILDS = Records(Build, kind="board_build", pk="BOARDS", sk="BUILD#{line}", own_revision=True, nulls=True)
"""Boards that somebody asked for, and how far they are: who looks at one, its workflow, the daily round."""
ASKINGS = Records(
    Asking, kind="board_asking", pk="USER#{user_id}", sk="ASKED#{day}", own_revision=True, kept_for=timedelta(days=2)
)
"""How many boards an athlete had made today: in the transaction of the build."""


def build(line: str) -> Stored[Build]:
    return BUILDS.read(line)


def asking(user_id: str, day: date) -> Stored[Asking]:
    return ASKINGS.read(user_id, day)


def every() -> Iterator[Stored[Build]]:
    return BUILDS.each()


def keep(change: Change, before: Stored[Build], after: Build) -> None:
    change.replace(before, after)
