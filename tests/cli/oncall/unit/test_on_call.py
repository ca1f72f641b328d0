"""The on-call commands' own rules: what a trace concludes, what is asked of AWS, what is shown."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from stadion.work import Work
from stadion_cli import user
from stadion_cli.base import signed
from stadion_cli.base.errors import CliError, UsageError
from stadion_cli.base.listener import Wanted, listening, remove_forgotten
from stadion_cli.base.outputs import Outputs
from stadion_cli.base.target import AwsAccount, Target, target
from stadion_cli.base.times import moment
from stadion_cli.oncall import logs
from stadion_cli.oncall.bus_store import Subscription, only
from stadion_cli.oncall.dlq import age
from stadion_cli.oncall.loglines import LogLine, parse, quoted
from stadion_cli.oncall.queues_store import DeadLetter, DeadLetters, dead_letter_queues, look, named, redrive
from stadion_cli.oncall.trace import line_of
from stadion_cli.oncall.trace_domain import State, traces

NOW = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)
WORKOUTS = {"detail-type": ["WorkoutRecorded"], "source": ["stadion.workouts"]}
INVENTORY = Subscription("stadion-inventory-on-workout-events", "arn:inventory", WORKOUTS)
XP = Subscription("stadion-gamification-on-workout-events", "arn:gamification", WORKOUTS)
INBOX = Subscription(
    "stadion-notifications-dispatch-on-notification-requests",
    "arn:inbox",
    {"detail-type": ["NotificationRequested"], "source": [{"prefix": "stadion."}]},
)
EVERYBODY = [XP, INVENTORY, INBOX]


def line(function: str, message: str, *, ms: float = 0, **fields: Any) -> LogLine:
    at = NOW + timedelta(milliseconds=ms)
    return LogLine(at, f"stadion-{function}", message, "INFO", {"correlation_id": "c1", **fields})


def answered(**fields: Any) -> LogLine:
    return line("workouts-api", "answered", **{"method": "POST", "route": "/v1/workouts", "status": 201, **fields})


def published(**fields: Any) -> LogLine:
    facts = {"event": "WorkoutRecorded", "event_id": "e1", "source": "stadion.workouts", "ms": 10}
    return line("platform-on-outbox", "published", **{**facts, **fields})


def consumed(function: str, **fields: Any) -> LogLine:
    return line(function, "consumed", **{"event": "WorkoutRecorded", "event_id": "e1", "outcome": "moved", **fields})


def failed(function: str, **fields: Any) -> LogLine:
    facts = {"event": "WorkoutRecorded", "event_id": "e1", "exception": "Traceback …\nKeyError: 'shoe'"}
    return line(function, "not consumed", **{**facts, **fields})


# --- what a trace concludes -------------------------------------------------------------------------------------------


def test_a_workout_that_everybody_consumed_is_all_done() -> None:
    lines = [
        answered(),
        published(),
        consumed("inventory-on-workout-events", ms=40, gear_moved_m=6400),
        consumed("gamification-on-workout-events", ms=60, xp=31),
    ]
    (trace,) = traces(lines, EVERYBODY, NOW)
    request, event = trace.steps
    assert (request.what, request.outcome) == ("POST /v1/workouts", "201")
    assert [child.function for child in event.children] == [INVENTORY.name, XP.name]
    assert event.children[0].effects == {"gear_moved_m": 6400}
    assert trace.in_state(State.FAILED, State.STUCK, State.WAITING) == []
    assert trace.ended_ms == 60


def test_milliseconds_count_from_when_the_request_came_in() -> None:
    (trace,) = traces([answered(ms=50, duration_ms=50.0), published(ms=70)], [], NOW)
    assert [step.ms for step in trace.steps] == [50.0, 70.0]


@pytest.mark.parametrize(("later_s", "state"), [(5, State.WAITING), (120, State.STUCK)])
def test_a_consumer_that_says_nothing_waits_at_first_and_is_stuck_later(later_s: int, state: State) -> None:
    lines = [answered(), published(), consumed("inventory-on-workout-events", ms=40)]
    (trace,) = traces(lines, EVERYBODY, NOW + timedelta(seconds=later_s))
    assert [(step.function, step.what) for step in trace.in_state(state)] == [(XP.name, "nothing heard")]


def test_a_consumer_that_fails_shows_its_last_error_and_how_often_it_tried() -> None:
    lines = [answered(), published(), *(failed("inventory-on-workout-events", ms=ms) for ms in (40, 50, 60))]
    (trace,) = traces(lines, [INVENTORY], NOW)
    (step,) = trace.in_state(State.FAILED)
    assert (step.outcome, step.tries) == ("KeyError: 'shoe'", 3)


def test_a_consumer_that_recovered_is_done_and_says_which_try_it_was() -> None:
    lines = [published(), failed("inventory-on-workout-events", ms=40), consumed("inventory-on-workout-events", ms=90)]
    (trace,) = traces(lines, [INVENTORY], NOW)
    (step,) = trace.steps[0].children
    assert (step.state, step.tries) == (State.DONE, 2)
    assert "try 2" in line_of(step)


def test_an_event_delivered_again_is_one_step_that_says_so() -> None:
    lines = [
        published(),
        published(ms=500),
        consumed("inventory-on-workout-events", ms=40),
        consumed("inventory-on-workout-events", ms=600, outcome="stale"),
    ]
    (trace,) = traces(lines, [INVENTORY], NOW)
    assert len(trace.steps) == 1
    assert trace.steps[0].children[0].effects["delivered_again"] == ["stale"]


def test_an_event_whose_publication_is_not_found_is_shown_all_the_same() -> None:
    (trace,) = traces([failed("inventory-on-workout-events")], EVERYBODY, NOW)
    assert trace.steps[0].outcome == "publication not found"
    assert [step.function for step in trace.in_state(State.FAILED)] == [INVENTORY.name]


def test_a_500_and_a_failed_file_are_failures() -> None:
    lines = [
        answered(status=500),
        line("workouts-uploads-on-upload", "processed", ms=5, outcome="failed", problem="fit_truncated"),
    ]
    (trace,) = traces(lines, [], NOW)
    assert [step.what for step in trace.in_state(State.FAILED)] == ["POST /v1/workouts", "file processed"]


def test_a_message_of_a_connection_is_a_step() -> None:
    lines = [
        line("telemetry-live-on-socket-message", "answered", ms=5, action="stop"),
        line("telemetry-live-on-socket-message", "answered", ms=9, action="samples", code="live_session_is_over"),
        line("telemetry-live-on-socket-message", "answered", ms=12, action="samples", code="unexpected_error"),
    ]
    (trace,) = traces(lines, [], NOW)
    assert [(step.what, step.state, step.outcome) for step in trace.steps] == [
        ("WS stop", State.DONE, "done"),
        ("WS samples", State.DONE, "live_session_is_over"),
        ("WS samples", State.FAILED, "unexpected_error"),
    ]


def test_work_that_a_service_left_for_itself_is_a_step() -> None:
    first = {"event": "Batch", "event_id": None, "message_id": "m1"}
    second = {**first, "message_id": "m2"}
    lines = [
        answered(route="/v1/telemetry", status=202),
        failed("telemetry-on-batches", **first, ms=20),
        consumed("telemetry-on-batches", **first, outcome="kept", ms=30),
        failed("telemetry-on-batches", **second, ms=40),
        failed("telemetry-on-batches", **second, ms=50),
    ]
    (trace,) = traces(lines, EVERYBODY, NOW)
    told = [(step.what, step.state, step.outcome, step.tries) for step in trace.steps[1:]]
    assert told == [("Batch", State.DONE, "kept", 2), ("Batch", State.FAILED, "KeyError: 'shoe'", 2)]


def test_each_request_about_a_workout_has_its_own_trace() -> None:
    later = answered(correlation_id="c2", ms=9000, method="PATCH")
    assert [trace.correlation_id for trace in traces([later, answered()], [], NOW)] == ["c1", "c2"]


def test_log_lines_of_the_platform_are_not_ours() -> None:
    assert parse("f", "START RequestId: 1", 0) is None
    assert parse("f", '{"_aws": {}}', 0) is None
    found = parse("f", '{"message": "consumed", "level": "INFO", "timestamp": "2026-11-21T06:30:00.123+00:00"}', 0)
    assert found is not None
    assert found.at.microsecond == 123_000


def test_a_filter_pattern_quotes_its_terms() -> None:
    assert quoted("a-b", 'c"d') == '"a-b" "cd"'


# --- who listens ------------------------------------------------------------------------------------------------------


def test_a_subscription_wants_its_types_from_its_sources() -> None:
    assert INVENTORY.wants("WorkoutRecorded", "stadion.workouts")
    assert not INVENTORY.wants("WorkoutRecorded", "stadion.inventory")
    assert not INVENTORY.wants("GearAdded", "stadion.workouts")
    assert INBOX.wants("NotificationRequested", "stadion.anything")


def test_a_replay_goes_to_the_consumers_of_the_type_or_of_the_name() -> None:
    assert only(EVERYBODY, types=["WorkoutRecorded"], name=None) == [XP, INVENTORY]
    assert only(EVERYBODY, types=[], name="inventory") == [INVENTORY]
    assert only(EVERYBODY, types=[], name=None) == EVERYBODY
    with pytest.raises(CliError, match="No consumer"):
        only(EVERYBODY, types=["GearAdded"], name=None)


# --- what is asked wrongly -------------------------------------------------------------------------------------------


def test_a_moment_is_a_time_or_how_long_ago() -> None:
    assert moment("2h", NOW) == NOW - timedelta(hours=2)
    assert moment("2026-11-21T06:00:00Z", NOW) == NOW - timedelta(minutes=30)
    assert moment("2026-11-21T06:00:00", NOW).tzinfo is UTC
    with pytest.raises(UsageError):
        moment("yesterday", NOW)


def test_one_stack_is_named_not_two() -> None:
    with pytest.raises(UsageError):
        target(4566, None, on_aws=True)


def test_an_unknown_role_is_not_asked_for() -> None:
    with pytest.raises(UsageError, match="owner"):
        user._path("anna@example.org", "owner")


@pytest.mark.parametrize(("seconds", "words"), [(0, "0 s"), (75, "1 min 15 s"), (3 * 3600 + 300, "3 h 5 min")])
def test_an_age_is_told_in_two_units(seconds: int, words: str) -> None:
    assert age(datetime.now(UTC) - timedelta(seconds=seconds)) == words


# --- AWS -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    """A bus, a consumer's queue and its dead letters, reached as an AWS account is."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        boto3.client("events").create_event_bus(Name="stadion")
        for name in ("stadion-inbox-dlq", "stadion-relay-failures", "stadion-task-sweep-dlq"):
            boto3.client("sqs").create_queue(QueueName=name)
        letters = {"deadLetterTargetArn": arn_of("stadion-inbox-dlq"), "maxReceiveCount": "5"}
        boto3.client("sqs").create_queue(QueueName="stadion-inbox", Attributes={"RedrivePolicy": json.dumps(letters)})
        outputs = Outputs({"stadion-platform": {"BusName": "stadion", "ApiUrl": "https://api.test"}})
        yield Target(AwsAccount("an account"), outputs)


def arn_of(queue: str) -> str:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    return str(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"])


def send(queue: str, event_id: str) -> None:
    sqs = boto3.client("sqs")
    detail = {"event_id": event_id, "user_id": "u1", "correlation_id": "c1", "data": {}}
    body = json.dumps({"detail-type": "NotificationRequested", "detail": detail})
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName=queue)["QueueUrl"], MessageBody=body)


def bodies(queue: str) -> list[str]:
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(message["Body"])["detail"]["event_id"] for message in messages]


def test_tail_listens_to_what_was_asked_and_leaves_nothing_behind(account: Target) -> None:
    events, sqs = boto3.client("events"), boto3.client("sqs")
    with listening(account, Wanted(["GearAdded"], user="u1")) as listener:
        (rule,) = events.list_rules(EventBusName="stadion")["Rules"]
        assert json.loads(rule["EventPattern"]) == {
            "source": [{"prefix": "stadion."}],
            "detail-type": ["GearAdded"],
            "detail": {"user_id": ["u1"]},
        }
        policy = sqs.get_queue_attributes(QueueUrl=listener._url, AttributeNames=["Policy"])["Attributes"]["Policy"]
        assert rule["Arn"] in policy
    assert _of_tail() == []


def test_tail_leaves_nothing_behind_when_it_is_interrupted(account: Target) -> None:
    def interrupted() -> None:
        with listening(account, Wanted([])):
            assert len(_of_tail()) == 2
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert _of_tail() == []


def _of_tail() -> list[Any]:
    rules = boto3.client("events").list_rules(EventBusName="stadion")["Rules"]
    return [*rules, *boto3.client("sqs").list_queues(QueueNamePrefix="stadion-tail-").get("QueueUrls", [])]


def test_what_a_killed_tail_left_is_removed_by_the_next(account: Target) -> None:
    boto3.client("sqs").create_queue(QueueName="stadion-tail-0000")
    assert remove_forgotten(account, older_than_s=3600) == []
    assert remove_forgotten(account, older_than_s=0) == ["stadion-tail-0000"]


def test_a_queue_is_found_by_a_part_of_its_name(account: Target) -> None:
    assert [queue.name for queue in dead_letter_queues(account)] == [
        "stadion-inbox-dlq",
        "stadion-relay-failures",
        "stadion-task-sweep-dlq",
    ]
    assert named(account, "inbox").name == "stadion-inbox-dlq"
    with pytest.raises(UsageError, match="3 queues"):
        named(account, "stadion-")


def test_looking_at_dead_letters_leaves_them_there(account: Target) -> None:
    send("stadion-inbox-dlq", "e1")
    send("stadion-inbox-dlq", "e2")
    queue = named(account, "inbox")
    assert {letter.event_id for letter in look(account, queue, limit=20)} == {"e1", "e2"}
    assert {letter.event_id for letter in look(account, queue, limit=20)} == {"e1", "e2"}


def test_one_message_goes_back_and_the_others_stay(account: Target) -> None:
    for event_id in ("e1", "e2", "e3"):
        send("stadion-inbox-dlq", event_id)
    assert list(redrive(account, named(account, "inbox"), only="e2")) == [1]
    assert bodies("stadion-inbox") == ["e2"]
    assert sorted(bodies("stadion-inbox-dlq")) == ["e1", "e3"]


def test_a_message_is_sent_before_it_is_deleted(account: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    send("stadion-inbox-dlq", "e1")

    def lost_connection(**_: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(account.aws.sqs, "delete_message", lost_connection)
    with pytest.raises(ConnectionError):
        list(redrive(account, named(account, "inbox"), only="e1"))
    assert bodies("stadion-inbox") == ["e1"]


def test_the_relays_failures_are_republished_not_redriven(account: Target) -> None:
    with pytest.raises(CliError, match="outbox") as refused:
        list(redrive(account, named(account, "relay-failures"), only=None))
    assert "republish" in refused.value.hint


def test_sqs_is_told_where_the_letters_belong(account: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    """It knows that of those alone that came from a queue: what the bus put there itself would not move."""
    asked: list[dict[str, str]] = []

    def start(**way: str) -> dict[str, str]:
        asked.append(way)
        return {"TaskHandle": "t"}

    monkeypatch.setattr(account.aws.sqs, "start_message_move_task", start)
    done = {"Results": [{"TaskHandle": "t", "Status": "COMPLETED", "ApproximateNumberOfMessagesMoved": 3}]}
    monkeypatch.setattr(account.aws.sqs, "list_message_move_tasks", lambda **_: done)

    assert list(redrive(account, named(account, "inbox"), only=None)) == [3]
    assert asked == [{"SourceArn": arn_of("stadion-inbox-dlq"), "DestinationArn": arn_of("stadion-inbox")}]


@pytest.mark.parametrize("only", [None, "e1"])
def test_rounds_that_were_never_started_lead_nowhere(account: Target, only: str | None) -> None:
    with pytest.raises(CliError, match="rounds that were never started") as refused:
        list(redrive(account, named(account, "task-sweep"), only=only))
    assert "purge-queue" in refused.value.hint


def test_a_dead_letter_that_is_work_is_shown_with_whose_it_is(account: Target) -> None:
    work = Errand(correlation_id="c7", asked_at=NOW, user_id="u7")
    boto3.client("sqs").send_message(QueueUrl=named(account, "inbox").url, MessageBody=work.model_dump_json())
    (letter,) = look(account, named(account, "inbox"), limit=10)
    facts = letter.facts()
    assert (facts["event"], facts["correlation_id"], facts["user_id"]) == ("Errand", "c7", "u7")
    assert Errand.model_validate_json(letter.body) == work


class Errand(Work):
    user_id: str


@pytest.mark.parametrize(
    ("attributes", "why"),
    [
        (
            {
                "RULE_ARN": "arn:aws:events:eu-central-1:1:rule/stadion/inbox",
                "ERROR_CODE": "NO_PERMISSIONS",
                "ERROR_MESSAGE": "Lack of permissions to invoke cross account target.",
            },
            "NO_PERMISSIONS: Lack of permissions to invoke cross account target. (rule/stadion/inbox)",
        ),
        (
            {"SCHEDULE_ARN": "arn:aws:scheduler:eu-central-1:1:schedule/stadion/go", "ERROR_CODE": "TooManyRequests"},
            "TooManyRequests (schedule/stadion/go)",
        ),
        ({"ErrorCode": "200", "ErrorMessage": "KeyError: 'shoe'"}, "200: KeyError: 'shoe'"),
        ({}, None),
    ],
)
def test_a_letter_of_aws_itself_says_why_nobody_got_it(
    account: Target, attributes: dict[str, str], why: str | None
) -> None:
    """The function never saw it: its logs know nothing."""
    said = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName="stadion-inbox-dlq")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="{}", MessageAttributes=said)  # type: ignore[arg-type]

    (letter,) = look(account, named(account, "inbox"), limit=10)

    assert letter.facts()["not_delivered"] == why


def test_a_dead_letter_that_is_no_event_is_shown_as_it_is() -> None:
    letter = DeadLetter("m1", "r", "not json", NOW, 5)
    assert (letter.event, letter.event_id, letter.facts()["message_id"]) == ("?", "", "m1")
    notice = {"Records": [{"s3": {"object": {"key": "uploads/u1/up1"}}}]}
    assert DeadLetter("m2", "r", json.dumps(notice), NOW, 5).facts()["file"] == "uploads/u1/up1"
    assert DeadLetters("stadion-inbox-dlq", "url").function == "stadion-inbox"


class Answer:
    def __init__(self, status: int, content: bytes) -> None:
        self.status_code = status
        self.content = content


def test_an_admin_request_is_signed_for_execute_api(account: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []

    def send_request(_: Any, request: Any) -> Answer:
        sent.append(request)
        return Answer(200, b'{"roles": ["user"]}')

    monkeypatch.setattr("botocore.httpsession.URLLib3Session.send", send_request)
    assert signed.call(account, "PUT", user._path("anna@example.org", "admin")) == {"roles": ["user"]}
    (request,) = sent
    assert request.url == "https://api.test/v1/admin/accounts/users/anna@example.org/roles/admin"
    assert "/eu-central-1/execute-api/aws4_request" in str(request.headers["Authorization"])


def test_a_refusal_says_why_and_what_to_tell_support(account: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = Answer(404, b'{"detail": "There is no user with this id.", "trace_id": "t1"}')
    monkeypatch.setattr("botocore.httpsession.URLLib3Session.send", lambda *_: answer)
    with pytest.raises(signed.Refused, match=r"404: There is no user with this id\. \(trace t1\)"):
        signed.call(account, "GET", "/v1/admin/accounts/users/x")


@pytest.mark.parametrize(
    ("text", "is_platform"),
    [
        ("REPORT RequestId: 1\tDuration: 2 ms", True),
        ('{"time": "2026-11-21T06:30:00Z", "type": "platform.report", "record": {"status": "timeout"}}', True),
        ('{"_aws": {"Timestamp": 1}}', True),
        ('{"level": "INFO", "message": "consumed", "type": "run"}', False),
        ("a word by itself", False),
    ],
)
def test_the_platforms_own_lines_are_known_in_both_formats(text: str, is_platform: bool) -> None:
    assert logs.Line(NOW, "stadion-promos-api", text).is_platform() is is_platform
