"""The audience in ready-made batches: JSON files in S3, which the distributed map goes over."""

import json

from promos.campaigns.run.domain import batch_name
from promos.settings import BatchSettings
from stadion.settings import load
from stadion.storage import s3_client

Members = list[tuple[str, str]]
"""(user id, arm)."""


def write(run_id: str, number: int, members: Members) -> None:
    """The same number again replaces the whole file."""
    s3_client().put_object(
        Bucket=load(BatchSettings).campaigns_bucket,
        Key=f"{prefix_of(run_id)}{batch_name(number)}.json",
        Body=json.dumps(members, separators=(",", ":")).encode(),
        ContentType="application/json",
    )


def read(key: str) -> Members:
    answer = s3_client().get_object(Bucket=load(BatchSettings).campaigns_bucket, Key=key)
    return [(user_id, arm) for user_id, arm in json.loads(answer["Body"].read())]


def prefix_of(run_id: str) -> str:
    """The same as in the state machine."""
    return f"runs/{run_id}/batches/"


def name_of(key: str) -> str:
    return key.rpartition("/")[2].removesuffix(".json")
