"""TCX v2: laps with their own totals, a track for each stretch between pauses."""

from itertools import accumulate, groupby, pairwise
from operator import itemgetter
from typing import Final
from xml.sax.saxutils import escape

from stadion.sports import sport
from stadion.streams.recorded import TIME
from stadion.streams.told import ToldLap
from telemetry.exports.domain import Exported, Sample
from telemetry.exports.xml import NAMESPACE, extension, moment, printable, tag, whole

_UNKNOWN_UNIT: Final = (
    "<UnitId>0</UnitId><ProductID>0</ProductID><Version><VersionMajor>0</VersionMajor>"
    "<VersionMinor>0</VersionMinor></Version>"
)


def as_tcx(workout: Exported) -> str:
    told = workout.told
    tracks = _tracks(workout)
    laps = "".join(
        _lap(workout, lap, kcal, tracks.get(number, ""))
        for number, (lap, kcal) in enumerate(zip(workout.laps, _calories(workout), strict=True))
    )
    device = f"<Name>{escape(printable(told.device))}</Name>{_UNKNOWN_UNIT}" if told.device else ""
    creator = f'<Creator xsi:type="Device_t">{device}</Creator>' if device else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xmlns:x="http://www.garmin.com/xmlschemas/ActivityExtension/v2" {NAMESPACE}>\n'
        f'<Activities><Activity Sport="{sport(told.sport_type).tcx_sport}"><Id>{moment(told.started_at)}</Id>'
        f"{laps}{creator}{extension(workout, workout.time_s)}</Activity></Activities>\n</TrainingCenterDatabase>\n"
    )


def _calories(workout: Exported) -> list[int]:
    """Of each lap, whole as TCX wants them, so that they add up to the whole of the workout."""
    timers = [lap.timer_time_s for lap in workout.laps]
    a_second = (workout.told.calories_kcal or 0.0) / (sum(timers) or 1.0)
    until = [round(seconds * a_second) for seconds in accumulate(timers, initial=0.0)]
    return [after - before for before, after in pairwise(until)]


def _lap(workout: Exported, lap: ToldLap, kcal: int, tracks: str) -> str:
    heart = tag("Value", whole(lap.average_heart_rate_bpm))
    return (
        f'<Lap StartTime="{moment(workout.at(lap.offset_s))}">{tag("TotalTimeSeconds", lap.timer_time_s)}'
        f"{tag('DistanceMeters', lap.distance_m or 0.0)}<Calories>{kcal}</Calories>"
        f"{f'<AverageHeartRateBpm>{heart}</AverageHeartRateBpm>' if heart else ''}"
        f"<Intensity>Active</Intensity><TriggerMethod>Manual</TriggerMethod>{tracks}</Lap>"
    )


def _tracks(workout: Exported) -> dict[int, str]:
    """By the number of their lap."""
    found: dict[int, str] = {}
    rows = zip(workout.lap_of_samples(), workout.part_of_samples(), workout.samples(), strict=True)
    for (lap, _), points in groupby(rows, key=itemgetter(0, 1)):
        track = "\n".join(_point(workout, sample) for _, _, sample in points)
        found[lap] = found.get(lap, "") + f"<Track>\n{track}\n</Track>"
    return found


def _point(workout: Exported, sample: Sample) -> str:
    position = ""
    if "lat" in sample:
        degrees = tag("LatitudeDegrees", sample["lat"]) + tag("LongitudeDegrees", sample["lon"])
        position = f"<Position>{degrees}</Position>"
    heart = tag("Value", whole(sample.get("heart_rate_bpm")))
    sensors = tag("x:Speed", sample.get("speed_mps")) + tag("x:Watts", whole(sample.get("power_w")))
    return (
        f"<Trackpoint>{tag('Time', moment(workout.at(sample[TIME])))}{position}"
        f"{tag('AltitudeMeters', sample.get('altitude_m'))}{tag('DistanceMeters', sample.get('distance_m'))}"
        f"{f'<HeartRateBpm>{heart}</HeartRateBpm>' if heart else ''}"
        f"{tag('Cadence', whole(sample.get('cadence_rpm')))}"
        f"{f'<Extensions><x:TPX>{sensors}</x:TPX></Extensions>' if sensors else ''}</Trackpoint>"
    )
