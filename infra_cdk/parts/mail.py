"""Mail: the domain that it comes from, and a queue that hears what became of it."""

from aws_cdk.aws_ses import ConfigurationSet, EmailIdentity, EmailSendingEvent, EventDestination, Identity
from aws_cdk.aws_sns import Topic
from aws_cdk.aws_sns_subscriptions import SqsSubscription
from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.parts.entry_points import PRODUCT
from infra_cdk.parts.work_queue import WorkQueue

HEARD = (
    EmailSendingEvent.DELIVERY,
    EmailSendingEvent.BOUNCE,
    EmailSendingEvent.COMPLAINT,
    EmailSendingEvent.REJECT,
)


class Mail(Construct):
    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "Mail")
        self._configuration = ConfigurationSet(self, "Configuration", configuration_set_name=PRODUCT)
        identity_ = EmailIdentity(
            self,
            "Identity",
            identity=Identity.domain(environment.mail_domain),
            configuration_set=self._configuration,
        )
        self._events = Topic(self, "Events", topic_name=f"{PRODUCT}-mail-events", enforce_ssl=True)
        self._configuration.add_event_destination(
            "Heard", destination=EventDestination.sns_topic(self._events), events=list(HEARD)
        )
        identity = identity_.email_identity_arn
        self.sources = [
            identity,
            identity.replace(f"identity/{environment.mail_domain}", f"configuration-set/{PRODUCT}"),
        ]
        """What a right to send is given for."""
        self.variables = {
            "STADION_MAIL_SENDER": f"Stadion <hello@{environment.mail_domain}>",
            "STADION_MAIL_CONFIGURATION": PRODUCT,
        }

    def tell(self, work: WorkQueue) -> None:
        self._events.add_subscription(SqsSubscription(work.queue))
