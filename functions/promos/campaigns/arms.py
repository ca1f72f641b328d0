"""What a campaign is judged by."""

from enum import StrEnum


class Metric(StrEnum):
    ORDERS = "orders"
    """The share of athletes that ordered."""
    REVENUE = "revenue"
    """Money per athlete."""


class Method(StrEnum):
    FIXED_HORIZON = "fixed_horizon"
    """One look, at a time said beforehand."""
    SEQUENTIAL = "sequential"
    """Looks at any time, each valid."""
