"""A workout as a file that other programs read. FIT and TCX read back as the same workout; CSV is for spreadsheets."""

from telemetry.exports.domain import Exported, ExportFormat
from telemetry.exports.errors import FormatCannotCarryError
from telemetry.streams import service as streams


def export(user_id: str, workout_id: str, as_format: ExportFormat) -> bytes:
    told, columns = streams.whole(user_id, workout_id)
    return exported(Exported.of(told, columns), as_format)


def exported(workout: Exported, as_format: ExportFormat) -> bytes:
    """Doubted readings are left out."""
    if as_format not in workout.formats:
        formats = ", ".join(workout.formats)
        raise FormatCannotCarryError(
            pointer="query:format", extensions={"formats": workout.formats}, format=as_format.value, formats=formats
        )
    if as_format is ExportFormat.FIT:
        from telemetry.exports.fit import as_fit  # the encoder's profile takes a tenth of a second to load

        return as_fit(workout)
    if as_format is ExportFormat.TCX:
        from telemetry.exports.tcx import as_tcx

        return as_tcx(workout).encode()
    if as_format is ExportFormat.GPX:
        from telemetry.exports.gpx import as_gpx

        return as_gpx(workout).encode()
    from telemetry.exports.table import as_csv

    return as_csv(workout).encode()
