"""Claim checks: what is too large for an event waits in the platform's bucket, and the event carries its key.

A claim lives as long as the archive can replay the event that names it.
"""

from stadion.settings import Settings, load
from stadion.storage import s3_client


class ClaimSettings(Settings):
    claims_bucket: str


def deposit(key: str, data: bytes) -> str:
    """The same key is the same content: a repetition changes nothing."""
    s3_client().put_object(Bucket=load(ClaimSettings).claims_bucket, Key=key, Body=data)
    return key


def collect(key: str) -> bytes:
    return s3_client().get_object(Bucket=load(ClaimSettings).claims_bucket, Key=key)["Body"].read()
