"""Partners: the store's side. Who may come, orders, the catalogue, webhooks in and out."""

import json

from aws_cdk import Aws, Duration
from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.nag import accept, logical_id
from infra_cdk.parts.entry_points import EntryPoint
from infra_cdk.parts.function import TableUse
from infra_cdk.parts.partner_api import PartnerRestApi
from infra_cdk.parts.standing import PARTNERS
from infra_cdk.parts.uses import Actions, Partitions, Variables
from infra_cdk.stacks.base import ServiceStack

ROUTES = {
    ("partners", "on_partner_request"): (
        "POST /partner/v1/links",
        "POST /partner/v1/webhooks",
        "POST /partner/v1/products",
        "GET /partner/v1/products/{sku}",
        "PUT /partner/v1/products/{sku}",
    ),
    ("promos", "checkout/on_partner_request"): (
        "GET /partner/v1/codes/{code}",
        "POST /partner/v1/codes/{code}/reserve",
        "POST /partner/v1/codes/{code}/redeem",
        "POST /partner/v1/codes/{code}/reverse",
        "GET /partner/v1/orders/{order_id}",
    ),
}
"""By the service that answers them, and where its entry point lies, once it is there."""
OF_LINKS = ("USER#*", "LINK_TOKEN#*", "KNOWN#*", "SHOWN#*", "OUTBOX#*")
"""Partitions for what serves athletes: no partner's secrets, no orders."""
APIGATEWAY = f"arn:{Aws.PARTITION}:apigateway:{Aws.REGION}::"
SHOWN = "arn:<AWS::Partition>:apigateway:<AWS::Region>::"


class PartnersStack(ServiceStack):
    comes_after = ("promos",)

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, service="partners", environment=environment, gsi1=True)
        self.door = PartnerRestApi(self, environment=environment, alarm_topic=self.platform.alarm_topic)
        signing = self.packages("webhooks")
        ours = self.request("on_partner_request", uses=[signing])
        for (service, place), routes in ROUTES.items():
            entry_point = EntryPoint.of(service, place)
            if entry_point.exists(environment.functions):
                self.door.attach(entry_point, routes, after=ours if service == "partners" else None)
        plans = {name: plan.usage_plan_id for name, plan in self.door.plans.items()}
        door = Variables(
            {"STADION_PARTNER_API_URL": environment.public(self.door.url), "STADION_PARTNER_PLANS": json.dumps(plans)}
        )
        keys = self._keys_rights()
        stands = self.platform.standing(writes=True, whose=PARTNERS)
        files = self.bucket("imports", arrivals="products/")
        self.receive(
            "catalogue/on_product_file",
            files,
            uses=[files.objects(reads=["products/"])],
            timeout=Duration.minutes(5),
            memory_mb=1024,
            batch_size=1,
            goes_on=True,
        )
        # two at once: each may take 11 s
        deliveries = self.work("webhooks/on_webhook_deliveries", uses=[signing], batch_size=2)
        self.consume("orders/on_promos")
        self.consume("links/on_account_events")
        self.consume("webhooks/on_promo_events", uses=[deliveries, signing])
        self.every(Duration.minutes(1), "webhooks/task_leave_due_webhooks", uses=[deliveries, signing])
        athletes_own = Partitions(self.table, OF_LINKS)
        self.serve(self.under("/v1/me/partner-links"), table=TableUse.NONE, uses=[athletes_own])
        self.administer("/v1/admin/partners", uses=[door, keys, stands, files.objects(writes=["products/"]), signing])
        self.every(Duration.hours(1), "task_finish_rotations", uses=[keys, stands, signing])
        self.show("WebhookReceived", "WebhookDelivered", "WebhookDead", "ProductsImported")

    def _keys_rights(self) -> Actions:
        """Make and remove keys, and put them in and out of our plans: none of anybody's else."""
        rights = {
            f"{APIGATEWAY}/apikeys": ["apigateway:POST"],
            f"{APIGATEWAY}/apikeys/*": ["apigateway:DELETE"],
        }
        accept(self, f"IAM5[Resource::{SHOWN}/apikeys/*]", "API Gateway names keys; the function knows ours only")
        for plan in self.door.plans.values():
            under = f"{APIGATEWAY}/usageplans/{plan.usage_plan_id}/keys"
            rights |= {under: ["apigateway:POST"], f"{under}/*": ["apigateway:DELETE"]}
            finding = f"IAM5[Resource::{SHOWN}/usageplans/<{logical_id(plan)}>/keys/*]"
            accept(self, finding, "any key of this plan of ours")
        return Actions(rights)
