from stadion.settings import Settings


class IntakeSettings(Settings):
    batches_queue: str
