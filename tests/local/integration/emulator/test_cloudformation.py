"""CloudFormation: what a template says arrives, what it no longer says is taken back, what it never knew is made."""

import json
from typing import Any

import pytest

from tests.kit.matching import matches
from tests.kit.readers import READERS
from tests.kit.readers.services import Services
from tests.kit.stack import eventually
from tests.local.integration.emulator.workshop import ROLE, Stack, Workshop, gathered, refused

Props = dict[str, Any]
KEY = {"KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}]}
TABLE = {**KEY, "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}]}
ON_DEMAND = {**TABLE, "BillingMode": "PAY_PER_REQUEST"}
EXPIRES = {"TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True}}
FUNCTION = {
    "Runtime": "python3.11",
    "Role": ROLE,
    "Handler": "index.handler",
    "Code": {"ZipFile": "def handler(event, context): return event"},
}
NAMES = frozenset({"Name", "LogGroupName"})
DEAD = "arn:aws:sqs:us-east-1:000000000000:dead"


@pytest.fixture(scope="module", autouse=True)
def dead_letters(workshop: Workshop) -> None:
    """The queue that the templates name."""
    workshop.aws.sqs.create_queue(QueueName="dead")


@pytest.fixture
def services(workshop: Workshop) -> Services:
    return Services(workshop.aws)


SAID: list[tuple[str, Props, Props]] = [
    ("AWS::DynamoDB::Table", ON_DEMAND, EXPIRES),
    ("AWS::DynamoDB::GlobalTable", {**ON_DEMAND, "Replicas": [{"Region": "us-east-1"}]}, EXPIRES),
    (
        "AWS::DynamoDB::Table",
        ON_DEMAND,
        {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}},
    ),
    ("AWS::DynamoDB::Table", ON_DEMAND, {"SSESpecification": {"SSEEnabled": True, "SSEType": "KMS"}}),
    ("AWS::Lambda::Function", FUNCTION, {"ReservedConcurrentExecutions": 1}),
    ("AWS::Lambda::Function", FUNCTION, {"DeadLetterConfig": {"TargetArn": DEAD}}),
    ("AWS::Lambda::Function", FUNCTION, {"Timeout": 77}),
    ("AWS::SNS::Topic", {}, {"KmsMasterKeyId": "alias/stadion"}),
    (
        "AWS::S3::Bucket",
        {},
        {
            "LifecycleConfiguration": {
                "Rules": [
                    {
                        "Id": "sweep",
                        "Status": "Enabled",
                        "Prefix": "streams/",
                        "ExpirationInDays": 90,
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                        "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
                    }
                ]
            }
        },
    ),
    (
        "AWS::S3::Bucket",
        {},
        {
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "alias/stadion"}}
                ]
            }
        },
    ),
    (
        "AWS::Cognito::UserPool",
        {},
        {"WebAuthnRelyingPartyID": "stadion.example", "WebAuthnUserVerification": "required"},
    ),
    ("AWS::SQS::Queue", {}, {"VisibilityTimeout": 77, "MessageRetentionPeriod": 77}),
    ("AWS::SQS::Queue", {}, {"RedrivePolicy": {"deadLetterTargetArn": DEAD, "maxReceiveCount": 5}}),
    ("AWS::Events::EventBus", {"Name": "bus"}, {"DeadLetterConfig": {"Arn": DEAD}}),
    ("AWS::Logs::LogGroup", {"LogGroupName": "group"}, {"RetentionInDays": 7}),
    (
        "AWS::Scheduler::Schedule",
        {
            "Name": "schedule",
            "ScheduleExpression": "rate(1 day)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": DEAD, "RoleArn": ROLE},
        },
        {"ScheduleExpressionTimezone": "Europe/Paris"},
    ),
]


@pytest.mark.parametrize(
    ("kind", "always", "said"), SAID, ids=[f"{kind.split('::')[-1]}-{'-'.join(said)}" for kind, _, said in SAID]
)
def test_what_a_template_says_arrives_and_goes_with_the_line(
    workshop: Workshop, services: Services, kind: str, always: Props, said: Props
) -> None:
    always = {name: workshop.name(value) if name in NAMES else value for name, value in always.items()}

    stack = workshop.deployed({"It": {"Type": kind, "Properties": {**always, **said}}})
    with_it = READERS[kind](services, stack.physical_id("It"), {**always, **said})
    workshop.deployed({"It": {"Type": kind, "Properties": always}}, stack=stack.name)
    without = READERS[kind](services, stack.physical_id("It"), always)

    assert stack.status() == "UPDATE_COMPLETE", stack.reasons()
    for name, value in said.items():
        assert matches(value, with_it.get(name)), name
        assert not matches(value, without.get(name)), name


def test_an_item_of_a_table_from_a_template_expires(workshop: Workshop) -> None:
    """By the emulator's own sweep, which comes oftener here than once a minute (`local/patches/expiry.py`)."""
    stack = workshop.deployed({"It": {"Type": "AWS::DynamoDB::Table", "Properties": {**ON_DEMAND, **EXPIRES}}})
    table = stack.physical_id("It")

    for name, expires_at in (("over", "1000000000"), ("to come", "9000000000"), ("never", None)):
        expiry = {"expires_at": {"N": expires_at}} if expires_at else {}
        workshop.dynamodb.put_item(TableName=table, Item={"pk": {"S": name}, **expiry})

    def left() -> set[str]:
        return {item["pk"]["S"] for item in workshop.dynamodb.scan(TableName=table)["Items"]}

    assert eventually(lambda: "over" not in left())
    assert left() == {"to come", "never"}


def test_a_table_of_a_forgotten_ones_name_expires_nothing(workshop: Workshop) -> None:
    name = {"TableName": workshop.name("table")}
    workshop.deployed({"It": {"Type": "AWS::DynamoDB::Table", "Properties": {**ON_DEMAND, **EXPIRES, **name}}}).delete()

    workshop.deployed({"It": {"Type": "AWS::DynamoDB::Table", "Properties": {**ON_DEMAND, **name}}})

    found = workshop.dynamodb.describe_time_to_live(**name)["TimeToLiveDescription"]
    assert found["TimeToLiveStatus"] == "DISABLED"


def test_reserved_concurrency_is_obeyed(workshop: Workshop) -> None:
    none = {**FUNCTION, "ReservedConcurrentExecutions": 0}

    stack = workshop.deployed({"It": {"Type": "AWS::Lambda::Function", "Properties": none}})

    assert refused(lambda: workshop.invoke(stack.physical_id("It"))) == "TooManyRequestsException"


@pytest.fixture
def in_order(workshop: Workshop) -> Stack:
    """A topic and a queue of FIFO with a subscription that lets through what is red."""
    name = workshop.name("in-order")
    queue = {"QueueName": f"{name}.fifo", "FifoQueue": True}
    subscription = {
        "TopicArn": {"Ref": "Topic"},
        "Endpoint": {"Fn::GetAtt": ["Queue", "Arn"]},
        "Protocol": "sqs",
        "RawMessageDelivery": True,
        "FilterPolicy": {"color": ["red"]},
    }
    topic = {"TopicName": f"{name}.fifo", "FifoTopic": True, "ContentBasedDeduplication": True}
    return workshop.deployed(
        {
            "Topic": {"Type": "AWS::SNS::Topic", "Properties": topic},
            "Queue": {"Type": "AWS::SQS::Queue", "Properties": queue},
            "Subscription": {"Type": "AWS::SNS::Subscription", "Properties": subscription},
        }
    )


def test_topic_and_queue_of_fifo_keep_order_and_filter(workshop: Workshop, in_order: Stack) -> None:
    topics: Any = workshop.aws.client("sns")
    topic = in_order.physical_id("Topic")
    red, blue = ({"color": {"DataType": "String", "StringValue": color}} for color in ("red", "blue"))

    for message, color in (("1", red), ("2", blue), ("3", red), ("3", red), ("4", red)):
        asked = {"TopicArn": topic, "Message": message, "MessageAttributes": color}
        topics.publish(**asked, MessageGroupId="anna")

    assert gathered(workshop.queue_at(in_order.physical_id("Queue")), 3) == [1, 3, 4]
    assert refused(lambda: topics.publish(TopicArn=topic, Message="no group")) == "InvalidParameterException"


def test_fifo_and_filter_are_read_back(services: Services, in_order: Stack) -> None:
    read = {
        name: READERS[f"AWS::{kind}"](services, in_order.physical_id(name), {})
        for name, kind in (("Topic", "SNS::Topic"), ("Queue", "SQS::Queue"), ("Subscription", "SNS::Subscription"))
    }

    assert (read["Topic"]["FifoTopic"], read["Topic"]["ContentBasedDeduplication"]) == ("true", "true")
    assert read["Queue"]["FifoQueue"] == "true"
    assert read["Subscription"]["FilterPolicy"] == {"color": ["red"]}


def test_a_mapping_loses_the_filter_that_its_template_no_longer_says(workshop: Workshop) -> None:
    mapping = {"FunctionName": workshop.function("echo"), "EventSourceArn": workshop.queue().arn}
    red = {"FilterCriteria": {"Filters": [{"Pattern": json.dumps({"body": {"color": ["red"]}})}]}}
    kind = "AWS::Lambda::EventSourceMapping"

    stack = workshop.deployed({"It": {"Type": kind, "Properties": {**mapping, **red}}})
    with_it = workshop.aws.functions.get_event_source_mapping(UUID=stack.physical_id("It"))
    workshop.deployed({"It": {"Type": kind, "Properties": mapping}}, stack=stack.name)

    without = workshop.aws.functions.get_event_source_mapping(UUID=stack.physical_id("It"))
    assert with_it["FilterCriteria"] == red["FilterCriteria"]
    assert not without.get("FilterCriteria")


def test_the_api_s_refusal_is_the_reason_and_nothing_is_left(workshop: Workshop) -> None:
    name = workshop.name("standard")
    topic = {"TopicName": name, "FifoTopic": True}

    stack = workshop.deployed({"It": {"Type": "AWS::SNS::Topic", "Properties": topic}})

    topics: Any = workshop.aws.client("sns")
    assert stack.status() == "ROLLBACK_COMPLETE"
    assert "must end with .fifo suffix" in stack.reasons()
    assert name not in str(topics.list_topics()["Topics"])


def test_a_permission_for_a_function_that_is_not_there_is_refused(workshop: Workshop) -> None:
    permission = {"Action": "lambda:InvokeFunction", "FunctionName": "nobody", "Principal": "events.amazonaws.com"}

    stack = workshop.deployed({"It": {"Type": "AWS::Lambda::Permission", "Properties": permission}})

    assert stack.status() == "ROLLBACK_COMPLETE"
    assert "Function not found: nobody" in stack.reasons()


def test_a_generated_secret_leaves_out_what_it_is_told(workshop: Workshop) -> None:
    generated = {"PasswordLength": 200, "ExcludePunctuation": True, "ExcludeNumbers": True}

    stack = workshop.deployed(
        {"It": {"Type": "AWS::SecretsManager::Secret", "Properties": {"GenerateSecretString": generated}}}
    )

    secrets: Any = workshop.aws.client("secretsmanager")
    value = secrets.get_secret_value(SecretId=stack.physical_id("It"))["SecretString"]
    assert (len(value), value.isalpha()) == (200, True)


def archive_on(bus: Any, name: str, **more: Any) -> Props:
    said = {"ArchiveName": name, "SourceArn": {"Fn::GetAtt": ["Bus", "Arn"]}, "EventPattern": {"source": ["a"]}, **more}
    return {
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": bus}},
        "It": {"Type": "AWS::Events::Archive", "Properties": said},
    }


def test_an_archive_comes_changes_and_goes_with_its_stack(workshop: Workshop) -> None:
    """The emulator's CloudFormation refuses the type: it is registered."""
    events, name, bus = workshop.aws.events, workshop.name("archive"), workshop.name("bus")

    stack = workshop.deployed(archive_on(bus, name, RetentionDays=90, Description="of all"))
    made = events.describe_archive(ArchiveName=name)
    workshop.deployed(archive_on(bus, name, EventPattern={"source": ["b"]}), stack=stack.name)
    changed = events.describe_archive(ArchiveName=name)
    stack.delete()

    assert (made["State"], made["RetentionDays"], made["Description"]) == ("ENABLED", 90, "of all")
    assert made["EventSourceArn"].endswith(f"event-bus/{bus}")
    assert json.loads(changed["EventPattern"]) == {"source": ["b"]}
    assert (changed["RetentionDays"], changed["Description"]) == (0, "")
    assert refused(lambda: events.describe_archive(ArchiveName=name)) == "ResourceNotFoundException"


def test_an_archive_of_another_name_replaces_the_first(workshop: Workshop) -> None:
    events, bus = workshop.aws.events, workshop.name("bus")
    first, second = workshop.name("archive"), workshop.name("archive")

    stack = workshop.deployed(archive_on(bus, first))
    workshop.deployed(archive_on(bus, second), stack=stack.name)

    assert events.describe_archive(ArchiveName=second)["State"] == "ENABLED"
    assert refused(lambda: events.describe_archive(ArchiveName=first)) == "ResourceNotFoundException"
