"""What of the templates costs whether anybody comes or not."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

Templates = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Inventory:
    alarms: int
    keys: int
    secrets: int
    dashboards: int
    firewalls: int
    firewall_rules: int
    queue_mappings: int
    snapshots_gb: float
    """Memory of the versions that are kept for SnapStart."""
    rounds_a_month: int
    """Invocations by the clock."""

    @classmethod
    def of(cls, templates: Templates) -> "Inventory":
        resources = [one for template in templates.values() for one in template["Resources"].values()]
        kinds = Counter(one["Type"] for one in resources)
        scheduled = [
            one["Properties"]
            for one in resources
            if one["Type"] in {"AWS::Events::Rule", "AWS::Scheduler::Schedule"}
            and "ScheduleExpression" in one["Properties"]
        ]
        of = lambda kind: [one["Properties"] for one in resources if one["Type"] == kind]  # noqa: E731
        return cls(
            alarms=kinds["AWS::CloudWatch::Alarm"],
            keys=kinds["AWS::KMS::Key"],
            secrets=kinds["AWS::SecretsManager::Secret"],
            dashboards=kinds["AWS::CloudWatch::Dashboard"],
            firewalls=kinds["AWS::WAFv2::WebACL"],
            firewall_rules=sum(len(one["Rules"]) for one in of("AWS::WAFv2::WebACL")),
            queue_mappings=sum("ScalingConfig" in one for one in of("AWS::Lambda::EventSourceMapping")),
            snapshots_gb=sum(one["MemorySize"] for one in of("AWS::Lambda::Function") if "SnapStart" in one) / 1024,
            rounds_a_month=sum(_a_month(one["ScheduleExpression"]) for one in scheduled),
        )

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


def _a_month(expression: str) -> int:
    """`rate(5 minutes)`, `rate(1 hour)`; anything else comes once a day."""
    if not expression.startswith("rate("):
        return 30
    number, unit = expression[5:-1].split()
    return round(30 * {"minute": 1440, "hour": 24, "day": 1}[unit.rstrip("s")] / int(number))
