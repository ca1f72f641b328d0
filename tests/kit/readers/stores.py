"""DynamoDB, S3, KMS, Secrets Manager and Cognito."""

import json
from collections.abc import Callable
from typing import Any, Final

from tests.kit.readers.services import Props, Services


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
    ends = rule.get("Expiration", {})
    told = {"ExpirationInDays": ends.get("Days"), "ExpiredObjectDeleteMarker": ends.get("ExpiredObjectDeleteMarker")}
    return {**rule, **told, "Id": rule.get("ID"), "Prefix": rule.get("Filter", {}).get("Prefix")}


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


def secret(services: Services, physical_id: str, said: Props) -> Props:
    """A generated string is told by its length and its alphabet, the secret of Cognito's client by that client's id."""
    value = services.secretsmanager.get_secret_value(SecretId=physical_id)["SecretString"]
    asked = said.get("GenerateSecretString", {})
    told = {"PasswordLength": len(value), "ExcludePunctuation": value.isalnum()}
    found = services.secretsmanager.describe_secret(SecretId=physical_id)
    return {
        **found,
        "SecretString": _client_of(services, value),
        "GenerateSecretString": {name: told.get(name) for name in asked},
    }


def _client_of(services: Services, secret_: str) -> str | None:
    cognito = services.cognito_idp
    for pool in cognito.list_user_pools(MaxResults=60)["UserPools"]:
        for known in cognito.list_user_pool_clients(UserPoolId=pool["Id"])["UserPoolClients"]:
            asked = {"UserPoolId": pool["Id"], "ClientId": known["ClientId"]}
            if cognito.describe_user_pool_client(**asked)["UserPoolClient"].get("ClientSecret") == secret_:
                return str(known["ClientId"])
    return None


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
