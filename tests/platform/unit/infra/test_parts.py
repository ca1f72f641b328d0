"""What the parts of a stack refuse: two things of one name, of which the last would silently stand for both."""

import pytest
from aws_cdk import App, Duration, Stack
from aws_cdk.assertions import Template
from aws_cdk.aws_lambda import LayerVersion
from aws_cdk.aws_sns import Topic

from infra_cdk.environments import LOCAL
from infra_cdk.parts.bucket import ServiceBucket
from infra_cdk.parts.entry_points import EntryPoint
from infra_cdk.parts.function import ServiceFunction
from infra_cdk.parts.table import ServiceKey
from infra_cdk.parts.uses import Packages
from infra_cdk.parts.work_queue import WorkQueue
from infra_cdk.parts.workflow import Workflow


class Workshop:
    """A stack with an alarm topic, in which a test declares functions."""

    def __init__(self) -> None:
        self.stack = Stack(App(), "s")
        self.topic = Topic(self.stack, "Alarms")

    def function(self, place: str) -> ServiceFunction:
        return ServiceFunction(
            self.stack,
            entry_point=EntryPoint.of("promos", place),
            environment=LOCAL,
            layers=[],
            variables={"STADION_BUS": "stadion"},
            alarm_topic=self.topic,
            timeout=Duration.seconds(30),
        )

    def queue(self, place: str) -> WorkQueue:
        function = self.function(place)
        name = f"{function.entry_point.id}-work"
        return WorkQueue(self.stack, name, function=function, alarm_topic=self.topic, at_once=2)

    def workflow(self, *places: str) -> Workflow:
        return Workflow(
            self.stack,
            name="wear_offer",
            steps=[self.function(place) for place in places],
            former_steps=[],
            environment=LOCAL,
            alarm_topic=self.topic,
        )


@pytest.fixture
def workshop() -> Workshop:
    return Workshop()


def test_two_steps_of_one_name_in_a_workflow_are_refused(workshop: Workshop) -> None:
    with pytest.raises(ValueError, match=r"\$\{look_offer\}: promos/wear_offers/tasks\.py and promos/offers/tasks\.py"):
        workshop.workflow("wear_offers/tasks.look_offer", "offers/tasks.look_offer")


def test_two_queues_of_one_name_are_refused_to_who_leaves_work_in_both(workshop: Workshop) -> None:
    sender = workshop.function("api")
    workshop.queue("offers/on_deliveries").lend(sender)

    with pytest.raises(ValueError, match="stadion-promos-api has another STADION_DELIVERIES_QUEUE already"):
        workshop.queue("campaigns/on_deliveries").lend(sender)


def test_who_is_told_the_same_twice_is_not_confused(workshop: Workshop) -> None:
    sender, queue = workshop.function("api"), workshop.queue("offers/on_deliveries")

    queue.lend(sender)
    queue.lend(sender)


def test_a_layer_that_is_lent_twice_is_there_once(workshop: Workshop) -> None:
    """Lambda refuses a function that names it twice."""
    function, layer = workshop.function("api"), LayerVersion.from_layer_version_arn(workshop.stack, "Tracks", "arn:l:1")

    Packages(layer).lend(function)
    Packages(layer).lend(function)

    (shown,) = Template.from_stack(workshop.stack).find_resources("AWS::Lambda::Function").values()
    assert shown["Properties"]["Layers"] == ["arn:l:1"]


def test_what_a_function_is_made_with_is_not_replaced(workshop: Workshop) -> None:
    with pytest.raises(ValueError, match="another STADION_BUS"):
        workshop.function("api").set_variable("STADION_BUS", "another")


def test_a_page_that_is_led_to_an_object_may_read_it_though_it_names_no_origin(workshop: Workshop) -> None:
    """A browser says `Origin: null` after a redirect from one foreign origin to another."""
    key = ServiceKey(workshop.stack, service="promos", environment=LOCAL)
    named = {"service": "promos", "name": "answers", "arrivals": "answers/", "key": key, "environment": LOCAL}
    ServiceBucket(workshop.stack, "Answers", led_to=True, **named)  # type: ignore[arg-type]

    [bucket] = Template.from_stack(workshop.stack).find_resources("AWS::S3::Bucket").values()
    rule = {"AllowedHeaders": ["*"], "AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}
    assert bucket["Properties"]["CorsConfiguration"] == {"CorsRules": [rule]}
