from stadion.settings import Settings


class MeasuringSettings(Settings):
    measuring_queue: str


class TouchedDaysSettings(Settings):
    touched_days_queue: str
