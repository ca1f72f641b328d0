"""AWS JSON 1.0: which operation a call names, and what it is answered with."""

import json
import logging
from collections.abc import Callable
from typing import Any

from timestream_local.errors import (
    NOT_ONBOARDED,
    AccessDeniedError,
    InternalServerError,
    ServiceError,
    UnknownOperationError,
    ValidationError,
)
from timestream_local.querying import Querying
from timestream_local.resources import Resources
from timestream_local.scheduled import Scheduled
from timestream_local.writing import Writing

Json = dict[str, Any]
Operation = Callable[[Json], Json]
TARGET_PREFIX = "Timestream_20181101."
ENDPOINT_MINUTES = 1_440
NOT_SUPPORTED = {
    "CreateBatchLoadTask",
    "DescribeBatchLoadTask",
    "ListBatchLoadTasks",
    "ResumeBatchLoadTask",
    "DescribeAccountSettings",
    "UpdateAccountSettings",
}
logger = logging.getLogger("timestream_local")


class Protocol:
    def __init__(
        self, resources: Resources, writing: Writing, querying: Querying, scheduled: Scheduled, *, onboarded: bool
    ) -> None:
        self.onboarded = onboarded
        self.url = ""
        self.operations: dict[str, Operation] = {
            "DescribeEndpoints": self._describe_endpoints,
            "CreateDatabase": resources.create_database,
            "DescribeDatabase": resources.describe_database,
            "UpdateDatabase": resources.update_database,
            "DeleteDatabase": resources.delete_database,
            "ListDatabases": resources.list_databases,
            "CreateTable": resources.create_table,
            "DescribeTable": resources.describe_table,
            "UpdateTable": resources.update_table,
            "DeleteTable": resources.delete_table,
            "ListTables": resources.list_tables,
            "TagResource": resources.tag_resource,
            "UntagResource": resources.untag_resource,
            "ListTagsForResource": resources.list_tags_for_resource,
            "WriteRecords": writing.write_records,
            "Query": querying.query,
            "CancelQuery": querying.cancel_query,
            "PrepareQuery": querying.prepare_query,
            "CreateScheduledQuery": scheduled.create,
            "DescribeScheduledQuery": scheduled.describe,
            "ListScheduledQueries": scheduled.list_all,
            "UpdateScheduledQuery": scheduled.update,
            "DeleteScheduledQuery": scheduled.delete,
            "ExecuteScheduledQuery": scheduled.execute,
        }

    def answer(self, target: str, body: bytes) -> tuple[int, bytes]:
        """HTTP status and body."""
        try:
            answer = self._called(target, body)
        except ServiceError as error:
            return error.status, _encoded(error.body())
        except Exception:
            logger.exception("%s failed", target)
            failure = InternalServerError("The local endpoint failed: its log has the reason.")
            return failure.status, _encoded(failure.body())
        return 200, _encoded(answer)

    def _called(self, target: str, body: bytes) -> Json:
        if not self.onboarded:
            raise AccessDeniedError(NOT_ONBOARDED)
        name = target.removeprefix(TARGET_PREFIX)
        if name in NOT_SUPPORTED:
            raise ValidationError(f"{name} is not supported by this local endpoint.")
        operation = self.operations.get(name)
        if operation is None or not target.startswith(TARGET_PREFIX):
            raise UnknownOperationError(f"{target or 'A call without X-Amz-Target'} is no operation of Timestream.")
        return operation(_decoded(body))

    def _describe_endpoints(self, _request: Json) -> Json:
        """The address has its scheme: without it the SDK would speak https to it."""
        return {"Endpoints": [{"Address": self.url, "CachePeriodInMinutes": ENDPOINT_MINUTES}]}


def _decoded(body: bytes) -> Json:
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        raise ValidationError("The body is no JSON.") from None
    if not isinstance(request, dict):
        raise ValidationError("The body is no JSON object.")
    return request


def _encoded(answer: Json) -> bytes:
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
