"""What a call may be answered with instead of a result: AWS's exception names, HTTP codes and shapes."""

from typing import Any

NOT_ONBOARDED = (
    "Only existing Timestream for LiveAnalytics customers can access the service. "
    "Reach out to AWS support, for more information."
)


class ServiceError(Exception):
    """`code` is the exception's name in the service model; `fields` are its other members."""

    code = "InternalServerException"
    status = 400

    def __init__(self, message: str, **fields: Any) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields

    def body(self) -> dict[str, Any]:
        return {"__type": self.code, "Message": self.message, **self.fields}


class InternalServerError(ServiceError):
    status = 500


class ValidationError(ServiceError):
    code = "ValidationException"


class AccessDeniedError(ServiceError):
    code = "AccessDeniedException"


class ConflictError(ServiceError):
    code = "ConflictException"


class ResourceNotFoundError(ServiceError):
    code = "ResourceNotFoundException"


class QueryExecutionError(ServiceError):
    code = "QueryExecutionException"


class UnknownOperationError(ServiceError):
    code = "UnknownOperationException"


class RejectedRecordsError(ServiceError):
    code = "RejectedRecordsException"
    status = 419

    def __init__(self, rejected: list[dict[str, Any]]) -> None:
        super().__init__(
            "One or more records have been rejected. See RejectedRecords for details.", RejectedRecords=rejected
        )
