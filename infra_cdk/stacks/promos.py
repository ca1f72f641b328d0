"""Promos: offers, codes, their redemption, and what targeting rules ask of athletes."""

from aws_cdk import Duration
from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.parts.function import TableUse
from infra_cdk.parts.timer import WorkflowTimer
from infra_cdk.stacks.base import ServiceStack

BATCHES_KEPT = Duration.days(400)
"""Who was in which arm of a run, for as long as its offers are kept."""


class PromosStack(ServiceStack):
    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, service="promos", environment=environment, gsi1=True)
        timer = self.timer("campaign", workflow="promo_campaign", first_step="campaigns/tasks.open_campaign")
        self.serve(self.under("/v1/promos"))
        rules = ("/v1/admin/wear-offers", "/v1/admin/reward-offers")
        self.administer("/v1/admin/promos", *rules, "/v1/admin/campaigns", uses=[timer])
        self.request("checkout/on_partner_request")
        self._know_athletes()
        self.consume("checkout/on_order_events")
        self.every(Duration.minutes(1), "checkout/task_give_back_reservations")
        self.consume("sellers/on_product_changes")
        self.consume("sellers/on_partner_changes")
        self.consume("offers/on_offer_events")
        self._make_wear_offers()
        self.consume("rewards/on_rewards")
        self._run_campaigns(timer)
        self.show(
            "PromoIssued", "PromoClicked", "PromoRedeemed", "PromoReversed", "ReservationsExpired", "RewardsWaiting"
        )

    def _know_athletes(self) -> None:
        self.consume("athletes/on_account_events")
        self.consume("athletes/on_gear_events")
        self.consume("athletes/on_partner_links")
        self.consume("athletes/on_workout_events")

    def _make_wear_offers(self) -> None:
        offering, telling = "wear_offers/tasks", "offers/tasks"
        look = f"{offering}.look_offer"
        steps = (f"{offering}.offer_replacement", f"{telling}.tell_offer", look, f"{telling}.remind_offer")
        workflow = self.workflow("wear_offer", steps=dict.fromkeys(steps, ()), only_reads=[look])
        self.consume("wear_offers/on_worn_gear", uses=[workflow], table=TableUse.NONE)

    def _run_campaigns(self, timer: WorkflowTimer) -> None:
        self.consume("campaigns/on_message_events")
        batches = self.bucket("campaigns", arrivals="runs/", swept_after=BATCHES_KEPT)
        tasks = "campaigns/tasks"
        reading, writing = batches.objects(reads=["runs/"]), batches.objects(writes=["runs/"])
        self.workflow(
            "promo_campaign",
            steps={
                f"{tasks}.open_campaign": [timer],
                f"{tasks}.choose_athletes": [writing],
                f"{tasks}.send_batch": [reading],
                f"{tasks}.finish_phase": [],
                f"{tasks}.measure_batch": [reading],
                f"{tasks}.close_campaign": [timer],
                f"{tasks}.note_failure": [],
                "campaigns/task_judge_campaign": [self.packages("statistics")],
            },
            timeout=Duration.minutes(4),
            batches=batches,
        )
