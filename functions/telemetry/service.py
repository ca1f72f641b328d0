"""Use cases: read a workout's streams, export them."""

from stadion.streams.codec import Floats
from stadion.streams.recorded import joined
from telemetry import store
from telemetry.domain import KNOWN, Resolution, Series, has_distance, streams
from telemetry.errors import NoDistanceError, StreamsNotFoundError, UnknownStreamError
from telemetry.exports import Format, exported
from telemetry.schemas import StreamsResponse
from telemetry.store import Kept


def read(user_id: str, workout_id: str, keys: str | None, *, resolution: Resolution, series: Series) -> StreamsResponse:
    """Two DynamoDB requests, whatever the resolution, up to a megabyte of chunks."""
    wanted = _wanted(keys)
    kept, columns = _columns(user_id, workout_id)
    if series is Series.DISTANCE and not has_distance(columns):
        raise NoDistanceError
    told = streams(columns, kept.sport_type, wanted, resolution=resolution, series=series)
    return StreamsResponse(
        workout_id=workout_id,
        resolution=resolution,
        series=series,
        original_size=len(columns["time_s"]),
        size=max((len(values) for values in told.values()), default=0),
        streams=told,
    )


def export(user_id: str, workout_id: str, as_format: Format) -> str:
    kept, columns = _columns(user_id, workout_id)
    if kept.started_at is None:
        raise StreamsNotFoundError
    return exported(columns, sport_type=kept.sport_type, started_at=kept.started_at, as_format=as_format)


def _columns(user_id: str, workout_id: str) -> tuple[Kept, dict[str, Floats]]:
    kept, _ = store.find(user_id, workout_id)
    if kept is None or kept.key is None:
        raise StreamsNotFoundError
    return kept, joined(store.read_chunks(user_id, kept))


def _wanted(keys: str | None) -> list[str]:
    """`time` is always among them; all when nothing was asked for."""
    if not keys:
        return list(KNOWN)
    named = [name.strip() for name in keys.split(",") if name.strip()]
    for name in named:
        if name not in KNOWN:
            raise UnknownStreamError(pointer="query:keys", name=name[:40], known=", ".join(KNOWN))
    return list(dict.fromkeys(["time", *named]))
