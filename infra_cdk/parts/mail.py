"""Mail: the domain that it comes from, and a queue that hears what became of it.

The stack of notifications makes both; others name them (`MailDomain`), so that no stack waits for another.
"""

from dataclasses import dataclass

from aws_cdk import Aws, CfnOutput
from aws_cdk.aws_ses import (
    ConfigurationSet,
    ConfigurationSetTlsPolicy,
    EmailIdentity,
    EmailSendingEvent,
    EventDestination,
    Identity,
)
from aws_cdk.aws_sns import Topic
from aws_cdk.aws_sns_subscriptions import SqsSubscription
from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.parts.entry_points import PRODUCT
from infra_cdk.parts.work_queue import WorkQueue

SES = f"arn:{Aws.PARTITION}:ses:{Aws.REGION}:{Aws.ACCOUNT_ID}"
HEARD = (
    EmailSendingEvent.DELIVERY,
    EmailSendingEvent.BOUNCE,
    EmailSendingEvent.COMPLAINT,
    EmailSendingEvent.REJECT,
)


@dataclass(frozen=True)
class MailDomain:
    """By its name alone: whoever sends in it."""

    name: str

    @property
    def identity(self) -> str:
        return f"{SES}:identity/{self.name}"

    @property
    def sources(self) -> list[str]:
        """What a right to send is given for."""
        return [self.identity, f"{SES}:configuration-set/{PRODUCT}"]

    @property
    def sender(self) -> str:
        return f"Stadion <hello@{self.name}>"

    @property
    def variables(self) -> dict[str, str]:
        return {"STADION_MAIL_SENDER": self.sender, "STADION_MAIL_CONFIGURATION": PRODUCT}


def _records(identity: EmailIdentity) -> list[tuple[str, str]]:
    """By which SES knows the domain, and receivers its mail."""
    return [
        (identity.dkim_dns_token_name1, identity.dkim_dns_token_value1),
        (identity.dkim_dns_token_name2, identity.dkim_dns_token_value2),
        (identity.dkim_dns_token_name3, identity.dkim_dns_token_value3),
    ]


class Mail(Construct):
    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "Mail")
        self._configuration = ConfigurationSet(
            self,
            "Configuration",
            configuration_set_name=PRODUCT,
            tls_policy=ConfigurationSetTlsPolicy.REQUIRE,  # codes and addresses go over no open line
        )
        identity_ = EmailIdentity(
            self,
            "Identity",
            identity=Identity.domain(environment.mail_domain),
            configuration_set=self._configuration,
        )
        # Not under a key of ours: nothing stays in a topic, and SES may use none but a key whose policy names it.
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
        for number, (name, value) in enumerate(_records(identity_), 1):
            CfnOutput(
                scope, f"MailDkim{number}", value=f"{name} CNAME {value}", description="For the DNS of the domain"
            )
        self.variables = MailDomain(environment.mail_domain).variables

    def tell(self, work: WorkQueue) -> None:
        self._events.add_subscription(SqsSubscription(work.queue))
