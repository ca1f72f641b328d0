"""HTTP entry point of telemetry: the streams of a workout, the same as a file, and what devices send and sent."""

import base64
from typing import Annotated, Any, Final

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Query

from stadion import clock
from stadion.contract import AnswerElsewhere, Raises, file_response
from stadion.errors import ConsentRequiredError
from stadion.http import Api, lambda_handler
from stadion.large_answers import AnswerNotKeptError, AnswerTooLargeError
from stadion.observability import correlation_id
from telemetry.athletes import store as people
from telemetry.devices import intake_service, readings_service
from telemetry.devices.errors import TelemetryNotQueuedError, TelemetryTooLargeError
from telemetry.devices.schemas import DEVICE_ID, TelemetryBatch, TelemetryReceipt, TelemetryResponse
from telemetry.downsampling import StreamResolution
from telemetry.errors import MetricNotFoundError, TelemetryRangeError, TelemetryRangeTooLongError
from telemetry.exports import service as exports
from telemetry.exports.domain import CONTENT_TYPES, ExportFormat
from telemetry.exports.errors import FormatCannotCarryError
from telemetry.live.routes import router as live_router
from telemetry.metrics.routes import router as metrics_router
from telemetry.streams import service
from telemetry.streams.domain import StreamSeries
from telemetry.streams.errors import NoDistanceError, StreamsNotFoundError, UnknownStreamError
from telemetry.streams.schemas import StreamsResponse

api = Api(reader_of=people.reader_of)
api.include_router(live_router)
api.include_router(metrics_router)
handler = lambda_handler(api)

MAX_BYTES = 512 * 1024
LARGE: Final[Raises] = (AnswerElsewhere, AnswerTooLargeError, AnswerNotKeptError)
"""Of what may be more than an answer can carry."""


@api.get(
    "/v1/workouts/<workout_id>/streams",
    summary="Read the recorded streams",
    tags=["Streams"],
    compress=True,
    raises=(UnknownStreamError, StreamsNotFoundError, NoDistanceError, *LARGE),
)
def get_streams(
    workout_id: str,
    keys: Annotated[str | None, Query(max_length=200, examples=["time,heartrate,latlng"])] = None,
    resolution: Annotated[StreamResolution, Query()] = StreamResolution.MEDIUM,
    series: Annotated[StreamSeries, Query()] = StreamSeries.TIME,
) -> StreamsResponse:
    return StreamsResponse.of(service.read(api.user_id, workout_id, keys, resolution=resolution, series=series))


@api.get(
    "/v1/workouts/<workout_id>/export",
    summary="Export as FIT, TCX, GPX or CSV",
    tags=["Streams"],
    compress=True,
    responses=file_response(*CONTENT_TYPES.values()),
    raises=(StreamsNotFoundError, FormatCannotCarryError, *LARGE),
)
def export_workout(workout_id: str, format: Annotated[ExportFormat, Query()] = ExportFormat.GPX) -> Response[str]:  # noqa: A002
    """FIT and TCX read back as the same workout. GPX carries positions, CSV samples; without any they are refused."""
    body = exports.export(api.user_id, workout_id, format)
    headers: dict[str, Any] = {"Content-Disposition": f'attachment; filename="{workout_id}.{format.value}"'}
    kind = CONTENT_TYPES[format]
    if format is not ExportFormat.FIT:
        return Response(status_code=200, content_type=kind, headers=headers, body=body.decode())
    packed = base64.b64encode(body).decode()
    response = Response(status_code=200, content_type=kind, headers=headers, body=packed, compress=False)
    response.base64_encoded = True
    return response


@api.post(
    "/v1/telemetry",
    summary="Send what a device measured",
    tags=["Telemetry"],
    status_code=202,
    raises=(TelemetryTooLargeError, TelemetryNotQueuedError),
)
def send_telemetry(body: Annotated[TelemetryBatch, Body()]) -> TelemetryReceipt:
    """Each value is judged by itself: accepted, flagged (kept aside) or rejected with a code; of health data with
    `consent_required`, unless the athlete agrees to them.

    Order and age do not matter, and a repetition changes nothing. Of two values of a device for one instant, the one
    that was received last counts. What is accepted can be read a moment later."""
    if len(api.event.body or "") > MAX_BYTES:
        raise TelemetryTooLargeError
    user_id, now = api.user_id, clock.now()
    verdicts = intake_service.take(user_id, body.device_id, body.samples, now, correlation_id=correlation_id())
    return TelemetryReceipt.of(verdicts, api.reader)


@api.get(
    "/v1/telemetry/<metric>",
    summary="Read what devices measured",
    tags=["Telemetry"],
    compress=True,
    raises=(ConsentRequiredError, MetricNotFoundError, TelemetryRangeError, TelemetryRangeTooLongError, *LARGE),
)
def read_telemetry(
    metric: str,
    since: Annotated[str | None, Query(alias="from", max_length=40, examples=["2026-11-21T05:00:00Z"])] = None,
    until: Annotated[str | None, Query(alias="to", max_length=40, examples=["2026-11-22"])] = None,
    device_id: Annotated[str | None, Query(pattern=DEVICE_ID)] = None,
    resolution: Annotated[StreamResolution, Query()] = StreamResolution.MEDIUM,
    flagged: Annotated[bool, Query(description="what was kept aside as implausible, instead")] = False,
) -> TelemetryResponse:
    """Samples of at most 31 days, or a daily metric of two years; the last day or month when no range is given.

    Without `device_id`, of all devices: for one instant, the value that was received last."""
    asked = readings_service.Question(metric, since, until, device_id=device_id, resolution=resolution, flagged=flagged)
    return TelemetryResponse.of(readings_service.read(api.user_id, asked, clock.now()))
