"""Gamification: XP, levels, records, achievements."""

from aws_cdk import Duration
from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.parts.workflow import Workflow
from infra_cdk.stacks.base import ServiceStack, Uses


class GamificationStack(ServiceStack):
    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, service="gamification", environment=environment, gsi1=True)
        build = self._make_boards()
        self.serve([*self.under("/v1/gamification"), *self.under("/v1/leaderboards")], uses=[build])
        self.consume("on_workout_events")
        self.consume("athletes/on_account_events")
        self.follow("boards/on_score_changes", beginning="BOARDS#", batch_size=100, at_once=4)
        self.consume("boards/on_presence_changes")
        self.every(Duration.days(1), "boards/building/task_end_boards")
        self.every(Duration.minutes(15), "boards/history/task_settle_periods")
        tasks = "achievements/backfill/tasks"
        counting = self.workflow(
            "achievement_backfill",
            steps={f"{tasks}.count_athletes": [], f"{tasks}.note_backfill_failure": []},
            timeout=Duration.minutes(4),
        )
        self.administer(
            "/v1/admin/achievements", "/v1/admin/achievement-backfills", "/v1/admin/boards", uses=[counting]
        )
        self.show("XpGranted", "PersonalRecords", "AchievementsUnlocked")

    def _make_boards(self) -> Workflow | None:
        tasks = "boards/building/tasks"
        steps: dict[str, Uses] = {
            f"{tasks}.begin_board": [],
            f"{tasks}.fill_board": [],
            f"{tasks}.finish_board": [],
            f"{tasks}.note_board_failure": [],
        }
        return self.workflow("board_build", steps=steps, timeout=Duration.minutes(4))
