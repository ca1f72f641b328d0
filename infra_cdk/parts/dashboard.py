"""One dashboard: a row for each service, made of what its functions and queues are named."""

from collections.abc import Sequence

from aws_cdk.aws_cloudwatch import Dashboard, GraphWidget, IMetric, TextWidget
from constructs import Construct

from infra_cdk.parts.alarms import function_metric, own_metric, queue_metric

WIDTH = 24


def own_graphs(service: str, *, listens: bool, facts: Sequence[str]) -> list[tuple[str, list[IMetric]]]:
    """What the service's functions count themselves (`stadion.observability`)."""
    graphs: list[tuple[str, list[IMetric]]] = [
        ("Answers", [own_metric(service, f"Status{kind}xx") for kind in (2, 4, 5)]),
        ("Latency p95", [own_metric(service, "Latency", "p95")]),
    ]
    if listens:
        graphs.append(("Events handled", [own_metric(service, name) for name in ("Consumed", "ConsumeFailed")]))
        graphs.append(("From fact to effect p95", [own_metric(service, "ConsumeLag", "p95")]))
    if facts:
        graphs.append(("What happened", [own_metric(service, name) for name in facts]))
    return graphs


class StadionDashboard(Construct):
    def __init__(self, scope: Construct, *, name: str) -> None:
        super().__init__(scope, "Dashboard")
        self._dashboard = Dashboard(self, "Dashboard", dashboard_name=name)

    def add_service(
        self, service: str, *, functions: Sequence[str], queues: Sequence[str], facts: Sequence[str] = ()
    ) -> None:
        """Names, not references: the platform must not depend on its services. `facts`: metrics that people count."""
        graphs: list[tuple[str, list[IMetric]]] = [
            ("Invocations", [function_metric(name, "Invocations") for name in functions]),
            ("Errors and throttles", [function_metric(n, m) for n in functions for m in ("Errors", "Throttles")]),
            ("Duration p95", [function_metric(name, "Duration", "p95") for name in functions]),
        ]
        if queues:
            graphs.append(("Oldest message", [queue_metric(name, "ApproximateAgeOfOldestMessage") for name in queues]))
            waiting = "ApproximateNumberOfMessagesVisible"
            graphs.append(("Waiting and dead", [queue_metric(n, waiting) for q in queues for n in (q, f"{q}-dlq")]))
        self._dashboard.add_widgets(TextWidget(markdown=f"## {service}", width=WIDTH, height=1))
        self.add_row(graphs)
        self.add_row(own_graphs(service, listens=bool(queues), facts=facts))

    def add_row(self, graphs: Sequence[tuple[str, list[IMetric]]]) -> None:
        width = WIDTH // len(graphs)
        self._dashboard.add_widgets(*(GraphWidget(title=title, left=left, width=width) for title, left in graphs))
