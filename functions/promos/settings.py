from stadion.settings import Settings


class WorkflowSettings(Settings):
    wear_offer_workflow: str
    """ARN of `statemachines/wear_offer.asl.json` as deployed."""
