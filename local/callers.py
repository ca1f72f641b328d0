"""Which function a request to AWS comes from: its User-Agent says so (`AWS_SDK_UA_APP_ID`, of the worker's mend)."""

from typing import Any, Final

APP: Final = "app/"


def caller(headers: Any) -> str | None:
    """Its name without the product's; None for anybody else."""
    words = str(headers.get("user-agent") or "").split()
    return next((word.removeprefix(APP) for word in words if word.startswith(APP)), None)
