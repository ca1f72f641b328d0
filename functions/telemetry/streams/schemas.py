from typing import Any, Self

from pydantic import BaseModel, Field

from telemetry.downsampling import StreamResolution
from telemetry.streams.domain import Streams, StreamSeries


class StreamsResponse(BaseModel):
    workout_id: str
    resolution: StreamResolution
    series: StreamSeries
    original_size: int = Field(description="samples that were recorded")
    size: int = Field(description="samples in each of the lists")
    streams: dict[str, list[Any]] = Field(
        description="parallel lists by name; a missing sample is null, a stream that was not recorded is left out",
        examples=[{"time": [0, 1, 2], "heartrate": [91, 92, None], "latlng": [[55.75, 37.61], None, [55.75, 37.62]]}],
    )
    doubted: dict[str, list[tuple[int, int]]] = Field(
        description="by name the index ranges (first, last, both included) in its list that count in no number and are "
        "in no export, as the samples around them contradict them; a stream without doubts is left out",
        examples=[{"heartrate": [[17, 17]], "latlng": [[0, 3], [1200, 1200]]}],
    )

    dropped: list[str] = Field(
        default_factory=list,
        description="streams that were recorded and are not shown, for want of the consent `health_data`",
        examples=[["heartrate"]],
    )

    @classmethod
    def of(cls, found: Streams) -> Self:
        return cls(
            workout_id=found.workout_id,
            resolution=found.resolution,
            series=found.series,
            original_size=found.original_size,
            size=found.size,
            streams=dict(found.lists),
            doubted=dict(found.doubted),
            dropped=found.dropped,
        )
