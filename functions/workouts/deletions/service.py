"""Use case: of a deleted workout nothing is left in any bucket."""

from collections.abc import Iterator

from stadion import claims
from stadion.storage import Version, delete_versions, versions_under
from workouts.file_store import bucket, folder
from workouts.photos import picture_store
from workouts.uploads.incoming_store import INCOMING, Incoming
from workouts.uploads.store import UPLOADS


def forget(user_id: str, workout_id: str) -> int:
    """Its originals, the files they came in, its claims and photos, each in all versions; how many those were."""
    originals = versions_under(bucket(), folder(user_id, workout_id))
    return (
        delete_versions(bucket(), originals)
        + delete_versions(bucket(), _came_in(user_id, workout_id))
        + claims.forget(user_id, workout_id)
        + picture_store.forget(user_id, workout_id)
    )


def _came_in(user_id: str, workout_id: str) -> Iterator[Version]:
    """Files of uploads that are over: S3 sweeps them after a week, and their older versions after a month."""
    found = list(versions_under(bucket(), f"{INCOMING}/{user_id}/"))
    asked = {(user_id, Incoming.of_key(one.key).upload_id) for one in found}
    uploads = {one.upload_id: one for one in UPLOADS.some(asked)}
    for version in found:
        upload = uploads.get(Incoming.of_key(version.key).upload_id)
        if upload is not None and upload.is_over_with(workout_id):
            yield version
