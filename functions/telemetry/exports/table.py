"""CSV for spreadsheets: a row for every sample, as it was recorded."""

import csv
import io

from stadion import clock
from stadion.streams.recorded import TIME
from telemetry.exports.domain import Exported
from telemetry.exports.xml import plain


def as_csv(workout: Exported) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, ["time", *workout.columns], lineterminator="\n")
    writer.writeheader()
    for sample in workout.samples():
        told = {name: plain(value) for name, value in sample.items()}
        writer.writerow({"time": clock.rfc3339(workout.at(sample[TIME])), **told})
    return out.getvalue()
