"""Promos: offers, codes, their redemption, and what targeting rules ask of athletes."""

from aws_cdk import Duration
from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.parts.api import Auth, routes_under
from infra_cdk.parts.consumer import Events
from infra_cdk.parts.timer import WorkflowTimer
from infra_cdk.stacks.base import WORKOUT_EVENTS, ServiceStack
from infra_cdk.stacks.platform import PlatformStack

BATCHES_KEPT = Duration.days(400)
"""Who was in which arm of a run, for as long as its offers are kept."""


class PromosStack(ServiceStack):
    def __init__(self, scope: Construct, *, environment: Environment, platform: PlatformStack) -> None:
        super().__init__(scope, service="promos", environment=environment, platform=platform, gsi1=True)
        timer = self.timer("campaign", workflow="promo_campaign", first_step="task_open_campaign")
        self.serve(
            [
                *routes_under("/v1/promos"),
                *routes_under("/v1/admin/promos", auth=Auth.IAM),
                *routes_under("/v1/admin/wear-offers", auth=Auth.IAM),
                *routes_under("/v1/admin/campaigns", auth=Auth.IAM),
            ],
            timer=timer,
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
        self.consume(
            "on_message_events", Events(["NotificationDelivered", "NotificationFailed"], source="notifications")
        )
        self.every(Duration.minutes(1), "task_give_back_reservations")
        self._run_campaigns(timer)
        self.show("PromoIssued", "PromoClicked", "PromoRedeemed", "PromoReversed", "ReservationsExpired")

    def _run_campaigns(self, timer: WorkflowTimer) -> None:
        batches = self.bucket("campaigns", arrivals="runs/", swept_after=BATCHES_KEPT)
        self.workflow(
            "promo_campaign",
            steps=[
                "task_open_campaign",
                "task_choose_athletes",
                "task_send_batch",
                "task_finish_phase",
                "task_measure_batch",
                "task_judge_campaign",
                "task_close_campaign",
                "task_note_failure",
            ],
            timeout=Duration.minutes(4),
            batches=batches,
            timer=timer,
            layers={"task_judge_campaign": [self.layers.heavy("statistics")]},
        )
