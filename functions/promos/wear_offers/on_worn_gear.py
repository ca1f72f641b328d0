"""A worn pair starts its workflow, once for each crossing of a threshold: the execution's name says which."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from promos.settings import WorkflowSettings
from promos.wear_offers.domain import is_worth_it
from promos.wear_offers.service import WornGear
from stadion.clients import Client
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.inventory import GearWearReached
from stadion.settings import load

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


handler = Consumer()


@handler.on(GearWearReached)
def start(envelope: Envelope[GearWearReached]) -> Consumed:
    event = envelope.data
    if not is_worth_it(event.threshold_percent, event.component_id):
        return Consumed("too early")
    worn = WornGear(
        correlation_id=envelope.correlation_id,
        user_id=envelope.user_id,
        gear_id=event.gear_id,
        category=event.category,
        name=event.name,
        threshold_percent=event.threshold_percent,
        crossing=event.crossing,
    )
    try:
        _client().start_execution(
            stateMachineArn=load(WorkflowSettings).wear_offer_workflow,
            name=worn.execution,
            input=worn.model_dump_json(),
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ExecutionAlreadyExists":
            raise
        return Consumed("started before", {"run_id": worn.run_id})
    return Consumed("started", {"run_id": worn.run_id})


_client: "Client[SFNClient]" = Client("stepfunctions")
