"""A workout's streams as a file that other programs read: GPX 1.1, TCX v2 or CSV."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from xml.sax.saxutils import quoteattr

from stadion import clock
from stadion.sports import SportType, sport
from stadion.streams.codec import Floats
from stadion.streams.recorded import sound


class ExportFormat(StrEnum):
    GPX = "gpx"
    TCX = "tcx"
    CSV = "csv"


CONTENT_TYPES = {
    ExportFormat.GPX: "application/gpx+xml",
    ExportFormat.TCX: "application/vnd.garmin.tcx+xml",
    ExportFormat.CSV: "text/csv; charset=utf-8",
}
Columns = Mapping[str, Floats]
Sample = dict[str, float]


def exported(columns: Columns, *, sport_type: SportType, started_at: datetime, as_format: ExportFormat) -> str:
    """Doubted readings are left out."""
    write = {ExportFormat.GPX: _gpx, ExportFormat.TCX: _tcx, ExportFormat.CSV: _csv}[as_format]
    return write(sound(columns), sport_type, started_at)


def _samples(columns: Columns) -> Iterator[Sample]:
    """Only what was recorded at each moment."""
    lists = {name: values.tolist() for name, values in columns.items()}
    for row in zip(*lists.values(), strict=True):
        yield {name: value for name, value in zip(lists, row, strict=True) if value == value}  # noqa: PLR0124 - NaN


def _at(started_at: datetime, sample: Sample) -> str:
    return clock.rfc3339(started_at + timedelta(seconds=sample["time_s"]))


def _tag(name: str, value: float | str | None) -> str:
    return "" if value is None else f"<{name}>{_plain(value)}</{name}>"


def _plain(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.10f}".rstrip("0").rstrip(".")


def _whole(value: float | None) -> str | None:
    return None if value is None else str(round(value))


def _gpx(columns: Columns, sport_type: SportType, started_at: datetime) -> str:
    """Points without a position are left out: GPX has no place for them."""
    kind = next(iter(sport(sport_type).gpx_types), sport_type.value)
    points = "\n".join(_gpx_point(sample, started_at) for sample in _samples(columns) if "lat" in sample)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gpx version="1.1" creator="Stadion" xmlns="http://www.topografix.com/GPX/1/1" '
        'xmlns:tpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">\n'
        f"<trk><type>{kind}</type><trkseg>\n{points}\n</trkseg></trk>\n</gpx>\n"
    )


def _gpx_point(sample: Sample, started_at: datetime) -> str:
    sensors = (
        _tag("tpx:atemp", sample.get("temperature_c"))
        + _tag("tpx:hr", _whole(sample.get("heart_rate_bpm")))
        + _tag("tpx:cad", _whole(sample.get("cadence_rpm")))
    )
    power = _tag("power", _whole(sample.get("power_w")))
    block = f"<tpx:TrackPointExtension>{sensors}</tpx:TrackPointExtension>" if sensors else ""
    extensions = f"<extensions>{power}{block}</extensions>" if power or block else ""
    place = f"lat={quoteattr(_plain(sample['lat']))} lon={quoteattr(_plain(sample['lon']))}"
    return (
        f"<trkpt {place}>{_tag('ele', sample.get('altitude_m'))}{_tag('time', _at(started_at, sample))}"
        f"{extensions}</trkpt>"
    )


def _tcx(columns: Columns, sport_type: SportType, started_at: datetime) -> str:
    points = "\n".join(_tcx_point(sample, started_at) for sample in _samples(columns))
    start = clock.rfc3339(started_at)
    seconds = float(columns["time_s"][-1]) if len(columns["time_s"]) else 0.0
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2" '
        'xmlns:x="http://www.garmin.com/xmlschemas/ActivityExtension/v2">\n'
        f'<Activities><Activity Sport="{sport(sport_type).tcx_sport}"><Id>{start}</Id><Lap StartTime="{start}">'
        f"{_tag('TotalTimeSeconds', seconds)}<DistanceMeters>{_last(columns, 'distance_m')}</DistanceMeters>"
        "<Calories>0</Calories><Intensity>Active</Intensity><TriggerMethod>Manual</TriggerMethod><Track>\n"
        f"{points}\n</Track></Lap></Activity></Activities>\n</TrainingCenterDatabase>\n"
    )


def _last(columns: Columns, name: str) -> str:
    known = [value for value in columns.get(name, ()) if value == value]  # noqa: PLR0124 - NaN
    return _plain(float(known[-1])) if known else "0"


def _tcx_point(sample: Sample, started_at: datetime) -> str:
    position = ""
    if "lat" in sample:
        degrees = _tag("LatitudeDegrees", sample["lat"]) + _tag("LongitudeDegrees", sample["lon"])
        position = f"<Position>{degrees}</Position>"
    heart = _tag("Value", _whole(sample.get("heart_rate_bpm")))
    extension = _tag("x:Speed", sample.get("speed_mps")) + _tag("x:Watts", _whole(sample.get("power_w")))
    return (
        f"<Trackpoint>{_tag('Time', _at(started_at, sample))}{position}"
        f"{_tag('AltitudeMeters', sample.get('altitude_m'))}{_tag('DistanceMeters', sample.get('distance_m'))}"
        f"{f'<HeartRateBpm>{heart}</HeartRateBpm>' if heart else ''}"
        f"{_tag('Cadence', _whole(sample.get('cadence_rpm')))}"
        f"{f'<Extensions><x:TPX>{extension}</x:TPX></Extensions>' if extension else ''}</Trackpoint>"
    )


def _csv(columns: Columns, _: SportType, started_at: datetime) -> str:
    out = io.StringIO()
    names = ["time", *columns]
    writer = csv.DictWriter(out, names, lineterminator="\n")
    writer.writeheader()
    for sample in _samples(columns):
        told = {name: _plain(value) for name, value in sample.items()}
        writer.writerow({"time": _at(started_at, sample), **told})
    return out.getvalue()
