"""Telemetry: the streams of every workout, live workouts, and what devices send."""

from aws_cdk import Duration
from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.parts.api import Auth, Route
from infra_cdk.stacks.base import ServiceStack


class TelemetryStack(ServiceStack):
    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, service="telemetry", environment=environment, gsi1=True)
        answers = self.bucket(
            "answers", arrivals="answers/", swept_after=Duration.days(1), led_to=True, keeps_versions=False
        )
        tracks = self.packages("tracks")
        socket = self.socket("live")
        routes = [Route(f"GET /v1/workouts/{{workout_id}}/{what}") for what in ("streams", "export", "metrics")]
        batches = self.work("on_batches", uses=[self.time_series, tracks])
        # One at a time: the ride of a day takes Timestream many seconds.
        measuring = self.work(
            "metrics/workouts/on_measuring", uses=[self.time_series, tracks], batch_size=1, memory_mb=1024
        )
        # The longest session is 52 MB of claims: few at a time, so that it takes nobody else's tries.
        self.consume("on_workout_events", uses=[self.claims, tracks, measuring], batch_size=2, memory_mb=1024)
        touched = self.work("metrics/workouts/on_touched_days", uses=[measuring, tracks])
        self.consume("metrics/on_account_events", uses=[touched])
        self.consume("on_health_deletions", uses=[self.time_series, tracks])
        self.consume("live/audience/on_privacy_zones")
        self.consume("live/on_live_saved", uses=[self.claims, tracks])
        pushes = self.work("live/audience/on_pushes", uses=[socket, tracks])
        self.converse(socket, uses=[self.claims, tracks, pushes])
        self.consume("live/socket/on_uploads", uses=[socket])
        self.serve(
            [
                *routes,
                *self.under("/v1/telemetry"),
                *self.under("/v1/metrics"),
                *self.under("/v1/live"),
                Route("GET /v1/live/shared/{share_token}", Auth.PUBLIC),
            ],
            uses=[
                self.claims,
                self.time_series,
                socket,
                batches,
                pushes,
                tracks,
                answers.objects(reads=["answers/"], writes=["answers/"]),
            ],
            memory_mb=1024,
        )
        self.every(Duration.minutes(5), "live/task_close_forgotten_sessions", uses=[self.claims, pushes, tracks])
        self.show(
            "SamplesKept",
            "SamplesLeftOut",
            "SamplesRefused",
            "WorkoutsMeasured",
            "LiveStopped",
            "LiveForgotten",
            "LivePushed",
        )
