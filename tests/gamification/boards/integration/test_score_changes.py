"""The stream's consumer on moto: from a workout to a rank, through the handlers."""

import time
from typing import Any

from gamification.base.domain import Source
from gamification.boards import rank, service
from gamification.boards.domain import BoardId
from gamification.xp import service as xp
from stadion import clock
from stadion.events.workouts import WorkoutFacts
from tests.kit.services import ATHLETE, OTHER, Service

BOARD = BoardId.parse("global.all.distance.ever")


def ran(gamification: Service, user: str, distance_m: float, workout_id: str = "w", revision: int = 1) -> None:
    gamification.enter()
    now = clock.now()
    facts = WorkoutFacts(
        workout_id=workout_id,
        revision=revision,
        sport_type="Run",
        started_at=now,
        time_zone="UTC",
        elapsed_time_s=900,
        moving_time_s=900,
        distance_m=distance_m,
        origin="watch",
    )
    source = Source(user, workout_id, revision, facts, now, occurred_at=now)
    xp.apply(source)
    service.apply(source)


def stream(gamification: Service, **more: Any) -> dict[str, Any]:
    """The items as they are, as the table's stream would show their last change."""
    records = [
        {
            "eventName": "MODIFY",
            "eventSourceARN": f"arn:aws:dynamodb:us-east-1:000000000000:table/{gamification.table}/stream/x",
            "dynamodb": {
                "ApproximateCreationDateTime": time.time(),
                "Keys": {"pk": item["pk"], "sk": item["sk"]},
                "NewImage": item,
            },
            **more,
        }
        for item in gamification.items()
    ]
    return {"Records": records}


def test_a_workout_is_on_the_boards_when_its_stream_came(gamification: Service) -> None:
    service.forget()
    ran(gamification, ATHLETE, 5000)
    ran(gamification, OTHER, 7000)
    assert rank.rank(ATHLETE, BOARD) is None
    event = stream(gamification)
    for _ in range(2):
        gamification.invoke("boards/on_score_changes", event)
    page = rank.page(BOARD, ATHLETE)
    assert [(row.user_id, row.score, row.rank) for row in page.rows] == [(OTHER, 7000, 1), (ATHLETE, 5000, 2)]
    assert page.me is not None
    assert (page.me.rank, page.me.total) == (2, 2)
    assert page.as_of is not None


def test_who_is_erased_is_on_no_board_and_what_is_over_goes_by_itself(gamification: Service) -> None:
    service.forget()
    ran(gamification, ATHLETE, 5000)
    ran(gamification, OTHER, 7000)
    gamification.invoke("boards/on_score_changes", stream(gamification))
    scores = [item for item in gamification.items() if item["sk"]["S"] == "BOARDS#ever"]
    removed = stream(gamification)
    removed["Records"] = [
        {**one, "eventName": "REMOVE", "dynamodb": {**one["dynamodb"], "NewImage": None}}
        for one in removed["Records"]
        if one["dynamodb"]["Keys"]["sk"]["S"] == "BOARDS#ever" and OTHER in one["dynamodb"]["Keys"]["pk"]["S"]
    ]
    by_ttl = {"Records": [{**removed["Records"][0], "userIdentity": {"principalId": "dynamodb.amazonaws.com"}}]}
    gamification.invoke("boards/on_score_changes", by_ttl)
    assert rank.page(BOARD).total == len(scores) == 2
    gamification.invoke("boards/on_score_changes", removed)
    assert [row.user_id for row in rank.page(BOARD).rows] == [ATHLETE]
    left = [item for item in gamification.items() if item["pk"]["S"].startswith(f"BOARD#{BOARD}#")]
    assert [item["sk"]["S"].partition("#")[2] for item in left] == [ATHLETE]


def size(item: dict[str, Any]) -> int:
    return sum(len(name) + len(next(iter(value.values()))) for name, value in item.items())


def test_every_entry_is_small(gamification: Service) -> None:
    service.forget()
    ran(gamification, ATHLETE, 5000)
    gamification.invoke("boards/on_score_changes", stream(gamification))
    entries = [item for item in gamification.items() if item["pk"]["S"].startswith("BOARD#")]
    assert len(entries) == 12
    assert (
        max(sum(len(name) + len(next(iter(value.values()))) for name, value in one.items()) for one in entries) <= 130
    )
