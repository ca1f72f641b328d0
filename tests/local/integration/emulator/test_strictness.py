"""Where MiniStack was kinder than AWS, and no longer is."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.patches.strict.mail import NOTICE
from tests.kit.stack import eventually
from tests.local.integration.emulator.workshop import Queue, Workshop, gathered


def test_a_topic_that_hears_of_mails_hears_first_that_it_will(workshop: Workshop) -> None:
    queue, name = workshop.queue(), workshop.name("mails")
    sns: Any = workshop.aws.client("sns")
    mails: Any = workshop.aws.client("sesv2")
    topic = sns.create_topic(Name=name)["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn)
    mails.create_configuration_set(ConfigurationSetName=name)

    mails.create_configuration_set_event_destination(
        ConfigurationSetName=name,
        EventDestinationName="heard",
        EventDestination={
            "Enabled": True,
            "MatchingEventTypes": ["BOUNCE"],
            "SnsDestination": {"TopicArn": topic},
        },
    )

    assert [one["Message"] for one in gathered(queue, 1)] == [NOTICE]


def test_of_an_answer_above_6_mb_nothing_arrives(workshop: Workshop) -> None:
    function = workshop.function("large")

    answers = [
        workshop.aws.functions.invoke(FunctionName=function, Payload=json.dumps({"size": size}))
        for size in (6_291_554, 6_291_555)  # and two quotes
    ]

    assert "FunctionError" not in answers[0]
    assert len(answers[0]["Payload"].read()) == 6_291_556
    assert answers[1]["FunctionError"] == "Unhandled"
    assert json.loads(answers[1]["Payload"].read())["errorType"] == "Function.ResponseSizeTooLarge"


def test_a_token_whose_endpoint_was_disabled_is_refused_with_its_arn(workshop: Workshop) -> None:
    sns: Any = workshop.aws.client("sns")
    application = sns.create_platform_application(Name=workshop.name("app"), Platform="APNS", Attributes={})
    asked = {"PlatformApplicationArn": application["PlatformApplicationArn"], "Token": "0123456789abcdef"}
    endpoint = sns.create_platform_endpoint(**asked)["EndpointArn"]
    assert sns.create_platform_endpoint(**asked)["EndpointArn"] == endpoint
    sns.set_endpoint_attributes(EndpointArn=endpoint, Attributes={"Enabled": "false"})

    with pytest.raises(ClientError, match="already exists with the same Token") as caught:
        sns.create_platform_endpoint(**asked)

    assert caught.value.response["Error"]["Code"] == "InvalidParameter"
    assert endpoint in caught.value.response["Error"]["Message"]


class TestRedrive:
    def test_each_letter_goes_back_where_it_came_from(self, workshop: Workshop) -> None:
        queue, dead = with_dead_letters(workshop)
        queue.send({"n": 1})
        for _ in range(2):
            queue.aws.sqs.receive_message(QueueUrl=queue.url, VisibilityTimeout=0)

        assert moved(workshop, dead.arn)["Status"] == "COMPLETED"

        assert queue.take() == [{"n": 1}]

    def test_a_letter_that_came_from_no_queue_has_no_way_back(self, workshop: Workshop) -> None:
        queue, dead = with_dead_letters(workshop)
        dead.send({"n": 1})

        task = moved(workshop, dead.arn)

        assert (task["Status"], task["FailureReason"]) == ("FAILED", "CouldNotDetermineMessageSource")
        assert moved(workshop, dead.arn, DestinationArn=queue.arn)["ApproximateNumberOfMessagesMoved"] == 1
        assert queue.take() == [{"n": 1}]

    def test_a_queue_that_is_nobodys_dead_letters_is_refused(self, workshop: Workshop) -> None:
        queue = workshop.queue()

        with pytest.raises(ClientError, match="must be configured as a Dead Letter Queue"):
            workshop.aws.sqs.start_message_move_task(SourceArn=queue.arn)


def with_dead_letters(workshop: Workshop) -> tuple[Queue, Queue]:
    dead = workshop.queue()
    policy = json.dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 1})
    return workshop.queue(RedrivePolicy=policy), dead


def moved(workshop: Workshop, source: str, **more: str) -> Any:
    workshop.aws.sqs.start_message_move_task(SourceArn=source, **more)  # type: ignore[arg-type]
    return workshop.aws.sqs.list_message_move_tasks(SourceArn=source)["Results"][0]


class TestAbsentKeys:
    """Of a function, by what its role may."""

    @pytest.mark.parametrize(("actions", "code"), [(["s3:GetObject"], "AccessDenied"), (["s3:*"], "NoSuchKey")])
    def test_who_may_not_list_is_not_told_that_a_key_is_absent(
        self, workshop: Workshop, actions: list[str], code: str
    ) -> None:
        bucket = workshop.name("bucket")
        workshop.s3.create_bucket(Bucket=bucket)
        function = workshop.function("reads", role=role(workshop, actions, bucket), BUCKET=bucket)

        assert workshop.invoke(function) == code

    def test_others_are_told(self, workshop: Workshop) -> None:
        bucket = workshop.name("bucket")
        workshop.s3.create_bucket(Bucket=bucket)

        with pytest.raises(ClientError, match="NoSuchKey"):
            workshop.s3.get_object(Bucket=bucket, Key="absent")


def role(workshop: Workshop, actions: list[str], bucket: str) -> str:
    iam: Any = workshop.aws.client("iam")
    name = workshop.name("role")
    statement = {
        "Effect": "Allow",
        "Action": actions,
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
    }
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
             "Principal": {"Service": "lambda.amazonaws.com"}}]}  # fmt: skip
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName=name, PolicyName="reads", PolicyDocument=policy)
    return str(arn)


ALL: Any = [{"ErrorEquals": ["States.ALL"], "Next": "Caught", "ResultPath": None}]


@pytest.mark.parametrize(("each", "ends"), [(300_000, "FAILED"), (100, "SUCCEEDED")])
def test_what_a_map_ends_with_has_256_kib_and_no_catch_helps(workshop: Workshop, each: int, ends: str) -> None:
    """Also where nobody keeps it (`ResultPath: null`)."""
    machine = {
        "StartAt": "Each",
        "States": {
            "Each": {
                "Type": "Map",
                "ItemsPath": "$.items",
                "ResultPath": None,
                "Catch": ALL,
                "ItemProcessor": {
                    "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                    "StartAt": "Large",
                    "States": {"Large": {"Type": "Pass", "Result": "x" * (each // 2), "End": True}},
                },
                "End": True,
            },
            "Caught": {"Type": "Pass", "End": True},
        },
    }
    machines: Any = workshop.aws.client("stepfunctions")
    made = machines.create_state_machine(
        name=workshop.name("machine"), definition=json.dumps(machine), roleArn="arn:aws:iam::000000000000:role/machine"
    )
    started = machines.start_execution(stateMachineArn=made["stateMachineArn"], input=json.dumps({"items": [1, 2]}))

    def ended() -> Any:
        known = machines.describe_execution(executionArn=started["executionArn"])
        return known if known["status"] != "RUNNING" else None

    known = eventually(ended)
    assert (known["status"], known.get("error")) == (ends, "States.DataLimitExceeded" if ends == "FAILED" else None)
