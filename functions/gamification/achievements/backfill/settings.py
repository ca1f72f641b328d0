from stadion.settings import Settings


class BackfillSettings(Settings):
    achievement_backfill_workflow: str
    """ARN of `statemachines/achievement_backfill.asl.json` as deployed."""
