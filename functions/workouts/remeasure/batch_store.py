"""Chosen workouts in batches: JSON files in S3, which the distributed map goes over."""

import json
from collections.abc import Sequence

from stadion.settings import load
from stadion.storage import s3_client
from workouts.remeasure.domain import Planned
from workouts.remeasure.settings import RemeasureSettings


def write(run_id: str, number: int, planned: Sequence[Planned]) -> None:
    """The same number again replaces the whole file."""
    s3_client().put_object(
        Bucket=load(RemeasureSettings).remeasure_bucket,
        Key=f"runs/{run_id}/batches/{number:06}.json",  # the prefix is that of the state machine
        Body=json.dumps([one.model_dump(mode="json") for one in planned], separators=(",", ":")).encode(),
        ContentType="application/json",
    )


def read(key: str) -> list[Planned]:
    answer = s3_client().get_object(Bucket=load(RemeasureSettings).remeasure_bucket, Key=key)
    return [Planned.model_validate(one) for one in json.loads(answer["Body"].read())]


def number_of(key: str) -> int:
    return int(key.rpartition("/")[2].removesuffix(".json"))
