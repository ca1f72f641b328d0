"""EventBridge, SNS, SQS and SES, and CloudWatch that watches them."""

import json

from tests.kit.readers.services import Props, Services, pascal, tag_list


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


def subscription(services: Services, physical_id: str, _: Props) -> Props:
    pages = services.sns.get_paginator("list_subscriptions").paginate()
    [listed] = [one for page in pages for one in page["Subscriptions"] if one["SubscriptionArn"] == physical_id]
    found = {**listed, **services.sns.get_subscription_attributes(SubscriptionArn=physical_id)["Attributes"]}
    parsed = {name: json.loads(found[name]) for name in ("FilterPolicy", "RedrivePolicy") if found.get(name)}
    return {**found, **parsed}


def parameter(services: Services, physical_id: str, _: Props) -> Props:
    found = services.ssm.get_parameter(Name=physical_id)["Parameter"]
    tags = services.ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=physical_id)["TagList"]
    return {**found, "Tags": {one["Key"]: one["Value"] for one in tags}}


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


def mail_configuration(services: Services, _: str, said: Props) -> Props:
    found = services.sesv2.get_configuration_set(ConfigurationSetName=said["Name"])
    known = {"Name": found["ConfigurationSetName"], "Tags": found.get("Tags")}
    return {**known, "DeliveryOptions": found.get("DeliveryOptions")}


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


def alarm(services: Services, physical_id: str, said: Props) -> Props:
    found = services.alarms()[said.get("AlarmName", physical_id)]
    tags = services.cloudwatch.list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"] if "Tags" in said else []
    return {**found, "Tags": tags}


def dashboard(services: Services, _: str, said: Props) -> Props:
    return dict(services.cloudwatch.get_dashboard(DashboardName=said["DashboardName"]))


def log_group(services: Services, _: str, said: Props) -> Props:
    asked = said["LogGroupName"]
    [found] = [
        one
        for one in services.logs.describe_log_groups(logGroupNamePrefix=asked)["logGroups"]
        if one["logGroupName"] == asked
    ]
    tags = services.logs.list_tags_for_resource(resourceArn=found["arn"].removesuffix(":*"))["tags"]
    return {**pascal(found), "Tags": tag_list(tags)}
