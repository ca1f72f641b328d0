"""The diary on moto: its files and the claims of recorded seconds."""

import pytest

from tests.kit.moto import claims_bucket
from tests.kit.services import Service


@pytest.fixture
def workouts(moto: pytest.MonkeyPatch) -> Service:
    import boto3

    moto.setenv("STADION_FILES_BUCKET", "stadion-files")
    boto3.client("s3").create_bucket(Bucket="stadion-files")
    claims_bucket(moto)
    return Service.create("workouts", moto)
