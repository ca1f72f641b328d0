from stadion.settings import Settings


class WorkflowSettings(Settings):
    wear_offer_workflow: str
    """ARN of `statemachines/wear_offer.asl.json` as deployed."""


class BatchSettings(Settings):
    campaigns_bucket: str


class TimerSettings(Settings):
    campaign_workflow: str
    """ARN of `statemachines/promo_campaign.asl.json` as deployed."""
    campaign_timer_group: str
    campaign_timer_role: str
    """ARN of the role that Scheduler takes to start it."""
    campaign_timer_dead_letters: str
    """ARN of the queue of beginnings that were not to be had."""
