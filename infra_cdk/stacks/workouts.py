"""Workouts: the diary, uploads, files."""

from aws_cdk import Duration
from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.parts.api import routes_under
from infra_cdk.stacks.base import ServiceStack
from infra_cdk.stacks.platform import PlatformStack


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
        self.serve([*routes_under("/v1/workouts"), *routes_under("/v1/uploads")])
        self.consume("on_workout_events")
        self.consume("on_gear_assigned")
        self.use_claims()
        tracks = self.layers.heavy("tracks")
        self.consume("live/on_live_sessions", memory_mb=1024, more_layers=[tracks])
        self.receive(
            "uploads/on_upload",
            files,
            timeout=Duration.seconds(120),
            memory_mb=2048,  # the largest recording that we take, decoded, needs three quarters of it
            more_layers=[tracks],
            batch_size=1,
        )
        self.show("UploadReady", "UploadDuplicate", "UploadFailed")
