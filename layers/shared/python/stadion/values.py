"""What is stored, or passed on, and never changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """Unknown fields are ignored: a newer version may have written them. Errors never print what a value held."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


@dataclass(frozen=True)
class PresignedPost:
    """What a client needs to send one file to S3 by itself: a form with these fields, and `file` as the last."""

    url: str
    fields: Mapping[str, str]
    max_bytes: int
    expires_at: datetime
