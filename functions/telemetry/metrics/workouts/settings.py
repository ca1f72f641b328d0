from stadion.settings import Settings


class MeasuringSettings(Settings):
    measuring_queue: str
