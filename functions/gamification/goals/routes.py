"""Goals over HTTP: /v1/gamification/goals."""

from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Path

from gamification.goals import service, store
from gamification.goals.domain import Goal
from gamification.goals.errors import GoalIdTakenError, GoalNotFoundError, TooManyGoalsError
from gamification.goals.schemas import GoalPatch, GoalResponse, NewGoal
from stadion import clock
from stadion.contract import EDIT
from stadion.errors import FieldRequiredError, RequestInProgressError
from stadion.http import Routes, no_content, tagged
from stadion.ids import ClientId
from stadion.pagination import ListResponse

router = Routes()


@router.get("/v1/gamification/goals", summary="List my goals and how far they have come", tags=["Gamification"])
def list_goals() -> ListResponse[GoalResponse]:
    """In the order in which they were set, ten at most."""
    goals = service.everything(router.user_id, clock.now())
    return ListResponse[GoalResponse](items=[GoalResponse.of(shown, router.language) for shown in goals])


@router.get(
    "/v1/gamification/goals/<goal_id>",
    summary="Show a goal and how far it has come",
    tags=["Gamification"],
    raises=(GoalNotFoundError,),
    headers=("ETag",),
)
def get_goal(goal_id: str) -> Response[GoalResponse]:
    """Without an ETag shortcut: it moves without an edit."""
    known = store.known(router.user_id)
    return _answer(service.show(router.user_id, service.find(known, goal_id), known, clock.now()))


@router.put(
    "/v1/gamification/goals/<goal_id>",
    summary="Set a goal",
    tags=["Gamification"],
    raises=(GoalIdTakenError, TooManyGoalsError, RequestInProgressError),
    headers=("ETag",),
)
def put_goal(goal_id: Annotated[ClientId, Path()], body: Annotated[NewGoal, Body()]) -> Response[GoalResponse]:
    """By an id of the client's choice, so that it is safe to repeat. What the week or month has already counts."""
    now = clock.now()
    shown, _ = service.add(router.user_id, body.goal(goal_id, now), now)
    return _answer(shown)


@router.patch(
    "/v1/gamification/goals/<goal_id>",
    summary="Change a goal (merge patch)",
    tags=["Gamification"],
    raises=(GoalNotFoundError, FieldRequiredError, *EDIT),
    headers=("ETag",),
)
def change_goal(goal_id: str, body: Annotated[GoalPatch, Body()]) -> Response[GoalResponse]:
    def change() -> service.Shown:
        known, goal = _edited(goal_id)
        fields = body.changes()
        if "target" in fields and body.target is None:
            raise FieldRequiredError(pointer="#/target", field="target")
        return service.change(router.user_id, known, goal, body.target or goal.target, clock.now())

    return _answer(router.edit(change))


@router.delete(
    "/v1/gamification/goals/<goal_id>",
    status_code=204,
    summary="Remove a goal",
    tags=["Gamification"],
    raises=(GoalNotFoundError, *EDIT),
)
def delete_goal(goal_id: str) -> Response[None]:
    def remove() -> None:
        known, goal = _edited(goal_id)
        service.remove(router.user_id, known, goal, clock.now())

    router.edit(remove)
    return no_content()


def _edited(goal_id: str) -> tuple[store.Known, Goal]:
    known = store.known(router.user_id)
    goal = service.find(known, goal_id)
    router.if_match(goal.revision)
    return known, goal


def _answer(shown: service.Shown) -> Response[GoalResponse]:
    return tagged(GoalResponse.of(shown, router.language), shown.goal.revision)
