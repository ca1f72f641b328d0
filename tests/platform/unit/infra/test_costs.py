"""What costs money in an account: asked for where it is needed, with an end, and heard of."""

import json
from dataclasses import replace

from aws_cdk import App, Stack

from infra_cdk.environments import PROD, Environment
from infra_cdk.parts.budget import Budget
from infra_cdk.parts.entry_points import entry_points
from tests.kit.templates import ALARM_MAIL, Synthesised


def test_no_api_counts_metrics_of_each_route(dev: Synthesised, prod: Synthesised) -> None:
    """Each would be a metric to pay for; alarms and the dashboard ask for those of the whole API."""
    for synthesised in (dev, prod):
        assert "DetailedMetricsEnabled" not in synthesised.text()
        for _, stage in synthesised.of_type("AWS::ApiGateway::Stage"):
            assert all(not one.get("MetricsEnabled") for one in stage["MethodSettings"])


def test_alarms_and_graphs_need_no_metric_of_a_route(prod: Synthesised) -> None:
    body = json.dumps([p["DashboardBody"] for _, p in prod.of_type("AWS::CloudWatch::Dashboard")])
    assert "AWS/ApiGateway" in body
    for name in ("Method", "Resource", "Route"):
        assert f'\\"{name}\\"' not in body
        for alarm in (p for _, p in prod.of_type("AWS::CloudWatch::Alarm") if p.get("Namespace") == "AWS/ApiGateway"):
            assert name not in {dimension["Name"] for dimension in alarm.get("Dimensions", ())}


def test_a_budget_tells_people_before_the_month_is_over(prod: Synthesised) -> None:
    [(_, budget)] = prod.of_type("AWS::Budgets::Budget")
    assert budget["Budget"]["BudgetLimit"] == {"Amount": PROD.month_usd, "Unit": "USD"}
    told = {one["Notification"]["NotificationType"] for one in budget["NotificationsWithSubscribers"]}
    assert told == {"ACTUAL", "FORECASTED"}
    assert {s["Address"] for one in budget["NotificationsWithSubscribers"] for s in one["Subscribers"]} == {ALARM_MAIL}


def test_what_costs_more_than_it_used_to_is_told_too(prod: Synthesised) -> None:
    [(monitor, _)] = prod.of_type("AWS::CE::AnomalyMonitor")
    [(_, subscription)] = prod.of_type("AWS::CE::AnomalySubscription")
    assert subscription["MonitorArnList"] == [{"Fn::GetAtt": [monitor.split("/")[1], "MonitorArn"]}]
    assert subscription["Subscribers"] == [{"Type": "EMAIL", "Address": ALARM_MAIL}]


def test_a_table_and_each_of_its_indexes_has_a_maximum_that_an_alarm_watches(prod: Synthesised) -> None:
    assert PROD.table_maximum is not None
    most = {
        "MaxReadRequestUnits": PROD.table_maximum.reads,
        "MaxWriteRequestUnits": PROD.table_maximum.writes,
    }
    watched = {
        (
            alarm["MetricName"],
            *(str(one["Value"]) for one in sorted(alarm["Dimensions"], key=lambda one: -len(one["Name"]))),
        )
        for _, alarm in prod.of_type("AWS::CloudWatch::Alarm")
        if alarm["Namespace"] == "AWS/DynamoDB"
    }
    expected = set()
    for _, table in prod.of_type("AWS::DynamoDB::Table"):
        for part in (table, *table.get("GlobalSecondaryIndexes", ())):
            assert part["OnDemandThroughput"] == most
            place = [part["IndexName"]] if "IndexName" in part else []
            expected |= {(f"{kind}ThrottleEvents", *place, table["TableName"]) for kind in ("Read", "Write")}
    assert watched == expected


def test_prod_logs_each_start_and_report_only_of_functions_that_people_wait_for(
    dev: Synthesised, prod: Synthesised
) -> None:
    """Those show cold starts; of the rest the platform's failures come as warnings, and our own lines all come."""
    waited_for = {one.name for one in entry_points(PROD.functions) if one.is_waited_for}
    for _, function in prod.of_type("AWS::Lambda::Function"):
        logging = {name: value for name, value in function["LoggingConfig"].items() if name != "LogGroup"}
        quiet = {"LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "WARN"}
        assert logging == ({} if function["FunctionName"] in waited_for else quiet)
    for _, function in dev.of_type("AWS::Lambda::Function"):
        assert function["LoggingConfig"].keys() == {"LogGroup"}


def budget_name(environment: Environment) -> str:
    app = App()
    Budget(Stack(app, "s"), environment=environment)
    resources = app.synth().get_stack_by_name("s").template["Resources"].values()
    [found] = [one["Properties"]["Budget"] for one in resources if one["Type"] == "AWS::Budgets::Budget"]
    return str(found["BudgetName"])


def test_another_mail_is_another_budget_since_cloudformation_replaces_it() -> None:
    """The new one is made before the old one goes, and AWS lets no two bear one name."""
    told = replace(PROD, alarm_mail="on-call@one.sport")

    assert budget_name(told) == budget_name(replace(told, month_usd=told.month_usd * 2))
    assert budget_name(told) != budget_name(replace(told, alarm_mail="on-call@other.sport"))
