"""Workouts: the diary, uploads, files."""

from aws_cdk import Duration
from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.parts.function import TableUse
from infra_cdk.parts.uses import Forgetting, WholeIndex
from infra_cdk.parts.workflow import Workflow
from infra_cdk.stacks.base import ServiceStack, Uses

MEASURING = Duration.seconds(120)
"""The largest recording takes a quarter of it; `recordings.limits.MEASURING_S` gives up before."""

INDEXING_MB = 1024
"""Tens of thousands of workouts are read and listed within two minutes."""
LARGEST_RECORDING_MB = 2048
"""The largest recording that we take, decoded, needs three quarters of it."""
BATCHES_KEPT = Duration.days(90)
"""Which workouts a run was to measure anew, for as long as the table knows what became of them."""


class WorkoutsStack(ServiceStack):
    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(
            scope,
            service="workouts",
            environment=environment,
            gsi1=True,
        )
        files = self.bucket("files", arrivals="uploads/", from_app=True)
        tracks = self.packages("tracks")
        kept = files.objects(reads=["files/"], writes=["files/"], removes=["files/"])
        remeasure = self._measure_anew([kept, self.claims, tracks])
        photos = self.bucket("photos", arrivals="incoming/", from_app=True, keeps_versions=False)
        pictured = photos.objects(reads=["photos/"], writes=["incoming/"], removes=["photos/", "incoming/"])
        asked = files.objects(reads=["files/"], writes=["files/", "uploads/"])
        self.serve(
            [*self.under("/v1/workouts"), *self.under("/v1/uploads")],
            uses=[asked, pictured],
        )
        self.administer("/v1/admin/remeasure-runs", place="remeasure/admin_api", uses=[remeasure])
        forgetting = [Forgetting(files.known, ("files/", "uploads/")), Forgetting(self.platform.claims, ("streams/",))]
        forgetting.append(Forgetting(photos.known, ("photos/", "incoming/")))
        former = [Forgetting(files.known, ("files/",)), Forgetting(self.platform.claims, ("streams/",))]
        self.consume("on_workout_events", uses=forgetting, table=TableUse.READS)
        self.consume("on_gear_assigned")
        self.consume("athletes/on_account_events")
        self.consume("athletes/on_health_deletions")
        self.consume("guesses/on_guessed_sports")
        self.consume("news/on_uploads_ended")
        self.consume("lists/on_diary_index", timeout=MEASURING, memory_mb=INDEXING_MB, batch_size=1)
        self.consume(
            "live/on_live_sessions",
            uses=[kept, self.claims, tracks],
            timeout=MEASURING,
            memory_mb=LARGEST_RECORDING_MB,
            batch_size=1,
        )
        self.receive(
            "uploads/on_upload",
            files,
            timeout=MEASURING,
            memory_mb=LARGEST_RECORDING_MB,
            uses=[kept, files.objects(reads=["uploads/"], removes=["uploads/"]), self.claims, tracks],
            batch_size=1,
            at_once=environment.at_once.recordings,
        )
        arrived = photos.objects(reads=["incoming/"], writes=["photos/"], removes=["photos/", "incoming/"])
        self.receive("photos/on_photo", photos, memory_mb=1024, uses=[arrived, self.packages("images")])
        self.consume(
            "measuring/on_measuring",
            uses=[kept, self.claims, tracks, *former],
            timeout=MEASURING,
            memory_mb=LARGEST_RECORDING_MB,
            batch_size=1,
            at_once=environment.at_once.recordings,
        )
        self.show("UploadReady", "UploadDuplicate", "UploadFailed", "MeasuringFailed")

    def _measure_anew(self, measuring: Uses) -> Workflow | None:
        """`measuring`: what it takes to measure a workout."""
        batches = self.bucket("remeasure", arrivals="runs/", swept_after=BATCHES_KEPT)
        tasks, measures = "remeasure/tasks", "remeasure/task_measure_batch"
        return self.workflow(
            "workout_remeasure",
            steps={
                f"{tasks}.choose_workouts": [batches.objects(writes=["runs/"]), WholeIndex(self.table)],
                measures: [batches.objects(reads=["runs/"]), *measuring],
                f"{tasks}.close_run": [],
                f"{tasks}.note_failure": [],
            },
            timeout=Duration.minutes(4),
            batches=batches,
            memory_mb={measures: LARGEST_RECORDING_MB},
        )
