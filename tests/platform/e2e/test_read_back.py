"""What the deployed stacks say is what the services have: the verdicts of `cloudformation_properties.toml`, proven."""

import pytest

from local.cloudformation_properties import verdicts
from tests.kit.read_back import Deployed
from tests.kit.stack import DeployedStack


@pytest.fixture(scope="module")
def deployed(stack: DeployedStack) -> Deployed:
    names = [name for name in stack.aws.stack_states() if name.startswith("stadion-")]
    return Deployed(stack.aws, tuple(names))


def test_every_property_that_is_read_back_or_mended_is_at_its_service(deployed: Deployed) -> None:
    seen: set[tuple[str, str]] = set()
    lost: list[str] = []

    for resource in deployed.resources():
        kept = verdicts()[resource.kind].kept
        lost += deployed.lost(resource, kept)
        seen |= {(resource.kind, name) for name in kept & resource.properties.keys()}

    assert lost == []
    assert seen == {(kind, name) for kind, one in verdicts().items() for name in one.kept}


def test_an_inert_property_is_nowhere_still(deployed: Deployed) -> None:
    """One that an upgrade of the emulator keeps deserves a better verdict."""
    inert = [one for one in deployed.resources() if verdicts()[one.kind].inert]

    kept = [
        f"{resource}.{name}"
        for resource in inert
        for name in resource.properties.keys() & verdicts()[resource.kind].inert.keys()
        if not deployed.lost(resource, frozenset({name}))
    ]

    assert kept == []
