"""Use cases: somebody looks at a board that is not kept, and it is made; nobody looks any more, and it ends."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from gamification.athletes import store as athletes
from gamification.boards import service as boards
from gamification.boards.building import store
from gamification.boards.building.domain import CAUSE, MOST_A_DAY, Asking, Build, BuildState, asked
from gamification.boards.building.errors import TooManyBoardsError
from gamification.boards.domain import BoardId
from stadion.change import Change
from stadion.clients import Client
from stadion.retry import retry_on_conflict
from stadion.settings import Settings, load
from stadion.tasks import one_by_one

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

LONGEST_NAME: Final = 80
"""Of an execution."""
AT_ONCE: Final = 50
"""Athletes of whom one look of the step is."""


class BoardBuildSettings(Settings):
    board_build_workflow: str
    """ARN of `statemachines/board_build.asl.json` as deployed."""


def line_of(board: BoardId) -> str:
    """What it is in every period of its kind."""
    return str(BoardId(board.scope, board.family, board.metric, board.kind.value))


def look(user_id: str, board: BoardId, now: datetime) -> Build:
    """What is known of a board that is not always kept, which begins to be made when it was not. A look is noted once
    a day, and a build that lies dead begins again."""
    line = line_of(board)
    known = store.build(line).value
    if known is not None and known.is_ready:
        return known if known.looked_on == now.date() else _seen(line, now)
    build = retry_on_conflict(lambda: _begin(user_id, line, now))
    _drive(build)
    return build


def known(board: BoardId) -> Build | None:
    return store.build(line_of(board)).value


def _seen(line: str, now: datetime) -> Build:
    def once() -> Build:
        stored = store.build(line)
        known = stored.value or asked(line, None, now)
        seen = known.model_copy(update={"looked_on": now.date(), "revision": known.revision + 1})
        with Change(None, now) as change:
            store.keep(change, stored, seen)
        return seen

    return retry_on_conflict(once)


def _begin(user_id: str, line: str, now: datetime) -> Build:
    stored, today = store.build(line), store.asking(user_id, now.date())
    known = stored.value
    if known is not None and known.state is not BuildState.ENDED and known.failure is None:
        return known
    asking = today.value or Asking()
    if known is None or known.state is BuildState.ENDED:
        asking = Asking(count=asking.count + 1, revision=asking.revision + 1)
        if asking.count > MOST_A_DAY:
            raise TooManyBoardsError(retry_after_s=_until_tomorrow(now), most=MOST_A_DAY)
    build = asked(line, known, now)
    with Change(user_id, now) as change:
        store.keep(change, stored, build)
        if today.value != asking:
            change.replace(today, asking)
    return build


def _until_tomorrow(now: datetime) -> int:
    tomorrow = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return int((tomorrow - now).total_seconds()) + 1


def _drive(build: Build) -> None:
    """By the execution of this attempt; those of earlier ones end at their next step. Started twice, it is one."""
    machines = _machines()
    name = _execution(build)
    asked_of = {"line": build.line, "attempt": build.attempt, "correlation_id": name}
    try:
        machines.start_execution(
            stateMachineArn=load(BoardBuildSettings).board_build_workflow, name=name, input=json.dumps(asked_of)
        )
    except machines.exceptions.ExecutionAlreadyExists:
        return


def _execution(build: Build) -> str:
    """Its name says the attempt, however long that of the board is: a name that was there before begins nothing."""
    name = f"{build.line.replace('.', '-')}-{build.attempt}"
    if len(name) <= LONGEST_NAME:
        return name
    short = f"-{hashlib.sha256(build.line.encode()).hexdigest()[:8]}-{build.attempt}"
    return name[: LONGEST_NAME - len(short)] + short


# --- the steps of its workflow --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filled:
    goes_on: bool
    is_done: bool


def begin(line: str, attempt: int, now: datetime) -> None:
    """From now on its scores are kept."""
    build = store.build(line).value
    if build is not None and build.is_driven_by(attempt):
        boards.activate(BoardId.parse(line), now)


def fill(line: str, attempt: int, now: datetime) -> Filled:
    """Counts some athletes more, and keeps how far it came."""
    stored = store.build(line)
    build = stored.value
    if build is None or not build.is_driven_by(attempt):
        return Filled(goes_on=False, is_done=False)
    wanted = _periods(BoardId.parse(line), build.since, now)
    found = athletes.some(build.shard, after=build.after, limit=AT_ONCE)
    counted = one_by_one(found, lambda user_id: _fill(user_id, wanted, now), metric="BoardFilled")
    further = {"after": found[-1]} if len(found) == AT_ONCE else {"after": None, "shard": build.shard + 1}
    is_done = further.get("shard") == athletes.SHARDS
    change_of = {**further, "counted": build.counted + counted, "revision": build.revision + 1}
    if is_done:
        change_of["shard"] = build.shard
    with Change(None, now) as change:
        store.keep(change, stored, build.model_copy(update=change_of))
    return Filled(goes_on=True, is_done=is_done)


def _periods(board: BoardId, since: datetime, now: datetime) -> list[BoardId]:
    """Two when one ends meanwhile: of the one that it was, the board is shown, too; and into the other one, functions
    that had not heard of the board yet may have counted."""
    return sorted({board.at(since), board.at(now)})


def _fill(user_id: str, wanted: list[BoardId], now: datetime) -> int:
    moved = [boards.fill(user_id, board, now) for board in wanted]  # each of them
    return int(any(moved))


def finish(line: str, attempt: int, now: datetime) -> Build | None:
    return _end(line, attempt, now, state=BuildState.READY, failure=None)


def fail(line: str, attempt: int, cause: str, now: datetime) -> Build | None:
    """The next who looks begins it again."""
    return _end(line, attempt, now, failure=cause[:CAUSE], after=None)


def _end(line: str, attempt: int, now: datetime, **changed: object) -> Build | None:
    def once() -> Build | None:
        stored = store.build(line)
        build = stored.value
        if build is None or not build.is_driven_by(attempt):
            return build
        ended = build.model_copy(update={**changed, "revision": build.revision + 1})
        with Change(None, now) as change:
            store.keep(change, stored, ended)
        return ended

    return retry_on_conflict(once)


# --- the daily round ------------------------------------------------------------------------------------------------


def end_unseen(now: datetime) -> int:
    """Boards that nobody looked at for a month; how many."""
    unseen = [one.value for one in store.every() if one.value is not None and one.value.is_unseen(now.date())]
    return one_by_one(unseen, lambda build: _end_one(build, now), metric="BoardEnded")


def _end_one(build: Build, now: datetime) -> int:
    stored = store.build(build.line)
    if stored.value is None or not stored.value.is_unseen(now.date()):
        return 0
    ended = stored.value.model_copy(update={"state": BuildState.ENDED, "revision": stored.value.revision + 1})
    with Change(None, now) as change:  # in one: who looks meanwhile has it, and its scores are kept
        boards.retire(change, BoardId.parse(build.line))
        store.keep(change, stored, ended)
    boards.forget()
    return 1


_machines: "Client[SFNClient]" = Client("stepfunctions")
