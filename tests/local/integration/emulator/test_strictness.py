"""Where MiniStack was kinder than AWS, and no longer is."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.patches.strict.mail import NOTICE
from tests.local.integration.emulator.workshop import Workshop, gathered


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
