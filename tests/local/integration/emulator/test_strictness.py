"""Where MiniStack was kinder than AWS, and no longer is."""

from typing import Any

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
