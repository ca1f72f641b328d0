from workouts.reasons import Reason


class RecordingError(Exception):
    """A file, or a part of one, that cannot become a workout: `workouts.texts` says what the athlete can do."""

    def __init__(self, code: str, **values: str | int | float) -> None:
        self.reason = Reason.of(code, **values)
        super().__init__(self.reason)

    @property
    def code(self) -> str:
        return self.reason.code
