"""The original recording, back to its owner."""

from datetime import datetime

from workouts import files, store
from workouts.errors import FileNotFoundInWorkoutError
from workouts.schemas import DownloadLink


def link(user_id: str, workout_id: str, sha256: str, now: datetime) -> DownloadLink:
    """`sha256` may be `original`: the first recording."""
    workout = store.get(user_id, workout_id)
    found = [file for file in workout.files if sha256 in {"original", file.sha256}]
    if not found:
        raise FileNotFoundInWorkoutError
    url, expires_at = files.download_link(found[0], now)
    return DownloadLink(filename=found[0].filename, url=url, expires_at=expires_at)
