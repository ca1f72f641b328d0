from stadion.settings import Settings


class TouchedDaysSettings(Settings):
    touched_days_queue: str
