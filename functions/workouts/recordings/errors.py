class RecordingError(Exception):
    """A file that cannot become a workout: `code` is stable, `detail` tells the athlete what to do about it."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


def no_points() -> RecordingError:
    return RecordingError("no_points", "The file holds no recorded points. Export the activity itself, not a route.")


def no_times() -> RecordingError:
    return RecordingError(
        "no_times", "The points have no times: this is a route, not a recording. Export the activity."
    )


def too_many_points(limit: int) -> RecordingError:
    return RecordingError(
        "too_many_points", f"The file holds more than {limit:,} points. Split it and upload the parts."
    )
