"""Telemetry: the streams of every workout, live workouts, and what devices send."""

from aws_cdk import Duration
from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.parts.api import Auth, Route, routes_under
from infra_cdk.stacks.base import ServiceStack
from infra_cdk.stacks.platform import PlatformStack

LIVE_ROUTES = (*routes_under("/v1/live"), Route("GET /v1/live/shared/{share_token}", Auth.PUBLIC))


class TelemetryStack(ServiceStack):
    def __init__(self, scope: Construct, *, environment: Environment, platform: PlatformStack) -> None:
        super().__init__(scope, service="telemetry", environment=environment, platform=platform, gsi1=True)
        tracks = self.layers.heavy("tracks")
        self.use_time_series()
        routes = [Route(f"GET /v1/workouts/{{workout_id}}/{what}") for what in ("streams", "export", "metrics")]
        batches = self.work("on_batches", more_layers=[tracks])
        # One at a time: the ride of a day takes Timestream many seconds.
        measuring = self.work("metrics/workouts/on_measuring", more_layers=[tracks], batch_size=1)
        self.use_claims()
        self.consume("on_workout_events", leaves=measuring, more_layers=[tracks])
        self.consume("metrics/on_account_events", leaves=measuring, more_layers=[tracks])
        self.consume("live/audience/on_privacy_zones")
        self.consume("live/on_live_saved", more_layers=[tracks])
        self.converse("live", more_layers=[tracks])
        self.serve(
            [*routes, *routes_under("/v1/telemetry"), *routes_under("/v1/metrics"), *LIVE_ROUTES],
            leaves=batches,
            memory_mb=1024,
            more_layers=[tracks],
        )
        self.every(Duration.minutes(5), "live/task_close_forgotten_sessions", more_layers=[tracks])
        self.show(
            "SamplesKept",
            "SamplesLeftOut",
            "SamplesRefused",
            "WorkoutsMeasured",
            "LiveStopped",
            "LiveForgotten",
            "LivePushed",
        )
