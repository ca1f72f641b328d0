"""Promos: offers, codes, their redemption, and what targeting rules ask of athletes."""

from aws_cdk import Duration
from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.parts.api import Auth, routes_under
from infra_cdk.parts.consumer import Events
from infra_cdk.stacks.base import WORKOUT_EVENTS, ServiceStack
from infra_cdk.stacks.platform import PlatformStack


class PromosStack(ServiceStack):
    def __init__(self, scope: Construct, *, environment: Environment, platform: PlatformStack) -> None:
        super().__init__(scope, service="promos", environment=environment, platform=platform, gsi1=True)
        self.serve(
            [
                *routes_under("/v1/promos"),
                *routes_under("/v1/admin/promos", auth=Auth.IAM),
                *routes_under("/v1/admin/wear-offers", auth=Auth.IAM),
            ]
        )
        self.request("on_partner_request")
        self.consume(
            "on_account_events", Events(["UserRegistered", "ProfileUpdated", "ConsentChanged"], source="accounts")
        )
        self.consume("on_gear_events", Events(["GearAdded", "GearWearReached", "GearRetired"], source="inventory"))
        self.consume("on_workout_events", WORKOUT_EVENTS)
        self.consume("on_order_events", Events(["OrderCompleted", "OrderReturned"], source="partners"))
        self.consume("on_product_changes", Events(["ProductChanged"], source="partners"))
        self.consume(
            "on_offer_events",
            Events(
                ["PromoIssued", "PromoViewed", "PromoClicked", "PromoDismissed", "PromoRedeemed", "PromoReversed"],
                source="promos",
            ),
        )
        steps = ["task_offer_replacement", "task_tell_offer", "task_look_offer", "task_remind_offer"]
        wear_offer = self.workflow("wear_offer", steps=steps)
        self.consume("on_worn_gear", Events(["GearWearReached"], source="inventory"), starts=wear_offer)
        self.every(Duration.minutes(1), "task_give_back_reservations")
        self.show("PromoIssued", "PromoClicked", "PromoRedeemed", "PromoReversed", "ReservationsExpired")
