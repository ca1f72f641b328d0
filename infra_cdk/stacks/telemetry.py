"""Telemetry: the streams of every workout, and what devices send."""

from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.parts.api import Route, routes_under
from infra_cdk.stacks.base import WORKOUT_EVENTS, ServiceStack
from infra_cdk.stacks.platform import PlatformStack


class TelemetryStack(ServiceStack):
    def __init__(self, scope: Construct, *, environment: Environment, platform: PlatformStack) -> None:
        super().__init__(scope, service="telemetry", environment=environment, platform=platform)
        tracks = self.layers.heavy("tracks")
        routes = [Route(f"GET /v1/workouts/{{workout_id}}/{what}") for what in ("streams", "export")]
        batches = self.work("on_batches", more_layers=[tracks])
        self.serve([*routes, *routes_under("/v1/telemetry")], leaves=batches, memory_mb=1024, more_layers=[tracks])
        self.use_claims()
        self.consume("on_workout_events", WORKOUT_EVENTS, more_layers=[tracks])
        self.show("SamplesKept", "SamplesLeftOut")
