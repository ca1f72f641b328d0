"""The app as it is synthesised for the local stack."""

import os

import pytest

os.environ["CDK_VALIDATION"] = "false"  # CloudFormation's own rules take seconds to start

from infra_cdk.environments import LOCAL
from tests.infra.synthesised import Synthesised


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory) -> Synthesised:
    return Synthesised(LOCAL, tmp_path_factory.mktemp("local"))
