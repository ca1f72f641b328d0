"""The checks before a deploy, against a good and a bad recorded account, and one that tells nothing."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from stadion_cli.preflight.assembly import Assembly
from stadion_cli.preflight.before import account, change_sets, leftovers, rights
from stadion_cli.preflight.before.listed import CHECKS
from stadion_cli.preflight.checks import Check, Status, made
from tests.cli.preflight.accounts import ACCOUNT, BAD, GOOD, change_set
from tests.cli.preflight.recorded import Error, RecordedAccount, denied
from tests.cli.preflight.worlds import assembly_in, looked, world_of
from tests.kit.templates import Synthesised

BY_NUMBER = {check.number: check for check in CHECKS}


@pytest.fixture(scope="module")
def assembly(prod: Synthesised, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assembly]:
    return assembly_in(tmp_path_factory.mktemp("cdk.out"), prod.templates)  # type: ignore[return-value]


WITH_SCHEDULER = {"scheduler.list_schedule_groups": GOOD["scheduler.list_schedule_groups"]}


def without(check: Check, name: str) -> Check:
    """The CDK's command line takes seconds: one test of its own asks it."""
    return replace(check, looks=tuple(look for look in check.looks if look.__name__ != name))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_good_account_passes(assembly: Assembly, check: Check) -> None:
    result = made(without(check, "cli_reads_the_assembly"), world_of(GOOD, assembly, account=ACCOUNT))
    assert result.status in {Status.PASSED, Status.PARTLY}, result.findings
    assert all(finding.status in {Status.PASSED, Status.SKIPPED} for finding in result.findings)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_bad_account_fails_and_hears_what_to_do(assembly: Assembly, check: Check) -> None:
    wishes = {"account": ACCOUNT, "exported_endpoint": "http://127.0.0.1:4566"}
    result = made(without(check, "cli_reads_the_assembly"), world_of(BAD, assembly, **wishes))
    assert result.status is Status.FAILED, result.findings
    assert all(finding.remedy for finding in result.findings if finding.status in {Status.FAILED, Status.WARNED})


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_an_identity_that_may_ask_nothing_is_never_green(assembly: Assembly, check: Check) -> None:
    nothing = dict.fromkeys(GOOD, denied) | {"sts.get_caller_identity": GOOD["sts.get_caller_identity"]}
    looks = without(check, "cli_reads_the_assembly").looks
    result = made(replace(check, looks=looks), world_of(nothing, assembly, account=ACCOUNT))
    assert result.status in {Status.UNKNOWN, Status.FAILED}
    assert any("may not ask" in finding.words for finding in result.findings)


def test_the_region_of_the_edge_is_bootstrapped_too() -> None:
    """`stadion-edge` is deployed there, and reads the bootstrap's version before anything else."""
    answers = GOOD | {"ssm.get_parameter@us-east-1": Error("ParameterNotFound")}
    result = made(replace(BY_NUMBER[2], looks=(account.bootstrap,)), world_of(answers, account=ACCOUNT))
    assert [finding.status for finding in result.findings] == [Status.PASSED, Status.FAILED]
    assert "not bootstrapped in us-east-1" in result.findings[1].words


def test_the_cdk_reads_what_is_synthesized(assembly: Assembly) -> None:
    result = made(BY_NUMBER[2], world_of(GOOD, assembly))
    assert "reads schema 55" in " ".join(finding.words for finding in result.findings)


def test_every_right_of_the_table_is_in_the_templates(assembly: Assembly) -> None:
    """A name that is gone would be passed over in silence."""
    roles = rights.Roles.of(assembly, ACCOUNT, "eu-central-1")
    assert [right.of for right in rights.rights() if roles.of_name(right.of) is None] == []


def test_no_reference_between_stacks_stays_open(assembly: Assembly) -> None:
    roles = rights.Roles.of(assembly, ACCOUNT, "eu-central-1")
    assert not [place for place in roles.policies if "Fn::" in place or "/stadion/platform" in place]
    assert "Fn::" not in str(dict(roles.policies))


class TestChangeSets:
    def test_they_and_the_empty_stacks_are_gone_afterwards(self, assembly: Assembly) -> None:
        empty = [{"StackName": "stadion-platform", "StackStatus": "REVIEW_IN_PROGRESS", "CreationTime": "2026-11-30"}]
        world = world_of({**GOOD, "cloudformation.describe_stacks": {"Stacks": empty}}, assembly)
        result = made(BY_NUMBER[6], world)
        asked = [name for name, _ in self.account(world).asked]
        assert result.status is Status.PARTLY
        assert asked.count("cloudformation.create_change_set") == asked.count("cloudformation.delete_change_set") == 1
        assert asked.count("cloudformation.delete_stack") == 1
        assert asked.count("s3.put_object") == asked.count("s3.delete_object")

    def test_a_deployment_that_waits_for_its_yes_keeps_its_stack(self, assembly: Assembly) -> None:
        empty = [{"StackName": "stadion-platform", "StackStatus": "REVIEW_IN_PROGRESS", "CreationTime": "2026-11-30"}]
        theirs = {"Summaries": [{"ChangeSetName": "cdk-deploy-change-set"}]}
        answers = {"cloudformation.describe_stacks": {"Stacks": empty}, "cloudformation.list_change_sets": theirs}
        world = world_of({**GOOD, **answers}, assembly)
        made(BY_NUMBER[6], world)
        assert "cloudformation.delete_stack" not in dict(self.account(world).asked)

    def test_a_stack_that_is_there_is_never_deleted(self, assembly: Assembly) -> None:
        there = [{"StackName": "stadion-platform", "StackStatus": "UPDATE_COMPLETE", "CreationTime": "2026-11-30"}]
        world = world_of({**GOOD, "cloudformation.describe_stacks": {"Stacks": there}}, assembly)
        made(BY_NUMBER[6], world)
        asked = dict(self.account(world).asked)
        assert asked["cloudformation.create_change_set"]["ChangeSetType"] == "UPDATE"
        assert "cloudformation.delete_stack" not in asked

    def test_what_breaks_in_between_leaves_nothing_either(self, assembly: Assembly) -> None:
        world = world_of({**GOOD, "cloudformation.describe_change_set": denied}, assembly)
        assert made(BY_NUMBER[6], world).status is Status.UNKNOWN
        assert "cloudformation.delete_change_set" in dict(self.account(world).asked)

    def test_one_that_would_change_nothing_is_well(self, assembly: Assembly) -> None:
        said = change_set("FAILED", "The submitted information didn't contain changes.")
        world = world_of({**GOOD, "cloudformation.describe_change_set": said}, assembly)
        assert "nothing would change" in str(made(BY_NUMBER[6], world).findings)

    def test_stacks_that_ask_for_what_the_platform_brings_are_left_for_later(self, assembly: Assembly) -> None:
        result = made(BY_NUMBER[6], world_of(GOOD, assembly))
        (edge, later) = [finding.words for finding in result.findings if finding.status is Status.SKIPPED]
        assert "asks for" in edge
        assert all(stack in edge + later for stack in assembly.stacks if stack != "stadion-platform")

    def test_with_the_platform_there_each_has_one(self, assembly: Assembly) -> None:
        known = {"ssm.get_parameters": lambda asked: {"Parameters": [{"Name": name} for name in asked["Names"]]}}
        result = made(BY_NUMBER[6], world_of({**GOOD, **known}, assembly))
        assert sum(finding.status is Status.PASSED for finding in result.findings) >= len(assembly.stacks) - 1

    @staticmethod
    def account(world: object) -> RecordedAccount:
        return world.aws  # type: ignore[attr-defined,no-any-return]


class TestLeftovers:
    def test_what_a_stack_owns_is_no_leftover(self, assembly: Assembly) -> None:
        owned = {
            "cloudformation.describe_stacks": {
                "Stacks": [
                    {"StackName": "stadion-partners", "StackStatus": "CREATE_COMPLETE", "CreationTime": "2026-11-30"}
                ]
            },
            "cloudformation.list_stack_resources": {
                "StackResourceSummaries": [
                    {
                        "LogicalResourceId": name,
                        "PhysicalResourceId": name,
                        "ResourceType": "AWS::X::Y",
                        "LastUpdatedTimestamp": "2026-11-30",
                        "ResourceStatus": "CREATE_COMPLETE",
                    }
                    for name in ("/aws/lambda/stadion-partners-api", "stadion-partners", "eu-central-1_AbCdEf")
                ]
            },
        }
        check = replace(BY_NUMBER[5], looks=(leftovers.leftovers,))
        assert made(check, world_of({**BAD, **WITH_SCHEDULER, **owned}, assembly)).status is Status.PASSED

    def test_they_are_named_though_one_service_tells_nothing(self, assembly: Assembly) -> None:
        check = replace(BY_NUMBER[5], looks=(leftovers.leftovers,))
        (silent, finding) = made(check, world_of(BAD, assembly)).findings
        assert "no ListScheduleGroups" in silent.words
        assert "table stadion-partners" in finding.words
        assert "user pool eu-central-1_AbCdEf" in finding.words
        assert "somebody-elses" not in finding.words


def test_a_template_of_every_size_is_sent(assembly: Assembly) -> None:
    sizes = {name: len(assembly.text_of(name).encode()) for name in assembly.stacks}
    assert min(sizes.values()) <= change_sets.LARGEST_BODY < max(sizes.values())


def test_everything_together_says_each_check_once(assembly: Assembly) -> None:
    checks = [without(check, "cli_reads_the_assembly") for check in CHECKS]
    results = looked(world_of(GOOD, assembly, account=ACCOUNT), checks)
    assert [result.check.number for result in results] == list(range(1, 12))


def test_the_accounts_own_monitor_must_be_named(assembly: Assembly) -> None:
    arn = "arn:aws:ce::111122223333:anomalymonitor/1"
    monitor = {"MonitorName": "Default-Services-Monitor", "MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"}
    answers = {**GOOD, "ce.get_anomaly_monitors": {"AnomalyMonitors": [{**monitor, "MonitorArn": arn}]}}
    world = world_of(answers, assembly, account=ACCOUNT)
    refused = made(BY_NUMBER[11], world)
    assert refused.status is Status.FAILED
    assert f"STADION_ANOMALY_MONITOR={arn}" in refused.findings[-1].remedy
    world.environment = replace(world.environment, anomaly_monitor=arn)
    assert made(BY_NUMBER[11], world).status is Status.PASSED
