"""Nothing breaks quietly: alarms with a line of the runbook, and a row of the dashboard for each service."""

import json
import re

from infra_cdk.parts.alarms import Trouble
from tests.kit.templates import ALARM_MAIL, Synthesised


def _alarms(synthesised: Synthesised) -> dict[str, str]:
    return {p["AlarmName"]: p["AlarmDescription"] for _, p in synthesised.of_type("AWS::CloudWatch::Alarm")}


def test_the_runbook_has_a_section_for_each_trouble_and_no_other(runbook: str) -> None:
    headings = re.findall(r"^## (.+)$", runbook, re.MULTILINE)
    assert {heading.lower().replace(" ", "-") for heading in headings} == set(Trouble)


def test_each_section_of_the_runbook_says_which_command_comes_first(runbook: str) -> None:
    for section in runbook.split("\n## ")[1:]:
        assert "First: `" in section, section.splitlines()[0]


def test_every_kind_of_trouble_has_an_alarm(local: Synthesised, prod: Synthesised) -> None:
    anchors = {description.rsplit("#", 1)[1] for description in _alarms(prod).values()}
    assert anchors == set(Trouble)
    assert set(Trouble) - {description.rsplit("#", 1)[1] for description in _alarms(local).values()} == {Trouble.CANARY}


def test_a_message_that_was_tried_once_in_vain_is_nobodys_alarm(local: Synthesised) -> None:
    """It stays hidden for six times what its function may take."""
    hidden = {
        p["QueueName"]: p["VisibilityTimeout"] for _, p in local.of_type("AWS::SQS::Queue") if "RedrivePolicy" in p
    }
    late = {
        p["Dimensions"][0]["Value"]: p["Threshold"]
        for _, p in local.of_type("AWS::CloudWatch::Alarm")
        if p["MetricName"] == "ApproximateAgeOfOldestMessage"
    }

    assert late.keys() == hidden.keys()
    assert {name for name in hidden if late[name] <= hidden[name]} == set()
    assert min(late.values()) == 300


def test_an_account_without_room_is_heard_of(local: Synthesised) -> None:
    of_all = [p for _, p in local.of_type("AWS::CloudWatch::Alarm") if p["AlarmName"].endswith("-throttled")]
    assert {(p["MetricName"], p["Threshold"], "Dimensions" in p) for p in of_all} == {
        ("Throttles", 0, False),
        ("ClaimedAccountConcurrency", 900, False),
    }


def test_somebody_hears_them(prod: Synthesised) -> None:
    assert ALARM_MAIL in {p["Endpoint"] for _, p in prod.of_type("AWS::SNS::Subscription", stack="stadion-platform")}


def test_a_function_that_fails_and_a_queue_that_waits_are_heard_of(local: Synthesised) -> None:
    alarms = _alarms(local).keys()
    for _, function in local.of_type("AWS::Lambda::Function"):
        name = function["FunctionName"]
        assert {f"{name}-function-errors", f"{name}-relay-failures"} & alarms
    for _, queue in local.of_type("AWS::SQS::Queue"):
        name = queue["QueueName"]
        assert {f"{name}-dead-letters", f"{name}-oldest-message", f"{name}-relay-failures"} & alarms


def test_alarms_are_of_the_plain_kind_that_the_emulator_takes(local: Synthesised) -> None:
    for _, alarm in local.of_type("AWS::CloudWatch::Alarm"):
        assert "Metrics" not in alarm
    assert not list(local.of_type("AWS::CloudWatch::CompositeAlarm"))


def test_the_dashboard_shows_every_function_and_queue(local: Synthesised) -> None:
    body = json.dumps([p["DashboardBody"] for _, p in local.of_type("AWS::CloudWatch::Dashboard")])
    for _, function in local.of_type("AWS::Lambda::Function"):
        assert function["FunctionName"] in body
    for _, queue in local.of_type("AWS::SQS::Queue"):
        assert queue["QueueName"] in body or queue["QueueName"] == "stadion-relay-failures"
