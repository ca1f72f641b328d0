"""The checks after a deploy that ask AWS alone, against answers of a good and of a bad morning."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from stadion_cli.preflight import queues
from stadion_cli.preflight.after import alarms, bus, campaign, cold_starts, deployed, leftovers, mail_events
from stadion_cli.preflight.after.cold_starts import started_in
from stadion_cli.preflight.checks import Check, Result, Status, made
from tests.cli.preflight import worlds
from tests.cli.preflight.recorded import Answers, Error
from tests.cli.preflight.worlds import words

AT = datetime(2026, 11, 30, tzinfo=UTC)
TOPIC = "arn:aws:sns:eu-central-1:111122223333:stadion-alarms"
QUEUE = "https://sqs.eu-central-1.amazonaws.com/111122223333/stadion-preflight-pf00000000-x"
WHO = {"sts.get_caller_identity": {"Account": "111122223333", "Arn": "arn:aws:iam::111122223333:role/x"}}


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing comes of waiting for recorded answers."""
    monkeypatch.setattr(queues.time, "sleep", lambda _: None)
    for module in (alarms, mail_events, bus):
        monkeypatch.setattr(module, "WITHIN_S", 0.01)
    monkeypatch.setattr(campaign, "LETTER_WITHIN_S", 0.01)
    monkeypatch.setattr(campaign, "FAILS_WITHIN_S", 0.01)
    monkeypatch.setattr(leftovers, "QUIET_WITHIN_S", 0.01)


def result(look: Callable[..., Any], answers: Answers, **wishes: Any) -> Result:
    return made(Check(0, "x", "X", (look,)), worlds.deployed({**WHO, **answers}, **wishes))


def stack(status: str) -> dict[str, Any]:
    return {"Stacks": [{"StackName": "stadion-platform", "StackStatus": status, "CreationTime": AT}]}


def mapping(state: str, said: str) -> dict[str, Any]:
    arn = "arn:aws:lambda:eu-central-1:111122223333:function:stadion-workouts-on-x"
    return {"EventSourceMappings": [{"FunctionArn": arn, "State": state, "LastProcessingResult": said}]}


FUNCTIONS = {"lambda.list_functions": {"Functions": [{"FunctionName": "stadion-workouts-api"}]}}
ALIAS = {"lambda.list_aliases": {"Aliases": [{"Name": "live"}]}, **FUNCTIONS}
SILENT = {"logs.describe_log_streams": {"logStreams": []}, **FUNCTIONS}


def configuration(state: str, on: str) -> Answers:
    snapshot = {"ApplyOn": "PublishedVersions", "OptimizationStatus": on}
    return {**ALIAS, "lambda.get_function_configuration": {"State": state, "SnapStart": snapshot}}


def called(times: float) -> Answers:
    return {**SILENT, "cloudwatch.get_metric_data": {"MetricDataResults": [{"Id": "m0", "Values": [times]}]}}


def drift(status: str) -> Answers:
    told = {"StackId": "x", "StackDriftDetectionId": "d", "DetectionStatus": "DETECTION_COMPLETE", "Timestamp": AT}
    return {
        "cloudformation.detect_stack_drift": {"StackDriftDetectionId": "d"},
        "cloudformation.describe_stack_drift_detection_status": {**told, "StackDriftStatus": status},
    }


def alarm(history: str) -> Answers:
    return {"cloudwatch.describe_alarm_history": {"AlarmHistoryItems": [{"HistorySummary": history}]}}


def listeners(*arns: str) -> Answers:
    found = [{"SubscriptionArn": arn, "Protocol": "email", "Endpoint": "on-call@trail.run"} for arn in arns]
    return {
        "sns.list_topics": {"Topics": [{"TopicArn": TOPIC}]},
        "sns.list_subscriptions_by_topic": {"Subscriptions": found},
    }


def own_queue(*bodies: dict[str, Any]) -> Answers:
    """A temporary queue in which these wait."""
    waiting_ = list(bodies)

    def receive(_: Any) -> dict[str, Any]:
        found = [{"Body": json.dumps(body), "ReceiptHandle": "r", "MessageId": "m"} for body in waiting_]
        waiting_.clear()
        return {"Messages": found}

    return {
        "sqs.create_queue": {"QueueUrl": QUEUE},
        "sqs.get_queue_attributes": {"Attributes": {"QueueArn": "arn:aws:sqs:eu-central-1:111122223333:x"}},
        "sqs.set_queue_attributes": {},
        "sqs.receive_message": receive,
        "sqs.delete_message": {},
        "sqs.delete_queue": {},
        "sns.subscribe": {"SubscriptionArn": f"{TOPIC}:1"},
        "sns.unsubscribe": {},
    }


RINGS: Answers = {
    **listeners(f"{TOPIC}:1"),
    "cloudwatch.describe_alarms": {"MetricAlarms": [{"AlarmName": alarms.ALARM}]},
    "cloudwatch.set_alarm_state": {},
}


def depth(count: int) -> Answers:
    attributes = {"ApproximateNumberOfMessages": str(count), "ApproximateNumberOfMessagesNotVisible": "0"}
    return {
        "sqs.list_queues": {
            "QueueUrls": ["https://sqs.x/1/stadion-workouts-on-x-dlq", "https://sqs.x/1/stadion-workouts-on-x"]
        },
        "sqs.get_queue_url": {"QueueUrl": "https://sqs.x/1/stadion-relay-failures"},
        "sqs.get_queue_attributes": {"Attributes": attributes},
    }


def metric(value: float) -> Answers:
    return {"cloudwatch.get_metric_data": {"MetricDataResults": [{"Id": "asked", "Values": [value]}]}}


def ringing(*names: str) -> Answers:
    return {"cloudwatch.describe_alarms": {"MetricAlarms": [{"AlarmName": name} for name in names]}}


def costs(amount: str) -> Answers:
    groups = [{"Keys": ["AWS Lambda"], "Metrics": {"UnblendedCost": {"Amount": amount, "Unit": "USD"}}}]
    return {"ce.get_cost_and_usage": {"ResultsByTime": [{"Groups": groups}]}}


def report(name: str, line: str) -> Answers:
    return {
        "logs.describe_log_groups": {"logGroups": [{"logGroupName": f"/aws/lambda/{name}"}]},
        "logs.filter_log_events": {"events": [{"message": line}]},
    }


def rule(pattern: dict[str, Any], answer: bool | None = None) -> Answers:
    """`answer`: what EventBridge says to everything, if not what the pattern says."""

    def tested(asked: dict[str, Any]) -> dict[str, Any]:
        event = json.loads(asked["Event"])
        fits = event["detail-type"] in pattern["detail-type"] and event["source"].startswith("stadion.")
        return {"Result": fits if answer is None else answer}

    found = {"Name": "stadion-x", "Arn": "arn:aws:events:x", "EventPattern": json.dumps(pattern)}
    return {"events.list_rules": {"Rules": [found]}, "events.test_event_pattern": tested}


PATTERN = {"source": [{"prefix": "stadion."}], "detail-type": ["WorkoutDeleted"]}

CASES: list[tuple[Callable[..., Any], Answers, Answers]] = [
    (
        deployed.stacks,
        {"cloudformation.describe_stacks": stack("UPDATE_COMPLETE")},
        {"cloudformation.describe_stacks": stack("ROLLBACK_COMPLETE")},
    ),
    (deployed.live_versions, configuration("Active", "On"), configuration("Pending", "Off")),
    (
        deployed.mappings,
        {"lambda.list_event_source_mappings": mapping("Enabled", "OK")},
        {"lambda.list_event_source_mappings": mapping("Enabled", "PROBLEM: Function call failed")},
    ),
    (deployed.log_streams, called(0), called(7)),
    (
        alarms.rings,
        {**RINGS, **own_queue({"Message": json.dumps({"AlarmName": alarms.ALARM})})},
        {**RINGS, **own_queue()},
    ),
    (alarms.actions_worked, alarm("Successfully executed action"), alarm("Failed to execute action")),
    (alarms.somebody_listens, listeners(f"{TOPIC}:1"), listeners("PendingConfirmation")),
    (bus.rules, rule(PATTERN), rule(PATTERN, answer=False)),
    (bus.relay_failures, depth(0), depth(3)),
    (mail_events.no_dead_letters, depth(0), depth(1)),
    (
        cold_starts.starts,
        report("stadion-workouts-api", "REPORT RequestId: x Restore Duration: 420.10 ms"),
        report("stadion-workouts-api", "REPORT RequestId: x Init Duration: 2300.10 ms"),
    ),
    (leftovers.dead_letters, depth(0), depth(2)),
    (leftovers.throttles, metric(0), metric(12)),
    (leftovers.failures, ringing(), ringing("stadion-api-api-failures")),
]


@pytest.mark.parametrize(
    ("look", "good", "bad"), CASES, ids=[f"{look.__module__.rpartition('.')[2]}-{look.__name__}" for look, *_ in CASES]
)
def test_a_good_answer_passes_and_a_bad_one_says_what_to_do(
    look: Callable[..., Any], good: Answers, bad: Answers
) -> None:
    well = result(look, good)
    assert well.status in {Status.PASSED, Status.PARTLY}, well.findings
    refused = result(look, bad)
    assert refused.status is Status.FAILED, refused.findings
    assert all(finding.remedy for finding in refused.findings if finding.status is Status.FAILED)
    assert "went wrong" not in words([refused])


@pytest.mark.parametrize(("apply_on", "status"), [("None", Status.PASSED), ("PublishedVersions", Status.FAILED)])
def test_a_version_that_wants_no_snapshot_needs_none(apply_on: str, status: Status) -> None:
    """`stadion-platform-api` of prod is shifted by a canary, and nobody waits for it."""
    snapshot = {"ApplyOn": apply_on, "OptimizationStatus": "Off"}
    found = {**ALIAS, "lambda.get_function_configuration": {"State": "Active", "SnapStart": snapshot}}

    assert result(deployed.live_versions, found).status is status


@pytest.mark.parametrize("name", ["stadion-platform-api", "stadion-promos-admin-api"])
def test_who_has_no_snapshot_may_take_its_time(name: str) -> None:
    """Nobody waits for the platform's documents, and who signs a command waits a second longer."""
    assert result(cold_starts.starts, report(name, "REPORT Init Duration: 2300.10 ms")).status is not Status.FAILED


def test_what_was_changed_by_hand_is_a_warning() -> None:
    assert result(deployed.drift, drift("IN_SYNC")).status is Status.PASSED
    assert result(deployed.drift, drift("DRIFTED")).status is Status.WARNED


def test_a_dear_day_is_a_warning() -> None:
    assert result(leftovers.cost, costs("1.20")).status is Status.PASSED
    assert "AWS Lambda $41.00" in words([result(leftovers.cost, costs("41"))])
    assert result(leftovers.cost, costs("41")).status is Status.WARNED


def test_ses_tells_of_all_three_or_the_check_fails() -> None:
    topic = {"sns.list_topics": {"Topics": [{"TopicArn": TOPIC.replace("alarms", "mail-events")}]}}
    sent = {**topic, "sesv2.send_email": {"MessageId": "m"}}

    def event(who: str, kind: str) -> dict[str, Any]:
        mail = {"destination": [f"{who}+pf00000000@simulator.amazonses.com"]}
        return {"Message": json.dumps({"eventType": kind, "mail": mail})}

    first_words = {"Message": "Successfully validated SNS topic for Amazon SES event publishing."}
    all_three = [event("success", "Delivery"), event("bounce", "Bounce"), event("complaint", "Complaint")]
    assert result(mail_events.simulator, {**sent, **own_queue(first_words, *all_three)}).status is Status.PASSED
    silent = result(mail_events.simulator, {**sent, **own_queue(*all_three[:1])})
    assert silent.status is Status.FAILED
    assert "bounce@, complaint@" in words([silent])


def test_an_alarm_is_set_back_and_the_queue_is_gone_though_nothing_was_heard() -> None:
    world = worlds.deployed({**WHO, **RINGS, **own_queue()})
    made(Check(0, "x", "X", (alarms.rings,)), world)
    asked: list[tuple[str, dict[str, Any]]] = world.aws.asked  # type: ignore[attr-defined]
    states = [params["StateValue"] for name, params in asked if name == "cloudwatch.set_alarm_state"]
    assert states == ["ALARM", "OK"]
    assert {"sqs.delete_queue", "sns.unsubscribe"} <= {name for name, _ in asked}


def test_an_alarm_that_rings_already_is_left_as_it_is() -> None:
    rings = {"MetricAlarms": [{"AlarmName": alarms.ALARM, "StateValue": "ALARM"}]}
    world = worlds.deployed({**WHO, **RINGS, **own_queue(), "cloudwatch.describe_alarms": rings})
    assert made(Check(0, "x", "X", (alarms.rings,)), world).status is Status.FAILED
    assert [name for name, _ in world.aws.asked] == ["cloudwatch.describe_alarms"]  # type: ignore[attr-defined]


MACHINES = {
    "stateMachines": [
        {
            "stateMachineArn": "arn:aws:states:x:1:stateMachine:stadion-promo-campaign",
            "name": campaign.MACHINE,
            "type": "STANDARD",
            "creationDate": AT,
        }
    ]
}


@pytest.mark.parametrize(
    ("redrive", "status"),
    [
        (lambda _: Error("InvalidAction"), Status.SKIPPED),
        (
            lambda asked: (
                Error("AccessDeniedException", "no")
                if "fails" in asked["executionArn"]
                else Error("ExecutionDoesNotExist")
            ),
            Status.UNKNOWN,
        ),
        (
            lambda asked: {"redriveDate": AT} if "fails" in asked["executionArn"] else Error("ExecutionDoesNotExist"),
            Status.PASSED,
        ),
    ],
    ids=["not known", "not allowed", "redriven"],
)
def test_a_failed_execution_is_redriven_where_that_can_be_done(redrive: Any, status: Status) -> None:
    answers = {
        "stepfunctions.list_state_machines": MACHINES,
        "stepfunctions.start_execution": {
            "executionArn": "arn:aws:states:x:1:execution:stadion-promo-campaign:pf-fails",
            "startDate": AT,
        },
        "stepfunctions.redrive_execution": redrive,
        "stepfunctions.describe_execution": {
            "executionArn": "x",
            "stateMachineArn": "y",
            "status": "FAILED",
            "startDate": AT,
        },
    }
    assert result(campaign.redriven, answers).status is status


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("REPORT RequestId: x Duration: 3 ms Init Duration: 812.34 ms", 812.34),
        ("REPORT RequestId: x Restore Duration: 233.01 ms Billed Restore Duration: 1 ms", 233.01),
        ('{"type": "platform.report", "record": {"metrics": {"durationMs": 3, "initDurationMs": 640.2}}}', 640.2),
        ('{"type": "platform.report", "record": {"metrics": {"durationMs": 3}}}', None),
        ("REPORT RequestId: x Duration: 3 ms", None),
        ("{not json", None),
    ],
)
def test_a_start_is_read_from_lines_of_text_and_of_json(line: str, expected: float | None) -> None:
    assert started_in(line) == expected
