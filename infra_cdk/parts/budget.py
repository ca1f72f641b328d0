"""Who hears of money: a budget of the account for each month, and what costs more than it used to."""

import hashlib
import json
from typing import Final

from aws_cdk.aws_budgets import CfnBudget
from aws_cdk.aws_ce import CfnAnomalyMonitor, CfnAnomalySubscription
from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.parts.entry_points import PRODUCT

NOTIFIED: Final = (("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100))
"""What is compared with so many hundredths of the budget."""
UNUSUAL: Final = 0.05
"""Of the month's budget: an anomaly of less is told to nobody."""


class Budget(Construct):
    """Of the whole account: there is one for each environment. Both are told by mail, at most once a day.

    Who is told when cannot be changed: CloudFormation makes another budget, and could not under the name of the one
    that is there (aws-cloudformation/cloudformation-coverage-roadmap#365).
    """

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "Budget")
        self._environment = environment
        notified = [(*one, environment.alarm_mail) for one in NOTIFIED]
        CfnBudget(
            self,
            "Month",
            budget=CfnBudget.BudgetDataProperty(
                budget_name=f"{PRODUCT}-{hashlib.sha256(repr(notified).encode()).hexdigest()[:8]}",
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=CfnBudget.SpendProperty(amount=environment.month_usd, unit="USD"),
            ),
            notifications_with_subscribers=[self._notified(kind, percent) for kind, percent in NOTIFIED],
        )
        self._watch(environment.anomaly_monitor or self._monitor())

    def _notified(self, kind: str, percent: float) -> CfnBudget.NotificationWithSubscribersProperty:
        return CfnBudget.NotificationWithSubscribersProperty(
            notification=CfnBudget.NotificationProperty(
                notification_type=kind,
                comparison_operator="GREATER_THAN",
                threshold=percent,
                threshold_type="PERCENTAGE",
            ),
            subscribers=[CfnBudget.SubscriberProperty(subscription_type="EMAIL", address=self._environment.alarm_mail)],
        )

    def _monitor(self) -> str:
        monitor = CfnAnomalyMonitor(
            self, "Services", monitor_name=PRODUCT, monitor_type="DIMENSIONAL", monitor_dimension="SERVICE"
        )
        return monitor.attr_monitor_arn

    def _watch(self, monitor: str) -> None:
        least = self._environment.month_usd * UNUSUAL
        CfnAnomalySubscription(
            self,
            "Anomalies",
            subscription_name=PRODUCT,
            frequency="DAILY",
            monitor_arn_list=[monitor],
            subscribers=[CfnAnomalySubscription.SubscriberProperty(type="EMAIL", address=self._environment.alarm_mail)],
            threshold_expression=json.dumps(
                {
                    "Dimensions": {
                        "Key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
                        "MatchOptions": ["GREATER_THAN_OR_EQUAL"],
                        "Values": [f"{least:.0f}"],
                    }
                }
            ),
        )
