"""The app, synthesised once per environment, over the real `functions/` and layers without third-party packages."""

import os

import pytest

os.environ["CDK_VALIDATION"] = "false"  # CloudFormation's own rules take seconds to start; one test runs them

from infra_cdk.environments import DEV, LOCAL, PROD, ROOT
from tests.infra.synthesised import Synthesised


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory) -> Synthesised:
    return Synthesised(LOCAL, tmp_path_factory.mktemp("local"))


@pytest.fixture(scope="session")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Synthesised:
    return Synthesised(DEV, tmp_path_factory.mktemp("dev"))


@pytest.fixture(scope="session")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Synthesised:
    return Synthesised(PROD, tmp_path_factory.mktemp("prod"))


@pytest.fixture(scope="session")
def runbook() -> str:
    return (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
