"""Two accounts before the first deployment: one where everything is asked for and granted, one of a bad morning."""

from collections.abc import Mapping
from typing import Any

from tests.cli.preflight.policies import simulated
from tests.cli.preflight.recorded import Answers, Error, denied

ACCOUNT = "111122223333"
STRANGER = "999988887777"
AT = "2026-11-30T06:30:00Z"


def quota(service: str, code: str, name: str, value: float) -> dict[str, Any]:
    return {"ServiceCode": service, "QuotaCode": code, "QuotaName": name, "Value": value}


def quotas(routes: float) -> Any:
    found = {
        "apigateway": [
            quota("apigateway", "L-65B5C802", "Routes per API (HTTP API)", routes),
            quota("apigateway", "L-9ED1E49A", "New connections per second (WebSocket API)", 500.0),
        ],
        "cognito-idp": [
            quota("cognito-idp", "L-AAAA0001", "Rate of UserAuthentication requests", 120.0),
            quota("cognito-idp", "L-AAAA0002", "Rate of UserRead requests", 240.0),
        ],
        "states": [quota("states", "L-AAAA0003", "Open executions", 1_000_000.0)],
    }
    return lambda params: {"Quotas": found[params["ServiceCode"]]}


def change_set(status: str, reason: str = "") -> dict[str, Any]:
    changes = [{"Type": "Resource", "ResourceChange": {"Action": "Add", "LogicalResourceId": "Bus"}}]
    found: dict[str, Any] = {"Status": status, "Changes": changes if status == "CREATE_COMPLETE" else []}
    return found | ({"StatusReason": reason} if reason else {})


NOBODYS: Answers = {
    "logs.describe_log_groups": {"logGroups": []},
    "dynamodb.list_tables": {"TableNames": []},
    "s3.list_buckets": {"Buckets": []},
    "stepfunctions.list_state_machines": {"stateMachines": []},
    "events.list_event_buses": {"EventBuses": []},
    "events.list_archives": {"Archives": []},
    "scheduler.list_schedule_groups": {"ScheduleGroups": []},
    "cognito-idp.list_user_pools": {"UserPools": []},
    "kms.list_aliases": {"Aliases": []},
    "secretsmanager.list_secrets": {"SecretList": []},
    "cloudformation.describe_stacks": {"Stacks": []},
    "cloudformation.create_change_set": {"Id": "arn:aws:cloudformation:x", "StackId": "arn:aws:cloudformation:y"},
    "cloudformation.delete_change_set": {},
    "cloudformation.delete_stack": {},
    "cloudformation.list_change_sets": {"Summaries": []},
    "s3.put_object": {},
    "s3.delete_object": {},
    "ssm.get_parameters": {"Parameters": []},
}
"""Nothing of ours is there, and what a change set does besides."""

GOOD: Answers = {
    **NOBODYS,
    "sts.get_caller_identity": {"Account": ACCOUNT, "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/deployer/anna"},
    "ssm.get_parameter": {"Parameter": {"Name": "/cdk-bootstrap/hnb659fds/version", "Value": "28"}},
    "lambda.get_account_settings": {
        "AccountLimit": {"ConcurrentExecutions": 2_000, "TotalCodeSize": 80_530_636_800},
        "AccountUsage": {"TotalCodeSize": 1_073_741_824, "FunctionCount": 0},
    },
    "service-quotas.list_service_quotas": quotas(routes=300.0),
    "cloudformation.describe_change_set": change_set("CREATE_COMPLETE"),
    "stepfunctions.validate_state_machine_definition": {"result": "OK", "diagnostics": []},
    "accessanalyzer.validate_policy": {"findings": []},
    "iam.simulate_custom_policy": simulated,
    "sesv2.get_account": {
        "ProductionAccessEnabled": True,
        "SendingEnabled": True,
        "EnforcementStatus": "HEALTHY",
        "SendQuota": {"Max24HourSend": 50_000.0},
    },
    "sesv2.get_email_identity": {
        "VerifiedForSendingStatus": True,
        "VerificationStatus": "SUCCESS",
        "DkimAttributes": {"Status": "SUCCESS", "Tokens": ["a1", "b2", "c3"]},
    },
    "sesv2.get_configuration_set": lambda _: Error(
        "NotFoundException", "Configuration set <stadion> does not exist.", 404
    ),
    "sns.get_sms_sandbox_account_status": {"IsInSandbox": False},
    "sns.get_sms_attributes": {
        "attributes": {"MonthlySpendLimit": "500", "DeliveryStatusIAMRole": f"arn:aws:iam::{ACCOUNT}:role/sms-feedback"}
    },
    "sns.list_origination_numbers": {
        "PhoneNumbers": [{"Iso2CountryCode": code, "Status": "ACTIVE"} for code in ("RU", "BY", "KZ", "DE", "FR")]
    },
    "sns.list_platform_applications": {
        "PlatformApplications": [
            {
                "PlatformApplicationArn": f"arn:aws:sns:eu-central-1:{ACCOUNT}:app/APNS/stadion-ios",
                "Attributes": {"Enabled": "true", "AppleCertificateExpirationDate": "2099-01-01T00:00:00Z"},
            }
        ]
    },
    "apigateway.get_account": {},
    "budgets.describe_budgets": {"Budgets": [{"BudgetName": "stadion", "TimeUnit": "MONTHLY", "BudgetType": "COST"}]},
    "ce.get_anomaly_monitors": {"AnomalyMonitors": [{"MonitorName": "stadion", "MonitorType": "DIMENSIONAL"}]},
}

BAD: Answers = {
    **GOOD,
    "sts.get_caller_identity": {"Account": STRANGER, "Arn": f"arn:aws:iam::{STRANGER}:root"},
    "scheduler.list_schedule_groups": lambda _: Error("UnknownOperationException", "", 501),
    "ssm.get_parameter": lambda _: Error("ParameterNotFound", "", 400),
    "lambda.get_account_settings": {
        "AccountLimit": {"ConcurrentExecutions": 10, "TotalCodeSize": 80_530_636_800},
        "AccountUsage": {"TotalCodeSize": 79_456_894_976, "FunctionCount": 900},
    },
    "service-quotas.list_service_quotas": quotas(routes=50.0),
    "logs.describe_log_groups": lambda params: {
        "logGroups": [{"logGroupName": "/aws/lambda/stadion-partners-api"}]
        if params["logGroupNamePrefix"] == "/aws/lambda/stadion-"
        else []
    },
    "dynamodb.list_tables": {"TableNames": ["somebody-elses", "stadion-partners"]},
    "cognito-idp.list_user_pools": {"UserPools": [{"Id": "eu-central-1_AbCdEf", "Name": "stadion"}]},
    "secretsmanager.list_secrets": {
        "SecretList": [
            {
                "ARN": f"arn:aws:secretsmanager:eu-central-1:{STRANGER}:secret:stadion/platform/client-AbCdEf",
                "Name": "stadion/platform/client",
                "DeletedDate": AT,
            }
        ]
    },
    "cloudformation.describe_change_set": change_set("FAILED", "The following hook(s)/validation failed"),
    "cloudformation.describe_events": {
        "OperationEvents": [
            {
                "EventType": "VALIDATION_ERROR",
                "LogicalResourceId": "Bus",
                "ValidationName": "NAME_CONFLICT_VALIDATION",
                "ValidationStatus": "FAILED",
                "ValidationStatusReason": "Resource of type 'AWS::DynamoDB::Table' with identifier "
                "'stadion-standing' already exists.",
                "ValidationPath": "/Resources/StandingTable/Properties/TableName",
            }
        ]
    },
    "stepfunctions.validate_state_machine_definition": {
        "result": "FAIL",
        "diagnostics": [
            {
                "severity": "ERROR",
                "code": "SCHEMA_VALIDATION_FAILED",
                "message": "Value is not a valid resource ARN",
                "location": "/States/Open/Resource",
            }
        ],
    },
    "accessanalyzer.validate_policy": lambda params: {
        "findings": [
            {
                "findingType": "SECURITY_WARNING",
                "issueCode": "PASS_ROLE_WITH_STAR_IN_RESOURCE",
                "findingDetails": "Using the iam:PassRole action with wildcards",
                "learnMoreLink": "https://docs.aws.amazon.com/IAM/",
                "locations": [],
            }
        ]
        if "iam:PassRole" in params["policyDocument"]
        else []
    },
    "iam.simulate_custom_policy": lambda params: {
        "EvaluationResults": [
            {
                "EvalActionName": params["ActionNames"][0],
                "EvalDecision": "allowed" if params["ActionNames"] == ["dynamodb:Scan"] else _decision(params),
            }
        ]
    },
    "sesv2.get_account": {"ProductionAccessEnabled": False, "SendingEnabled": True, "EnforcementStatus": "HEALTHY"},
    "sesv2.get_email_identity": {
        "VerifiedForSendingStatus": False,
        "VerificationStatus": "PENDING",
        "DkimAttributes": {"Status": "PENDING", "Tokens": ["a1", "b2", "c3"]},
    },
    "sesv2.get_configuration_set": {"ConfigurationSetName": "stadion"},
    "sns.get_sms_sandbox_account_status": {"IsInSandbox": True},
    "sns.get_sms_attributes": {"attributes": {}},
    "sns.list_origination_numbers": {"PhoneNumbers": []},
    "sns.list_platform_applications": {
        "PlatformApplications": [
            {
                "PlatformApplicationArn": f"arn:aws:sns:eu-central-1:{STRANGER}:app/APNS/stadion-ios",
                "Attributes": {"Enabled": "true", "AppleCertificateExpirationDate": "2026-12-02T00:00:00Z"},
            }
        ]
    },
    "apigateway.get_account": {"cloudwatchRoleArn": f"arn:aws:iam::{STRANGER}:role/somebody-elses-gateway"},
    "budgets.describe_budgets": {"Budgets": []},
    "ce.get_anomaly_monitors": denied,
}


def _decision(params: Mapping[str, Any]) -> str:
    return str(simulated(dict(params))["EvaluationResults"][0]["EvalDecision"])
