"""Why something is doubted, left out or refused: stored as a code with its values, worded when it is read."""

from typing import Self

from pydantic import Field

from stadion.values import Value


class Reason(Value):
    """`code` is stable and has a sentence in `workouts.texts`, which `values` complete."""

    code: str = Field(examples=["fit_torn"])
    values: dict[str, str | int | float] = Field(default_factory=dict)

    @classmethod
    def of(cls, code: str, **values: str | int | float) -> Self:
        return cls(code=code, values=values)
