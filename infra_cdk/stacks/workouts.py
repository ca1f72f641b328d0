"""Workouts: the diary, uploads, files."""

from aws_cdk import Duration
from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.parts.function import TableUse
from infra_cdk.parts.uses import Forgetting
from infra_cdk.stacks.base import ServiceStack
from infra_cdk.stacks.platform import PlatformStack

MEASURING = Duration.seconds(120)
"""The largest recording takes a quarter of it; `recordings.limits.MEASURING_S` gives up before."""


class WorkoutsStack(ServiceStack):
    def __init__(self, scope: Construct, *, environment: Environment, platform: PlatformStack) -> None:
        super().__init__(
            scope,
            service="workouts",
            environment=environment,
            platform=platform,
            gsi1=True,
        )
        files = self.bucket("files", arrivals="uploads/")
        self.serve([*self.under("/v1/workouts"), *self.under("/v1/uploads")], uses=[files])
        forgetting = [Forgetting(files, ("files/", "uploads/")), Forgetting(platform.claims, ("streams/",))]
        self.consume("on_workout_events", uses=forgetting, table=TableUse.READS)
        self.consume("on_gear_assigned")
        self.consume("athletes/on_account_events")
        self.consume("guesses/on_guessed_sports")
        tracks = self.packages("tracks")
        self.consume("live/on_live_sessions", uses=[files, self.claims, tracks], memory_mb=1024)
        self.receive(
            "uploads/on_upload",
            files,
            timeout=MEASURING,
            memory_mb=2048,  # the largest recording that we take, decoded, needs three quarters of it
            uses=[self.claims, tracks],
            batch_size=1,
        )
        self.consume(
            "measuring/on_measuring",
            uses=[files, self.claims, tracks],
            timeout=MEASURING,
            memory_mb=2048,
            batch_size=1,
        )
        self.show("UploadReady", "UploadDuplicate", "UploadFailed", "MeasuringFailed")
