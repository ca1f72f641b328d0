"""What CloudFormation made, read back through each service's own API and in the words of the template."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, Final

from stadion_cli.aws import Aws

Props = dict[str, Any]
Reader = Callable[["Services", str, Props], Props]

ACCOUNT: Final = "000000000000"
TAGS: Final = frozenset({"Tags", "UserPoolTags"})
CLIENTS: Final = {"functions": "lambda", "cognito_idp": "cognito-idp"}


@dataclass(frozen=True)
class Like:
    """A string that is known in part: most attributes hold at least the name of their resource."""

    pattern: str


@dataclass(frozen=True)
class Resource:
    stack: str
    logical_id: str
    kind: str
    physical_id: str
    properties: Props
    """Of the template, with its references resolved as far as the API tells them."""

    def __str__(self) -> str:
        return f"{self.stack}/{self.logical_id} ({self.kind})"


@dataclass
class Deployed:
    """The stacks of an emulator by their templates and what became of them."""

    aws: Aws
    stacks: tuple[str, ...]
    services: "Services" = field(init=False)

    def __post_init__(self) -> None:
        self.services = Services(self.aws)

    def resources(self) -> Iterator[Resource]:
        for stack in self.stacks:
            ids = self._physical_ids(stack)
            for logical_id, told in self._template(stack)["Resources"].items():
                known = self._resolved(told.get("Properties", {}), ids)
                yield Resource(stack, logical_id, told["Type"], ids[logical_id], known)

    def lost(self, resource: Resource, names: frozenset[str]) -> list[str]:
        """Those of the properties that the service does not have, each with what was said and what is there."""
        wanted = {name: value for name, value in resource.properties.items() if name in names}
        if not wanted:
            return []
        read = READERS[resource.kind](self.services, resource.physical_id, resource.properties)
        found = {name: _own_tags(value) if name in TAGS else value for name, value in read.items()}
        return [
            f"{resource}.{name}: said {value}, found {found.get(name)}"
            for name, value in wanted.items()
            if not matches(value, found.get(name))
        ]

    def _template(self, stack: str) -> Props:
        body: Any = self.aws.cloudformation.get_template(StackName=stack)["TemplateBody"]
        return dict(json.loads(body) if isinstance(body, str) else body)

    def _physical_ids(self, stack: str) -> dict[str, str]:
        pages = self.aws.cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
        found = [one for page in pages for one in page["StackResourceSummaries"]]
        return {one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in found}

    @cached_property
    def _exports(self) -> dict[str, str]:
        pages = self.aws.cloudformation.get_paginator("list_exports").paginate()
        return {export["Name"]: export["Value"] for page in pages for export in page["Exports"]}

    def _resolved(self, value: Any, ids: Mapping[str, str]) -> Any:
        match value:
            case {"Ref": str(name)}:
                return self._pseudo.get(name) or ids[name]
            case {"Fn::ImportValue": str(name)}:
                return self._exports[name]
            case {"Fn::GetAtt": [_, "RootResourceId" | "StreamArn"]}:
                return Like(".+")
            case {"Fn::GetAtt": [str(name), *_]}:
                return Like(f".*{re.escape(re.split('[/:]', ids[name])[-1])}.*")
            case {"Fn::Join": [str(separator), list(parts)]}:
                return Like(re.escape(separator).join(_pattern(self._resolved(part, ids)) for part in parts))
            case {"Fn::Sub": str(text)}:
                return re.sub(r"\$\{([^}]+)\}", lambda found: self._pseudo.get(found[1]) or ids[found[1]], text)
            case dict():
                return {key: self._resolved(one, ids) for key, one in value.items()}
            case list():
                return [self._resolved(one, ids) for one in value]
        return value

    @cached_property
    def _pseudo(self) -> dict[str, str]:
        return {
            "AWS::AccountId": ACCOUNT,
            "AWS::Region": self.aws.region,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
        }


def _pattern(value: Any) -> str:
    return value.pattern if isinstance(value, Like) else re.escape(str(value))


def matches(said: Any, found: Any) -> bool:
    """All that was said is there; the service may have added its defaults."""
    match said:
        case Like():
            return isinstance(found, str) and re.fullmatch(said.pattern, found, re.S) is not None
        case dict():
            return isinstance(found, dict) and all(matches(value, found.get(key)) for key, value in said.items())
        case list():
            return isinstance(found, list) and len(found) == len(said) and _each_has_its_own(said, found)
        case bool():
            return str(said).lower() == str(found).lower()
        case int() | float():
            return _is_number(found) and float(said) == float(found)
    return str(said) == str(found)


def _is_number(found: Any) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", str(found)) is not None


def _own_tags(tags: Any) -> Any:
    """Without those that CloudFormation adds."""
    match tags:
        case dict():
            return {key: value for key, value in tags.items() if not key.startswith("aws:")}
        case list():
            return [tag for tag in tags if not str(tag.get("Key")).startswith("aws:")]
    return tags


def _each_has_its_own(said: list[Any], found: list[Any]) -> bool:
    """In any order: few services keep the template's."""
    left = list(found)
    for one in said:
        its_own = next((n for n, other in enumerate(left) if matches(one, other)), None)
        if its_own is None:
            return False
        left.pop(its_own)
    return True


@dataclass(frozen=True)
class Services:
    """Clients by name, and lists that many resources are looked up in."""

    aws: Aws

    def __getattr__(self, name: str) -> Any:
        return _client(self.aws, CLIENTS.get(name, name))

    def routes(self, api_id: str) -> dict[str, Props]:
        return _routes(self.aws, api_id)

    def alarms(self) -> dict[str, Props]:
        return _alarms(self.aws)

    def digest(self, bucket: str, key: str) -> str:
        """SHA-256 of an object, in base64 as Lambda tells it of code."""
        return _digest(self.aws, bucket, key)


@cache
def _client(aws: Aws, name: str) -> Any:
    return aws.client(name)


@cache
def _routes(aws: Aws, api_id: str) -> dict[str, Props]:
    pages = _client(aws, "apigatewayv2").get_paginator("get_routes").paginate(ApiId=api_id)
    return {f"{api_id}/{route['RouteId']}": route for page in pages for route in page["Items"]}


@cache
def _alarms(aws: Aws) -> dict[str, Props]:
    pages = _client(aws, "cloudwatch").get_paginator("describe_alarms").paginate()
    return {alarm["AlarmName"]: alarm for page in pages for alarm in page["MetricAlarms"]}


@cache
def _digest(aws: Aws, bucket: str, key: str) -> str:
    content = _client(aws, "s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def pascal(value: Any) -> Any:
    """camelCase keys as CloudFormation writes them."""
    match value:
        case dict():
            return {key[:1].upper() + key[1:]: pascal(one) for key, one in value.items()}
        case list():
            return [pascal(one) for one in value]
    return value


def tag_list(tags: Mapping[str, str]) -> list[Props]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


# one reader for each type


def rest_account(services: Services, _: str, __: Props) -> Props:
    return pascal(services.apigateway.get_account())  # type: ignore[no-any-return]


def rest_deployment(services: Services, physical_id: str, said: Props) -> Props:
    services.apigateway.get_deployment(restApiId=said["RestApiId"], deploymentId=physical_id)
    return {"RestApiId": said["RestApiId"]}


def gateway_response(services: Services, _: str, said: Props) -> Props:
    asked = {"restApiId": said["RestApiId"], "responseType": said["ResponseType"]}
    return {"RestApiId": said["RestApiId"], **pascal_keys(services.apigateway.get_gateway_response(**asked))}


def pascal_keys(value: Props) -> Props:
    """The outer keys only: what is inside are names of headers and content types."""
    return {key[:1].upper() + key[1:]: one for key, one in value.items()}


def rest_method(services: Services, _: str, said: Props) -> Props:
    where = {"restApiId": said["RestApiId"], "resourceId": said["ResourceId"]}
    method = services.apigateway.get_method(**where, httpMethod=said["HttpMethod"])
    found = pascal(method["methodIntegration"])
    integration = {**found, "IntegrationHttpMethod": found.get("HttpMethod")}
    return {**said_ids(said, "RestApiId", "ResourceId"), **pascal(method), "Integration": integration}


def said_ids(said: Props, *names: str) -> Props:
    """What was asked by: it was found there."""
    return {name: said[name] for name in names}


def rest_resource(services: Services, physical_id: str, said: Props) -> Props:
    found = services.apigateway.get_resource(restApiId=said["RestApiId"], resourceId=physical_id)
    return {**said_ids(said, "RestApiId"), **pascal(found)}


def rest_api(services: Services, physical_id: str, _: Props) -> Props:
    found = services.apigateway.get_rest_api(restApiId=physical_id)
    return {**pascal(found), "Tags": tag_list(found.get("tags", {}))}


def rest_stage(services: Services, _: str, said: Props) -> Props:
    found = services.apigateway.get_stage(restApiId=said["RestApiId"], stageName=said["StageName"])
    settings = [_method_settings(path, one) for path, one in found.get("methodSettings", {}).items()]
    tags = tag_list(found.get("tags", {}))
    return {**said_ids(said, "RestApiId"), **pascal(found), "MethodSettings": settings, "Tags": tags}


def _method_settings(path: str, settings: Props) -> Props:
    resource, _, method = path.rpartition("/")
    return {**pascal(settings), "ResourcePath": f"/{resource.replace('~1', '/').strip('/')}", "HttpMethod": method}


def usage_plan(services: Services, physical_id: str, _: Props) -> Props:
    found = services.apigateway.get_usage_plan(usagePlanId=physical_id)
    stages = [{"Throttle": {}, **pascal(stage)} for stage in found["apiStages"]]
    told = pascal({**found, "apiStages": None})
    return {**told, "ApiStages": stages, "UsagePlanName": found["name"], "Tags": tag_list(found.get("tags", {}))}


def http_api(services: Services, physical_id: str, _: Props) -> Props:
    return dict(services.apigatewayv2.get_api(ApiId=physical_id))


def http_authorizer(services: Services, physical_id: str, said: Props) -> Props:
    found = services.apigatewayv2.get_authorizer(ApiId=said["ApiId"], AuthorizerId=physical_id)
    return {**found, **said_ids(said, "ApiId")}


def http_integration(services: Services, physical_id: str, said: Props) -> Props:
    found = services.apigatewayv2.get_integration(ApiId=said["ApiId"], IntegrationId=physical_id)
    return {**found, **said_ids(said, "ApiId")}


def http_route(services: Services, physical_id: str, said: Props) -> Props:
    routes = services.routes(said["ApiId"])
    return {**(routes.get(physical_id) or routes[f"{said['ApiId']}/{physical_id}"]), **said_ids(said, "ApiId")}


def http_stage(services: Services, _: str, said: Props) -> Props:
    found = services.apigatewayv2.get_stage(ApiId=said["ApiId"], StageName=said["StageName"])
    return {**found, **said_ids(said, "ApiId")}


def alarm(services: Services, physical_id: str, said: Props) -> Props:
    found = services.alarms()[said.get("AlarmName", physical_id)]
    tags = services.cloudwatch.list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"] if "Tags" in said else []
    return {**found, "Tags": tags}


def dashboard(services: Services, _: str, said: Props) -> Props:
    return dict(services.cloudwatch.get_dashboard(DashboardName=said["DashboardName"]))


def user_pool(services: Services, physical_id: str, _: Props) -> Props:
    pool = services.cognito_idp.describe_user_pool(UserPoolId=physical_id)["UserPool"]
    factors = services.cognito_idp.get_user_pool_mfa_config(UserPoolId=physical_id).get("WebAuthnConfiguration", {})
    return {
        **pool,
        "UserPoolName": pool.get("Name"),
        "WebAuthnRelyingPartyID": factors.get("RelyingPartyId"),
        "WebAuthnUserVerification": factors.get("UserVerification"),
    }


def user_pool_client(services: Services, physical_id: str, said: Props) -> Props:
    asked = {"UserPoolId": said["UserPoolId"], "ClientId": physical_id}
    found = services.cognito_idp.describe_user_pool_client(**asked)["UserPoolClient"]
    return {**found, "GenerateSecret": "ClientSecret" in found}


def user_pool_group(services: Services, _: str, said: Props) -> Props:
    asked = {"UserPoolId": said["UserPoolId"], "GroupName": said["GroupName"]}
    return dict(services.cognito_idp.get_group(**asked)["Group"])


def table(services: Services, physical_id: str, _: Props) -> Props:
    client = services.dynamodb
    found = client.describe_table(TableName=physical_id)["Table"]
    expiry = client.describe_time_to_live(TableName=physical_id)["TimeToLiveDescription"]
    backups = client.describe_continuous_backups(TableName=physical_id)["ContinuousBackupsDescription"]
    recovery = backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    sealed = found.get("SSEDescription", {})
    return {
        **found,
        "BillingMode": found.get("BillingModeSummary", {}).get("BillingMode"),
        "TableClass": found.get("TableClassSummary", {}).get("TableClass"),
        "TimeToLiveSpecification": {**expiry, "Enabled": expiry["TimeToLiveStatus"] == "ENABLED"},
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": recovery == "ENABLED"},
        "SSESpecification": {
            "SSEEnabled": sealed.get("Status") == "ENABLED",
            "SSEType": sealed.get("SSEType"),
            "KMSMasterKeyId": sealed.get("KMSMasterKeyArn"),
        },
        "Tags": client.list_tags_of_resource(ResourceArn=found["TableArn"])["Tags"],
    }


def archive(services: Services, _: str, said: Props) -> Props:
    found = services.events.describe_archive(ArchiveName=said["ArchiveName"])
    told = {"SourceArn": found["EventSourceArn"], "EventPattern": json.loads(found["EventPattern"])}
    return {"KmsKeyIdentifier": "", **found, **told}


def event_bus(services: Services, physical_id: str, _: Props) -> Props:
    found = services.events.describe_event_bus(Name=physical_id)
    return {**found, "Tags": services.events.list_tags_for_resource(ResourceARN=found["Arn"])["Tags"]}


def rule(services: Services, _: str, said: Props) -> Props:
    bus = said.get("EventBusName", "default")
    found = services.events.describe_rule(Name=said["Name"], EventBusName=bus)
    targets = services.events.list_targets_by_rule(Rule=said["Name"], EventBusName=bus)["Targets"]
    tags = services.events.list_tags_for_resource(ResourceARN=found["Arn"])["Tags"]
    return {**found, "EventPattern": json.loads(found.get("EventPattern") or "{}"), "Targets": targets, "Tags": tags}


def role_policy(services: Services, _: str, said: Props) -> Props:
    [role, *_more] = said["Roles"]
    found = services.iam.get_role_policy(RoleName=role, PolicyName=said["PolicyName"])
    return {**found, "Roles": [found["RoleName"]]}


def role(services: Services, physical_id: str, _: Props) -> Props:
    found = services.iam.get_role(RoleName=physical_id)["Role"]
    attached = services.iam.list_attached_role_policies(RoleName=physical_id)["AttachedPolicies"]
    tags = services.iam.list_role_tags(RoleName=physical_id)["Tags"]
    return {**found, "ManagedPolicyArns": [policy["PolicyArn"] for policy in attached], "Tags": tags}


def key_alias(services: Services, _: str, said: Props) -> Props:
    pages = services.kms.get_paginator("list_aliases").paginate()
    [found] = [one for page in pages for one in page["Aliases"] if one["AliasName"] == said["AliasName"]]
    return dict(found)


def key(services: Services, physical_id: str, _: Props) -> Props:
    policy = services.kms.get_key_policy(KeyId=physical_id, PolicyName="default")["Policy"]
    tags = services.kms.list_resource_tags(KeyId=physical_id)["Tags"]
    return {
        **services.kms.describe_key(KeyId=physical_id)["KeyMetadata"],
        "EnableKeyRotation": services.kms.get_key_rotation_status(KeyId=physical_id)["KeyRotationEnabled"],
        "KeyPolicy": json.loads(policy),
        "Tags": [{"Key": tag["TagKey"], "Value": tag["TagValue"]} for tag in tags],
    }


def event_source_mapping(services: Services, physical_id: str, said: Props) -> Props:
    found = services.functions.get_event_source_mapping(UUID=physical_id)
    tags = services.functions.list_tags(Resource=found["EventSourceMappingArn"])["Tags"] if "Tags" in said else {}
    name = found["FunctionArn"] if str(said["FunctionName"]).startswith("arn:") else found["FunctionArn"].split(":")[6]
    return {**found, "FunctionName": name, "Tags": tag_list(tags)}


def function(services: Services, physical_id: str, said: Props) -> Props:
    told = services.functions.get_function(FunctionName=physical_id)
    found = told["Configuration"]
    code = said.get("Code", {})
    is_its_code = "S3Key" in code and services.digest(code["S3Bucket"], code["S3Key"]) == found["CodeSha256"]
    concurrency = services.functions.get_function_concurrency(FunctionName=physical_id)
    return {
        **found,
        **concurrency,
        "Code": code if is_its_code else found["CodeSha256"],
        "Layers": [layer["Arn"] for layer in found.get("Layers", [])],
        "Tags": tag_list(told.get("Tags", {})),
    }


def layer_version(services: Services, physical_id: str, said: Props) -> Props:
    found = services.functions.get_layer_version_by_arn(Arn=physical_id)
    content = said["Content"]
    is_its_code = services.digest(content["S3Bucket"], content["S3Key"]) == found["Content"]["CodeSha256"]
    return {**found, "LayerName": physical_id.split(":")[-2], "Content": content if is_its_code else found["Content"]}


def permission(services: Services, _: str, said: Props) -> Props:
    """The statement with that source, since statements have no name in a template."""
    asked = re.sub(r"\\(.)", r"\1", _pattern(said["FunctionName"])).replace(".*", "")
    policy = json.loads(services.functions.get_policy(FunctionName=asked.rpartition(":")[2])["Policy"])
    for statement in policy["Statement"]:
        condition = statement.get("Condition", {})
        source = condition.get("ArnLike", {}).get("AWS:SourceArn")
        if matches(said["SourceArn"], source):
            principal = statement["Principal"]["Service"]
            return {**statement, "Principal": principal, "SourceArn": source, "FunctionName": statement["Resource"]}
    return {}


def log_group(services: Services, _: str, said: Props) -> Props:
    asked = said["LogGroupName"]
    [found] = [
        one
        for one in services.logs.describe_log_groups(logGroupNamePrefix=asked)["logGroups"]
        if one["logGroupName"] == asked
    ]
    tags = services.logs.list_tags_for_resource(resourceArn=found["arn"].removesuffix(":*"))["tags"]
    return {**pascal(found), "Tags": tag_list(tags)}


def bucket(services: Services, physical_id: str, said: Props) -> Props:
    asked = {name: ask(services.s3, physical_id) for name, ask in BUCKET.items() if name in said}
    return {"BucketName": physical_id, **asked}


def bucket_policy(services: Services, _: str, said: Props) -> Props:
    found = services.s3.get_bucket_policy(Bucket=said["Bucket"])
    return {"Bucket": said["Bucket"], "PolicyDocument": json.loads(found["Policy"])}


def _cors(s3: Any, name: str) -> Props:
    rules = s3.get_bucket_cors(Bucket=name)["CORSRules"]
    return {"CorsRules": [{**rule, "ExposedHeaders": rule.get("ExposeHeaders"), **_max_age(rule)} for rule in rules]}


def _max_age(rule: Props) -> Props:
    return {"MaxAge": rule.get("MaxAgeSeconds")}


def _lifecycle(s3: Any, name: str) -> Props:
    rules = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    return {"Rules": [_lifecycle_rule(rule) for rule in rules]}


def _lifecycle_rule(rule: Props) -> Props:
    days = rule.get("Expiration", {}).get("Days")
    return {**rule, "Id": rule.get("ID"), "Prefix": rule.get("Filter", {}).get("Prefix"), "ExpirationInDays": days}


def _encryption(s3: Any, name: str) -> Props:
    rules = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    told = [{**rule, "ServerSideEncryptionByDefault": rule["ApplyServerSideEncryptionByDefault"]} for rule in rules]
    return {"ServerSideEncryptionConfiguration": told}


def _notifications(s3: Any, name: str) -> Props:
    found = s3.get_bucket_notification_configuration(Bucket=name).get("QueueConfigurations", [])
    return {"QueueConfigurations": [_notification(one, event) for one in found for event in one["Events"]]}


def _notification(configuration: Props, event: str) -> Props:
    return {"Event": event, "Queue": configuration["QueueArn"], "Filter": _filter(configuration)}


def _filter(configuration: Props) -> Props:
    rules = configuration.get("Filter", {}).get("Key", {}).get("FilterRules", [])
    return {"S3Key": {"Rules": [{**rule, "Name": rule["Name"].lower()} for rule in rules]}}


BUCKET: Final[dict[str, Callable[[Any, str], Any]]] = {
    "BucketEncryption": _encryption,
    "CorsConfiguration": _cors,
    "LifecycleConfiguration": _lifecycle,
    "NotificationConfiguration": _notifications,
    "OwnershipControls": lambda s3, name: s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"],
    "PublicAccessBlockConfiguration": lambda s3, name: s3.get_public_access_block(Bucket=name)[
        "PublicAccessBlockConfiguration"
    ],
    "Tags": lambda s3, name: s3.get_bucket_tagging(Bucket=name)["TagSet"],
    "VersioningConfiguration": lambda s3, name: s3.get_bucket_versioning(Bucket=name),
}


def mail_configuration(services: Services, _: str, said: Props) -> Props:
    found = services.sesv2.get_configuration_set(ConfigurationSetName=said["Name"])
    return {"Name": found["ConfigurationSetName"], "Tags": found.get("Tags")}


def mail_events(services: Services, _: str, said: Props) -> Props:
    name = said["ConfigurationSetName"]
    found = services.sesv2.get_configuration_set_event_destinations(ConfigurationSetName=name)["EventDestinations"]
    told = [{**one, "MatchingEventTypes": [kind.lower() for kind in one["MatchingEventTypes"]]} for one in found]
    mended = [{**one, "SnsDestination": {"TopicARN": one["SnsDestination"]["TopicArn"]}} for one in told]
    return {"ConfigurationSetName": name, "EventDestination": mended[0] if mended else None}


def mail_identity(services: Services, _: str, said: Props) -> Props:
    found = services.sesv2.get_email_identity(EmailIdentity=said["EmailIdentity"])
    attributes = {"ConfigurationSetName": found.get("ConfigurationSetName")}
    return {"EmailIdentity": said["EmailIdentity"], "ConfigurationSetAttributes": attributes, "Tags": found.get("Tags")}


def subscription(services: Services, physical_id: str, _: Props) -> Props:
    pages = services.sns.get_paginator("list_subscriptions").paginate()
    [listed] = [one for page in pages for one in page["Subscriptions"] if one["SubscriptionArn"] == physical_id]
    found = {**listed, **services.sns.get_subscription_attributes(SubscriptionArn=physical_id)["Attributes"]}
    parsed = {name: json.loads(found[name]) for name in ("FilterPolicy", "RedrivePolicy") if found.get(name)}
    return {**found, **parsed}


def topic(services: Services, physical_id: str, _: Props) -> Props:
    found = services.sns.get_topic_attributes(TopicArn=physical_id)["Attributes"]
    tags = services.sns.list_tags_for_resource(ResourceArn=physical_id)["Tags"]
    return {**found, "TopicName": physical_id.rpartition(":")[2], "Tags": tags}


def topic_policy(services: Services, _: str, said: Props) -> Props:
    [arn] = said["Topics"]
    found = services.sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    return {"Topics": [arn], "PolicyDocument": json.loads(found["Policy"])}


def queue(services: Services, physical_id: str, _: Props) -> Props:
    found = services.sqs.get_queue_attributes(QueueUrl=physical_id, AttributeNames=["All"])["Attributes"]
    tags = services.sqs.list_queue_tags(QueueUrl=physical_id).get("Tags", {})
    redrive = {"RedrivePolicy": json.loads(found["RedrivePolicy"])} if "RedrivePolicy" in found else {}
    return {**found, **redrive, "QueueName": physical_id.rpartition("/")[2], "Tags": tag_list(tags)}


def queue_policy(services: Services, _: str, said: Props) -> Props:
    [url] = said["Queues"]
    found = services.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"]).get("Attributes", {})
    return {"Queues": [url], "PolicyDocument": json.loads(found.get("Policy", "{}"))}


def schedule(services: Services, _: str, said: Props) -> Props:
    return dict(services.scheduler.get_schedule(Name=said["Name"], GroupName=said.get("GroupName", "default")))


def schedule_group(services: Services, _: str, said: Props) -> Props:
    found = services.scheduler.get_schedule_group(Name=said["Name"])
    return {**found, "Tags": services.scheduler.list_tags_for_resource(ResourceArn=found["Arn"])["Tags"]}


def secret(services: Services, physical_id: str, said: Props) -> Props:
    """A generated string is told by its length and its alphabet."""
    value = services.secretsmanager.get_secret_value(SecretId=physical_id)["SecretString"]
    asked = said.get("GenerateSecretString", {})
    told = {"PasswordLength": len(value), "ExcludePunctuation": value.isalnum()}
    found = services.secretsmanager.describe_secret(SecretId=physical_id)
    return {**found, "GenerateSecretString": {name: told.get(name) for name in asked}}


def state_machine(services: Services, physical_id: str, said: Props) -> Props:
    found = services.stepfunctions.describe_state_machine(stateMachineArn=physical_id)
    tags = services.stepfunctions.list_tags_for_resource(resourceArn=physical_id)["tags"]
    return {
        **pascal(found),
        "StateMachineName": found["name"],
        "StateMachineType": found["type"],
        "DefinitionString": said["DefinitionString"] if _same_states(said, found) else found["definition"],
        "DefinitionSubstitutions": _substituted(said["DefinitionSubstitutions"], found["definition"]),
        "Tags": pascal(tags),
    }


def _substituted(said: Props, definition: str) -> Props:
    """Where each name stood is now its value, and no name is left."""
    left = set(re.findall(r"\$\{(\w+)\}", definition))
    return {name: _first(value, definition) for name, value in said.items() if name not in left}


def _first(value: Any, text: str) -> str | None:
    found = re.search(_pattern(value).removeprefix(".*").removesuffix(".*"), text)
    return found[0] if found else None


def _same_states(said: Props, found: Props) -> bool:
    told: dict[str, Any] = json.loads(found["definition"])
    return bool(json.loads(said["DefinitionString"])["States"].keys() == told["States"].keys())


READERS: Final[dict[str, Reader]] = {
    "AWS::ApiGateway::Account": rest_account,
    "AWS::ApiGateway::Deployment": rest_deployment,
    "AWS::ApiGateway::GatewayResponse": gateway_response,
    "AWS::ApiGateway::Method": rest_method,
    "AWS::ApiGateway::Resource": rest_resource,
    "AWS::ApiGateway::RestApi": rest_api,
    "AWS::ApiGateway::Stage": rest_stage,
    "AWS::ApiGateway::UsagePlan": usage_plan,
    "AWS::ApiGatewayV2::Api": http_api,
    "AWS::ApiGatewayV2::Authorizer": http_authorizer,
    "AWS::ApiGatewayV2::Integration": http_integration,
    "AWS::ApiGatewayV2::Route": http_route,
    "AWS::ApiGatewayV2::Stage": http_stage,
    "AWS::CloudWatch::Alarm": alarm,
    "AWS::CloudWatch::Dashboard": dashboard,
    "AWS::Cognito::UserPool": user_pool,
    "AWS::Cognito::UserPoolClient": user_pool_client,
    "AWS::Cognito::UserPoolGroup": user_pool_group,
    "AWS::DynamoDB::GlobalTable": table,
    "AWS::DynamoDB::Table": table,
    "AWS::Events::Archive": archive,
    "AWS::Events::EventBus": event_bus,
    "AWS::Events::Rule": rule,
    "AWS::IAM::Policy": role_policy,
    "AWS::IAM::Role": role,
    "AWS::KMS::Alias": key_alias,
    "AWS::KMS::Key": key,
    "AWS::Lambda::EventSourceMapping": event_source_mapping,
    "AWS::Lambda::Function": function,
    "AWS::Lambda::LayerVersion": layer_version,
    "AWS::Lambda::Permission": permission,
    "AWS::Logs::LogGroup": log_group,
    "AWS::S3::Bucket": bucket,
    "AWS::S3::BucketPolicy": bucket_policy,
    "AWS::SES::ConfigurationSet": mail_configuration,
    "AWS::SES::ConfigurationSetEventDestination": mail_events,
    "AWS::SES::EmailIdentity": mail_identity,
    "AWS::SNS::Subscription": subscription,
    "AWS::SNS::Topic": topic,
    "AWS::SNS::TopicPolicy": topic_policy,
    "AWS::SQS::Queue": queue,
    "AWS::SQS::QueuePolicy": queue_policy,
    "AWS::Scheduler::Schedule": schedule,
    "AWS::Scheduler::ScheduleGroup": schedule_group,
    "AWS::SecretsManager::Secret": secret,
    "AWS::StepFunctions::StateMachine": state_machine,
}
