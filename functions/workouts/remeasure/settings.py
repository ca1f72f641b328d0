from stadion.settings import Settings


class RemeasureSettings(Settings):
    remeasure_bucket: str


class RemeasureWorkflowSettings(Settings):
    workout_remeasure_workflow: str
    """ARN of `statemachines/workout_remeasure.asl.json` as deployed."""
