"""How every number of these metrics is told (its method, what went in, whether it is estimated), and whose it is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field


class MetricInput(BaseModel):
    """Something that a number rests on."""

    model_config = ConfigDict(frozen=True)

    value: float | str = Field(examples=[250])
    since: date | None = Field(default=None, description="the day on which it was measured", examples=["2026-11-01"])
    assumed: str | None = Field(
        default=None, description="how it was come by when nobody measured it", examples=["tanaka_2001"]
    )


Inputs = Mapping[str, MetricInput]


class MetricMeasure(BaseModel):
    """A number, or why there is none."""

    model_config = ConfigDict(frozen=True)

    value: float | None = Field(description="null: see `missing`", examples=[61.4])
    unit: str = Field(examples=["tss"])
    method: str = Field(examples=["hr_tss"])
    inputs: dict[str, MetricInput] = Field(default_factory=dict)
    estimated: bool = Field(
        default=False, description="it rests on something assumed, or on a sensor that was silent for long"
    )
    missing: list[str] = Field(default_factory=list, description="what it would take", examples=[["ftp_w"]])


def told(
    value: float, unit: str, method: str, inputs: Inputs | None = None, *, estimated: bool = False
) -> MetricMeasure:
    given = dict(inputs or {})
    rests_on_assumptions = any(one.assumed is not None for one in given.values())
    return MetricMeasure(
        value=round(value, 3), unit=unit, method=method, inputs=given, estimated=estimated or rests_on_assumptions
    )


def untold(unit: str, method: str, *missing: str) -> MetricMeasure:
    return MetricMeasure(value=None, unit=unit, method=method, missing=list(missing))


def number(given: MetricInput) -> float:
    return float(given.value)


INPUTS: Final = {"pace": "threshold_pace"}
"""What is called otherwise among the inputs of numbers."""


@dataclass(frozen=True)
class Body:
    """What held on a day; None is unknown and cannot be estimated."""

    resting: MetricInput
    max: MetricInput | None
    threshold: MetricInput | None
    ftp: MetricInput | None
    pace: MetricInput | None
    weighting: MetricInput
    """Of TRIMP: `male` or `female`."""

    def told(self) -> dict[str, Any]:
        return {
            name: given.model_dump(mode="json") if given is not None else None for name, given in vars(self).items()
        }

    def told_for(self, inputs: Collection[str]) -> dict[str, Any]:
        """Of what no number rests on, only whether it is known: that is told as missing."""
        return {
            name: given if INPUTS.get(name, name) in inputs else given is not None
            for name, given in self.told().items()
        }
