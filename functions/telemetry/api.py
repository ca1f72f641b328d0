"""HTTP entry point of streams: every recorded second of a workout, and the same as a file."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from stadion.http import Api, lambda_handler
from telemetry import service
from telemetry.domain import Resolution, Series
from telemetry.exports import CONTENT_TYPES, Format
from telemetry.schemas import StreamsResponse

api = Api()
handler = lambda_handler(api)


@api.get("/v1/workouts/<workout_id>/streams", summary="Read the recorded streams", tags=["Streams"], compress=True)
def get_streams(
    workout_id: str,
    keys: Annotated[str | None, Query(max_length=200, examples=["time,heartrate,latlng"])] = None,
    resolution: Annotated[Resolution, Query()] = Resolution.MEDIUM,
    series: Annotated[Series, Query()] = Series.TIME,
) -> StreamsResponse:
    return service.read(api.user_id, workout_id, keys, resolution=resolution, series=series)


@api.get("/v1/workouts/<workout_id>/export", summary="Export as GPX, TCX or CSV", tags=["Streams"], compress=True)
def export_workout(workout_id: str, format: Annotated[Format, Query()] = Format.GPX) -> Response[str]:  # noqa: A002
    body = service.export(api.user_id, workout_id, format)
    headers: dict[str, Any] = {"Content-Disposition": f'attachment; filename="{workout_id}.{format.value}"'}
    return Response(status_code=200, content_type=CONTENT_TYPES[format], headers=headers, body=body)
