from stadion.settings import Settings


class WorkoutSettings(Settings):
    files_bucket: str
