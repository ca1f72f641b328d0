"""The diary on moto: its files and the claims of recorded seconds."""

import pytest

from stadion.events.accounts import ConsentKind
from tests.kit.consents import agreed
from tests.kit.moto import claims_bucket
from tests.kit.services import ATHLETE, OTHER, Service


@pytest.fixture
def workouts(moto: pytest.MonkeyPatch) -> Service:
    import boto3

    moto.setenv("STADION_FILES_BUCKET", "stadion-files")
    boto3.client("s3").create_bucket(Bucket="stadion-files")
    moto.setenv("STADION_PHOTOS_BUCKET", "stadion-photos")
    boto3.client("s3").create_bucket(Bucket="stadion-photos")
    claims_bucket(moto)
    service = Service.create("workouts", moto)
    agree(ATHLETE, OTHER)
    return service


def agree(*user_ids: str) -> None:
    """To health data, as the service's copy has it."""
    from workouts.store import HEADS

    for user_id in user_ids:
        agreed(HEADS.at(user_id), ConsentKind.HEALTH_DATA)
