"""What admins are told of the audit."""

import json
from typing import Any, Self

from pydantic import AwareDatetime, BaseModel, Field

from stadion.audit import AuditItem


class AuditChange(BaseModel):
    """Of one record, in one write."""

    kind: str = Field(default="", description="of record", examples=["promo"])
    did: str = Field(default="", examples=["changed"])
    fields: dict[str, Any] = Field(
        default_factory=dict, description="name -> [before, after], or `…` where a value is not to be shown"
    )
    and_more: int = Field(default=0, description="records that there was no room for")


class AuditEntryResponse(BaseModel):
    """A call of an admin."""

    at: AwareDatetime
    signer: str = Field(examples=["arn:aws:iam::000000000000:user/admin"])
    operation: str = Field(examples=["change_promo"])
    method: str = Field(examples=["PATCH"])
    route: str = Field(examples=["/v1/admin/promos/<promo_id>"])
    service: str = Field(examples=["promos"])
    targets: dict[str, str] = Field(description="what the call named; a person is a keyed hash")
    concerns: list[str] = Field(description="keyed hashes of athletes whom it turned out to be about")
    reason: str | None
    status: int | None = Field(description="null: nobody knows how it ended")
    outcome: str | None = Field(description="the code of the problem, if it ended in one")
    changes: list[AuditChange]
    correlation_id: str

    @classmethod
    def of(cls, item: AuditItem) -> Self:
        return cls(
            **item.body,
            at=item.sk.partition("#")[0],
            concerns=list(item.concerns or []),
            status=int(item.status) if item.status is not None else None,
            outcome=item.outcome,
            changes=[AuditChange(**json.loads(one)) for one in item.changes or []],
        )


class PseudonymResponse(BaseModel):
    """By what logs and the audit name them."""

    athlete: str | None
    partner: str | None
    network: str | None
