"""What is stored, or passed on, and never changes."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """Unknown fields are ignored: a newer version may have written them. Errors never print what a value held."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)
