"""Scheduled queries: made, run on their schedule or by hand, their rows written into the target table."""

import logging
import re
import secrets
from datetime import datetime
from threading import RLock
from typing import Any

from timestream_local.catalogue import ARN, Catalogue
from timestream_local.clock import Clock, micros, seconds
from timestream_local.errors import (
    ConflictError,
    RejectedRecordsError,
    ResourceNotFoundError,
    ServiceError,
    ValidationError,
)
from timestream_local.querying import Querying
from timestream_local.records import MAX_RECORDS
from timestream_local.resources import page
from timestream_local.schedule import after
from timestream_local.targets import records_of
from timestream_local.writing import Writing

Json = dict[str, Any]
NAME = re.compile(r"[a-zA-Z0-9|!\-_*'().]{1,64}")
FAILURES_KEPT = 5
REQUIRED = (
    "Name",
    "QueryString",
    "ScheduleConfiguration",
    "NotificationConfiguration",
    "ScheduledQueryExecutionRoleArn",
    "ErrorReportConfiguration",
)
KEPT = (*REQUIRED, "TargetConfiguration", "KmsKeyId", "ClientToken")
logger = logging.getLogger("timestream_local")


class Scheduled:
    def __init__(self, catalogue: Catalogue, querying: Querying, writing: Writing, clock: Clock) -> None:
        self.catalogue = catalogue
        self.querying = querying
        self.writing = writing
        self.clock = clock
        self.run_lock = RLock()

    def create(self, request: Json) -> Json:
        missing = [key for key in REQUIRED if not request.get(key)]
        if missing or not NAME.fullmatch(str(request.get("Name"))):
            raise ValidationError(f"A scheduled query needs a proper Name and {', '.join(missing or REQUIRED[1:])}.")
        expression = _expression(request)
        now = self.clock()
        self._check(request, micros(now))
        with self.catalogue.lock:
            if again := self._made_before(request):
                return {"Arn": again}
            arn = f"{ARN}:scheduled-query/{request['Name']}-{secrets.token_hex(8)}"
            self.catalogue.scheduled[arn] = {
                **{key: request[key] for key in KEPT if request.get(key)},
                "Arn": arn,
                "State": "ENABLED",
                "CreatedUs": micros(now),
                "NextUs": _next(expression, now),
                "Runs": [],
            }
            self.catalogue.tag(arn, request.get("Tags") or [])
            self.catalogue.save()
        return {"Arn": arn}

    def describe(self, request: Json) -> Json:
        return {"ScheduledQuery": _described(self._one(request))}

    def list_all(self, request: Json) -> Json:
        with self.catalogue.lock:
            found = dict(self.catalogue.scheduled)
        return page(sorted(found), request, "ScheduledQueries", lambda arn: _summary(found[arn]))

    def update(self, request: Json) -> Json:
        state = request.get("State")
        if state not in {"ENABLED", "DISABLED"}:
            raise ValidationError("State must be ENABLED or DISABLED.")
        with self.catalogue.lock:
            one = self._one(request)
            if state == "ENABLED" and one["State"] != state:
                one["NextUs"] = _next(_expression(one), self.clock())
            one["State"] = state
            self.catalogue.save()
        return {}

    def delete(self, request: Json) -> Json:
        with self.catalogue.lock:
            arn = self._one(request)["Arn"]
            del self.catalogue.scheduled[arn]
            self.catalogue.tags.pop(arn, None)
            self.catalogue.save()
        return {}

    def execute(self, request: Json) -> Json:
        """Runs at once, as of the InvocationTime; how it went is in DescribeScheduledQuery, as in AWS."""
        at = request.get("InvocationTime")
        if not isinstance(at, int | float):
            raise ValidationError("InvocationTime is required.")
        self._run(self._one(request), int(at * 1e6), trigger="MANUAL")
        return {}

    def run_due(self) -> None:
        """What should have run by now: once each, however many runs were missed."""
        now = self.clock()
        with self.catalogue.lock:
            due = [one for one in self.catalogue.scheduled.values() if _is_due(one, micros(now))]
        for one in due:
            with self.catalogue.lock:
                at, one["PreviousUs"] = one["NextUs"], one["NextUs"]
                one["NextUs"] = _next(_expression(one), now)
                self.catalogue.save()
            self._run(one, at, trigger="AUTO")

    def _run(self, one: Json, at_us: int, *, trigger: str) -> None:
        started = micros(self.clock())
        with self.run_lock:
            failure, written, rows = self._outcome(one, at_us)
        run: Json = {
            "InvocationTime": seconds(at_us),
            "TriggerTime": seconds(started),
            "RunStatus": f"{trigger}_TRIGGER_{'FAILURE' if failure else 'SUCCESS'}",
            "ExecutionStats": {"DataWrites": written, "RecordsIngested": written, "QueryResultRows": rows},
        }
        if failure:
            run["FailureReason"] = failure
            logger.warning("the scheduled query %s failed: %s", one["Name"], failure)
        with self.catalogue.lock:
            one["LastRun"] = run
            one["Failed"] = [*([run] if failure else []), *one.get("Failed", [])][:FAILURES_KEPT]
            self.catalogue.save()

    def _outcome(self, one: Json, at_us: int) -> tuple[str | None, int, int]:
        """Why it failed, how many records were written, how many rows were found."""
        written = 0
        rows: list[tuple[Any, ...]] = []
        try:
            names, types, rows = self.querying.all_rows(one["QueryString"], at_us)
            written = self._write(one, names, types, rows, at_us)
        except RejectedRecordsError as error:
            reasons = error.fields["RejectedRecords"]
            return f"{len(reasons)} records were rejected, the first: {reasons[0]['Reason']}", written, len(rows)
        except ServiceError as error:
            return error.message, written, len(rows)
        except (KeyError, TypeError, ValueError) as error:
            return f"The target's mapping does not fit the query: {error!r}", written, len(rows)
        return None, written, len(rows)

    def _write(self, one: Json, names: list[str], types: list[Json], rows: list[tuple[Any, ...]], at_us: int) -> int:
        target = one.get("TargetConfiguration", {}).get("TimestreamConfiguration")
        if not target:
            return 0
        table = self.catalogue.table(target["DatabaseName"], target["TableName"])
        records = records_of(target, names, types, rows, version=max(at_us // 1_000, 1))
        written = 0
        for start in range(0, len(records), MAX_RECORDS):
            answer = self.writing.write(table, records[start : start + MAX_RECORDS])
            written += answer["RecordsIngested"]["Total"]
        return written

    def _check(self, request: Json, now_us: int) -> None:
        """A query or a target that cannot work is refused when it is made."""
        self.querying.translated(request["QueryString"], now_us)
        target = (request.get("TargetConfiguration") or {}).get("TimestreamConfiguration")
        if target:
            self.catalogue.table(target["DatabaseName"], target["TableName"])

    def _made_before(self, request: Json) -> str | None:
        for arn, one in self.catalogue.scheduled.items():
            if one["Name"] == request["Name"]:
                if request.get("ClientToken") and one.get("ClientToken") == request["ClientToken"]:
                    return arn
                raise ConflictError(f"The scheduled query {request['Name']} already exists.")
        return None

    def _one(self, request: Json) -> Json:
        found = self.catalogue.scheduled.get(str(request.get("ScheduledQueryArn")))
        if found is None:
            raise ResourceNotFoundError("The scheduled query does not exist.")
        return found


def _expression(one: Json) -> str:
    return str(one["ScheduleConfiguration"].get("ScheduleExpression", ""))


def _next(expression: str, now: datetime) -> int | None:
    found = after(expression)(now)
    return micros(found) if found else None


def _is_due(one: Json, now_us: int) -> bool:
    return one["State"] == "ENABLED" and one["NextUs"] is not None and one["NextUs"] <= now_us


def _described(one: Json) -> Json:
    shown = {key: one[key] for key in ("Arn", "State", *KEPT) if key in one and key != "ClientToken"}
    return {**shown, **_times(one), "LastRunSummary": one.get("LastRun"), "RecentlyFailedRuns": one.get("Failed", [])}


def _summary(one: Json) -> Json:
    shown = {key: one[key] for key in ("Arn", "Name", "State", "ErrorReportConfiguration")}
    if target := one.get("TargetConfiguration"):
        place = target["TimestreamConfiguration"]
        shown["TargetDestination"] = {"TimestreamDestination": {k: place[k] for k in ("DatabaseName", "TableName")}}
    if last := one.get("LastRun"):
        shown["LastRunStatus"] = last["RunStatus"]
    return {**shown, **_times(one)}


def _times(one: Json) -> Json:
    times = {"CreationTime": one["CreatedUs"], "PreviousInvocationTime": one.get("PreviousUs")}
    times["NextInvocationTime"] = one["NextUs"] if one["State"] == "ENABLED" else None
    return {key: seconds(value) for key, value in times.items() if value is not None}
