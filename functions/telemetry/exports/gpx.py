"""GPX 1.1: a segment for each stretch between pauses. It has no place for samples without a position."""

from itertools import groupby
from operator import itemgetter
from xml.sax.saxutils import quoteattr

import numpy as np

from stadion.sports import sport
from stadion.streams.recorded import TIME
from telemetry.exports.domain import Exported, Sample
from telemetry.exports.xml import NAMESPACE, extension, moment, plain, tag, whole


def as_gpx(workout: Exported) -> str:
    kind = next(iter(sport(workout.told.sport_type).gpx_types), workout.told.sport_type.value)
    placed = (
        (part, sample)
        for part, sample in zip(workout.part_of_samples(), workout.samples(), strict=True)
        if "lat" in sample
    )
    segments = "\n".join(
        "<trkseg>\n" + "\n".join(_point(workout, sample) for _, sample in points) + "\n</trkseg>"
        for _, points in groupby(placed, key=itemgetter(0))
    )
    own = extension(workout, workout.time_s[~np.isnan(workout.columns["lat"])]).replace("Extensions>", "extensions>")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gpx version="1.1" creator="Stadion" xmlns="http://www.topografix.com/GPX/1/1" '
        f'xmlns:tpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v1" {NAMESPACE}>\n'
        f"<trk><type>{kind}</type>{own}{segments}</trk>\n</gpx>\n"
    )


def _point(workout: Exported, sample: Sample) -> str:
    sensors = (
        tag("tpx:atemp", sample.get("temperature_c"))
        + tag("tpx:hr", whole(sample.get("heart_rate_bpm")))
        + tag("tpx:cad", whole(sample.get("cadence_rpm")))
    )
    power = tag("power", whole(sample.get("power_w")))
    block = f"<tpx:TrackPointExtension>{sensors}</tpx:TrackPointExtension>" if sensors else ""
    extensions = f"<extensions>{power}{block}</extensions>" if power or block else ""
    place = f"lat={quoteattr(plain(sample['lat']))} lon={quoteattr(plain(sample['lon']))}"
    return (
        f"<trkpt {place}>{tag('ele', sample.get('altitude_m'))}{tag('time', moment(workout.at(sample[TIME])))}"
        f"{extensions}</trkpt>"
    )
