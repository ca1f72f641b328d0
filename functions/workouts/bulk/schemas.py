"""Requests and responses about many workouts."""

from collections.abc import Iterable
from typing import Annotated, Self

from pydantic import BaseModel, Field

from stadion import problems
from stadion.http import RequestModel
from stadion.ids import ClientId
from stadion.units import Reader
from workouts.bulk.service import BulkStatus, Named, Result
from workouts.schemas import GearIds

MOST = 100


class NamedWorkout(RequestModel):
    workout_id: ClientId
    revision: int | None = Field(default=None, ge=1, description="only if it still has this one; left out: whichever")


NamedWorkouts = Annotated[
    list[NamedWorkout],
    Field(min_length=1, max_length=MOST, examples=[[{"workout_id": "0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b11"}]]),
]


class BulkDelete(RequestModel):
    workouts: NamedWorkouts

    def named(self) -> list[Named]:
        return [Named(one.workout_id, one.revision) for one in self.workouts]


class BulkGear(BulkDelete):
    gear_ids: GearIds | None = Field(
        description="the pieces worn; null, which must be said: the default gear of the sport",
        examples=[["0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b12"]],
    )


class BulkProblem(BaseModel):
    """As the request for this workout alone would have answered."""

    type: str
    title: str
    status: int = Field(examples=[404])
    detail: str
    code: str = Field(examples=["workout_not_found"])


class BulkResult(BaseModel):
    workout_id: str
    status: BulkStatus = Field(description="not_reached: time was up before it; send it again")
    problem: BulkProblem | None = Field(default=None, description="why it failed")


class BulkAnswer(BaseModel):
    results: list[BulkResult] = Field(description="in the order of the request")

    @classmethod
    def of(cls, results: Iterable[Result], reader: Reader) -> Self:
        return cls(results=[_shown(one, reader) for one in results])


def _shown(result: Result, reader: Reader) -> BulkResult:
    problem = None
    if result.error is not None:
        told = problems.of_error(result.error, language=reader.language, instance="", trace_id="")
        problem = BulkProblem(**{name: told[name] for name in BulkProblem.model_fields})
    return BulkResult(workout_id=result.workout_id, status=result.status, problem=problem)
