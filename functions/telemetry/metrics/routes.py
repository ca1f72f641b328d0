"""The metrics over HTTP. All of them are the caller's own."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

from stadion import clock
from stadion.errors import ConsentRequiredError
from stadion.http import Routes
from telemetry.errors import MetricNotFoundError, TelemetryRangeError, TelemetryRangeTooLongError
from telemetry.metrics.days import service as days
from telemetry.metrics.days.ranges import moments, span
from telemetry.metrics.days.schemas import (
    FitnessResponse,
    HistogramResponse,
    LatestResponse,
    MeanMaxResponse,
    MetricSeriesResponse,
    TrendResponse,
    ZonesResponse,
)
from telemetry.metrics.errors import HistogramWidthError, MetricsNotFoundError, MetricsRangeError, SeriesRangeError
from telemetry.metrics.workouts import service as workouts
from telemetry.metrics.workouts.schemas import MetricsResponse
from telemetry.timeseries.errors import TelemetryStoreBusyError
from telemetry.timeseries.port import SeriesFill, SeriesPeriod, SeriesSource

router = Routes()
TAGS = ["Metrics"]

From = Annotated[str | None, Query(alias="from", max_length=40, examples=["2026-11-01"])]
To = Annotated[str | None, Query(alias="to", max_length=40, examples=["2026-11-21"])]
Metric = Annotated[str, Query(max_length=40, examples=["heart_rate"])]
OfSource = Annotated[SeriesSource, Query()]


@router.get(
    "/v1/workouts/<workout_id>/metrics", summary="Read what a workout means", tags=TAGS, raises=(MetricsNotFoundError,)
)
def get_workout_metrics(workout_id: str) -> MetricsResponse:
    """Each number with its method, what went into it, and whether it is estimated; what is missing where there is none.

    They come a moment after the workout, and again when it, the zones or FTP change. Without the consent `health_data`
    only what does not tell of the body: of the rest, `missing` is `consent_health_data`."""
    return MetricsResponse.of(workouts.of_workout(router.user_id, workout_id))


@router.get(
    "/v1/metrics/fitness",
    summary="Read fitness, fatigue and form",
    tags=TAGS,
    compress=True,
    raises=(ConsentRequiredError, MetricsRangeError, TelemetryStoreBusyError),
)
def get_fitness(since: From = None, until: To = None) -> FitnessResponse:
    """Of each day, at most 731; six weeks until today when no range is given."""
    user_id = router.user_id
    return FitnessResponse.of(days.fitness_of(user_id, span(user_id, since, until, clock.now())))


@router.get(
    "/v1/metrics/trends/<metric>",
    summary="Read the trend of a metric",
    tags=TAGS,
    compress=True,
    raises=(ConsentRequiredError, MetricNotFoundError, MetricsRangeError, TelemetryStoreBusyError),
)
def get_trend(
    metric: str,
    source: OfSource = SeriesSource.WORKOUTS,
    period: Annotated[SeriesPeriod, Query()] = SeriesPeriod.WEEK,
    since: From = None,
    until: To = None,
) -> TrendResponse:
    user_id = router.user_id
    found = days.trend(user_id, metric, source, span(user_id, since, until, clock.now()), period)
    return TrendResponse.of(found, metric=metric, source=source, period=period)


@router.get(
    "/v1/metrics/zones",
    summary="Read the time in zones",
    tags=TAGS,
    raises=(ConsentRequiredError, MetricNotFoundError, MetricsRangeError, TelemetryStoreBusyError),
)
def get_zones(metric: Metric = "heart_rate", since: From = None, until: To = None) -> ZonesResponse:
    """Of workouts, `heart_rate` or `power`: each day's seconds in the zones that held on it."""
    user_id = router.user_id
    found = days.zones(user_id, metric, span(user_id, since, until, clock.now()))
    return ZonesResponse.of(found, metric=metric)


@router.get(
    "/v1/metrics/histogram",
    summary="Read how long each value was held",
    tags=TAGS,
    compress=True,
    raises=(ConsentRequiredError, HistogramWidthError, MetricNotFoundError, MetricsRangeError, TelemetryStoreBusyError),
)
def get_histogram(
    metric: Metric = "heart_rate",
    width: Annotated[float | None, Query(gt=0, le=10_000, examples=[5])] = None,
    since: From = None,
    until: To = None,
) -> HistogramResponse:
    user_id = router.user_id
    found = days.histogram(user_id, metric, width, span(user_id, since, until, clock.now()))
    return HistogramResponse.of(found, metric=metric)


@router.get(
    "/v1/metrics/mean-max",
    summary="Read the best averages of a season",
    tags=TAGS,
    raises=(ConsentRequiredError, MetricNotFoundError, MetricsRangeError, TelemetryStoreBusyError),
)
def get_mean_max(metric: Metric = "power", since: From = None, until: To = None) -> MeanMaxResponse:
    """By duration, of `power`, `heart_rate` or `speed`; of power with critical power, and what FTP it suggests."""
    user_id = router.user_id
    found = days.mean_max(user_id, metric, span(user_id, since, until, clock.now()))
    return MeanMaxResponse.of(found, metric=metric)


@router.get(
    "/v1/metrics/series/<metric>",
    summary="Read a metric in even steps",
    tags=TAGS,
    compress=True,
    raises=(
        ConsentRequiredError,
        MetricNotFoundError,
        SeriesRangeError,
        TelemetryRangeError,
        TelemetryRangeTooLongError,
        TelemetryStoreBusyError,
    ),
)
def get_series(
    metric: str,
    source: OfSource = SeriesSource.WORKOUTS,
    since: Annotated[str | None, Query(alias="from", max_length=40, examples=["2026-11-21T05:00:00Z"])] = None,
    until: Annotated[str | None, Query(alias="to", max_length=40, examples=["2026-11-22"])] = None,
    step_s: Annotated[int, Query(ge=1, le=31 * 86_400)] = 60,
    fill: Annotated[SeriesFill, Query()] = SeriesFill.NONE,
) -> MetricSeriesResponse:
    """Averages over steps; the last day when no range is given."""
    begins, ends = moments(since, until, clock.now())
    found = days.series(router.user_id, metric, source, begins, ends, step_s=step_s, fill=fill)
    return MetricSeriesResponse.of(found, metric=metric, source=source, step_s=step_s, fill=fill)


@router.get("/v1/metrics/latest", summary="Read the newest values", tags=TAGS, raises=(TelemetryStoreBusyError,))
def get_latest() -> LatestResponse:
    user_id = router.user_id
    return LatestResponse.of(
        workouts=days.latest(user_id, SeriesSource.WORKOUTS), devices=days.latest(user_id, SeriesSource.DEVICES)
    )
