"""The table's stream: scores moved, and their entries on the boards follow."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from aws_lambda_powertools.utilities.typing import LambdaContext

from gamification.boards import placement
from gamification.boards.domain import period_named
from gamification.boards.placement import Image
from gamification.boards.store import Scores
from stadion import clock
from stadion.observability import count, observed

BEGINNING: Final = "BOARDS#"
BY_TTL: Final = "dynamodb.amazonaws.com"
"""Who removes what is over: its entries go by themselves."""


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> None:  # noqa: ARG001
    images = list(_images(event))
    placed = placement.place(images, clock.now())
    count("ScoresPlaced", placed)


def _images(event: dict[str, Any]) -> Iterator[Image]:
    for record in event["Records"]:
        told = record["dynamodb"]
        pk, sk = told["Keys"]["pk"]["S"], told["Keys"]["sk"]["S"]
        period = period_named(sk.removeprefix(BEGINNING))
        by_ttl = (record.get("userIdentity") or {}).get("principalId") == BY_TTL
        if not sk.startswith(BEGINNING) or period is None or by_ttl:
            continue
        image = told.get("NewImage")
        scores = Scores.model_validate_json(image["body"]["S"]) if image is not None else None
        revision = int(image["revision"]["N"]) if image is not None else 0
        at = datetime.fromtimestamp(float(told["ApproximateCreationDateTime"]), UTC)
        yield Image(pk.partition("#")[2], period, revision, scores, at)
