"""Claim checks: what is too large for an event waits in the platform's bucket, and the event carries its key.

A claim lives as long as the archive can replay the event that names it.
"""

from stadion.settings import Settings, load
from stadion.storage import delete_versions, s3_client, versions_under


class ClaimSettings(Settings):
    claims_bucket: str


def folder(user_id: str, workout_id: str) -> str:
    """Of all claims of a workout: the athlete first, so that they are found without an event. Until 2026-11-29 the
    workout alone was named; those are read by their whole key, and expire."""
    return f"streams/{user_id}/{workout_id}/"


def deposit(key: str, data: bytes) -> str:
    """The same key is the same content: a repetition changes nothing."""
    s3_client().put_object(Bucket=load(ClaimSettings).claims_bucket, Key=key, Body=data)
    return key


def forget_others(user_id: str, workout_id: str, key: str | None) -> int:
    """All claims of a workout but that one, in all versions; how many those were."""
    bucket = load(ClaimSettings).claims_bucket
    others = (one for one in versions_under(bucket, folder(user_id, workout_id)) if one.key != key)
    return delete_versions(bucket, others)


def forget(user_id: str, workout_id: str) -> int:
    """All claims of a workout, in all versions; how many those were."""
    bucket = load(ClaimSettings).claims_bucket
    return delete_versions(bucket, versions_under(bucket, folder(user_id, workout_id)))


def collect(key: str) -> bytes:
    return s3_client().get_object(Bucket=load(ClaimSettings).claims_bucket, Key=key)["Body"].read()
