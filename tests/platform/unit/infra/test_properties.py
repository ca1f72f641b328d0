"""Every property of our templates has a verdict in `local/cloudformation_properties.toml`, and no other has one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from aws_cdk import App, Tags

from infra_cdk.app import synthesize
from infra_cdk.environments import DEV
from infra_cdk.parts.entry_points import PRODUCT
from infra_cdk.stacks.timestream import TimestreamStack
from local.cloudformation_properties import ALL, Verdicts, idle, inert, verdicts
from tests.kit.templates import Synthesised

Pairs = set[tuple[str, str]]


def pairs_of(templates: Mapping[str, Mapping[str, Any]]) -> Pairs:
    """Type and property of each resource."""
    resources = [one for template in templates.values() for one in template["Resources"].values()]
    return {(one["Type"], name) for one in resources for name in one.get("Properties", {})}


@pytest.fixture(scope="module")
def timestream(tmp_path_factory: pytest.TempPathFactory) -> Pairs:
    """Of the stack that an environment may add."""
    app = App(outdir=str(tmp_path_factory.mktemp("timestream")))
    Tags.of(app).add("product", PRODUCT)
    TimestreamStack(app, environment=replace(DEV, timestream=True))
    return pairs_of(synthesize(app))


def with_verdict(*names: str) -> Pairs:
    return {(kind, name) for kind, one in verdicts().items() for which in names for name in getattr(one, which)}


def test_each_property_that_the_laptop_is_told_has_a_verdict_and_no_other(local: Synthesised) -> None:
    told = pairs_of(local.templates)

    judged = with_verdict("read_back", "mended", "inert")

    assert told - judged == set(), (
        "in a template, and local/cloudformation_properties.toml does not say what becomes of it here"
    )
    assert judged - told == set(), "in no template any more"


def test_what_only_aws_is_told_is_named_too(
    local: Synthesised, dev: Synthesised, prod: Synthesised, timestream: Pairs
) -> None:
    told = (pairs_of(dev.templates) | pairs_of(prod.templates) | timestream) - pairs_of(local.templates)

    assert with_verdict("only_on_aws") == told


def test_a_property_has_one_verdict() -> None:
    for kind, one in verdicts().items():
        assert len(set(one.every())) == len(one.every()), kind


def test_what_is_idle_is_kept_and_says_why() -> None:
    for kind, one in verdicts().items():
        assert set(one.idle) <= one.kept | {ALL}, kind
        assert all(one.idle.values()), kind
        assert all(one.inert.values()), kind


def test_the_lists_that_status_shows_name_type_and_property() -> None:
    assert inert()["StepFunctions::StateMachine.TracingConfiguration"]
    assert idle()["CloudWatch::Alarm"], "a whole type"
    assert Verdicts(read_back=("Name",)).every() == ["Name"]
