"""CloudFormation's buckets: lifecycle rules, encryption, ownership and tags arrive at S3.

Trap: the provisioner applies a list of configurations through S3's API and drops the others. They are put on that list;
one that a template no longer says is deleted, as the list does with its own.
"""

from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from ministack.services import s3
from ministack.services.cloudformation import provisioners

from local.patches.cloudformation import Props, done
from local.patches.guard import pin


def apply() -> None:
    pin(provisioners._s3_create, "477b78a3cb15")
    pin(provisioners._s3_update, "1d4f3f6390bb")
    pin(provisioners._s3_apply_configurations, "9a299ad21255")
    provisioners._S3_BUCKET_CONFIGURATIONS += (
        ("LifecycleConfiguration", lifecycle_xml, _checked(s3._put_bucket_lifecycle), s3._delete_bucket_lifecycle),
        ("BucketEncryption", encryption_xml, _put_encryption, s3._delete_bucket_encryption),
        (
            "OwnershipControls",
            lambda said: _xml("OwnershipControls", {"Rule": said["Rules"]}),
            _checked(s3._put_bucket_ownership_controls),
            s3._delete_bucket_ownership_controls,
        ),
        (
            "Tags",
            lambda said: _xml("Tagging", {"TagSet": {"Tag": said}}),
            _checked(s3._put_bucket_tagging),
            s3._delete_bucket_tagging,
        ),
    )


def _checked(put: Callable[[str, bytes], Any]) -> Callable[[str, bytes], None]:
    def mended(name: str, body: bytes) -> None:
        done(put(name, body), put.__name__)

    return mended


def _put_encryption(name: str, body: bytes) -> None:
    """Without a key of its own a bucket would use the account's key for S3, which the emulator does not have: the next
    write that repeats the bucket's algorithm, as the CDK's assets do, would be refused."""
    if b"aws:kms" in body and b"KMSMasterKeyID" not in body:
        s3._delete_bucket_encryption(name)
        return
    done(s3._put_bucket_encryption(name, body), "BucketEncryption")


def lifecycle_xml(said: Props) -> bytes:
    """As PutBucketLifecycleConfiguration wants it."""
    return _xml("LifecycleConfiguration", {"Rule": [_lifecycle_rule(rule) for rule in said["Rules"]]})


def _lifecycle_rule(rule: Props) -> Props:
    asked = {
        "ID": rule.get("Id"),
        "Status": rule["Status"],
        "Filter": _lifecycle_filter(rule),
        "Expiration": {
            "Days": rule.get("ExpirationInDays"),
            "Date": rule.get("ExpirationDate"),
            "ExpiredObjectDeleteMarker": rule.get("ExpiredObjectDeleteMarker"),
        },
        "Transition": [_transition(one, "Days") for one in rule.get("Transitions", [])],
        "NoncurrentVersionTransition": [
            _transition(one, "NoncurrentDays") for one in rule.get("NoncurrentVersionTransitions", [])
        ],
        "NoncurrentVersionExpiration": rule.get("NoncurrentVersionExpiration")
        or {"NoncurrentDays": rule.get("NoncurrentVersionExpirationInDays")},
        "AbortIncompleteMultipartUpload": rule.get("AbortIncompleteMultipartUpload"),
    }
    return dict(_without_nothing(asked))


def _lifecycle_filter(rule: Props) -> Props:
    wanted = {
        "Prefix": rule.get("Prefix"),
        "Tag": rule.get("TagFilters"),
        "ObjectSizeGreaterThan": rule.get("ObjectSizeGreaterThan"),
        "ObjectSizeLessThan": rule.get("ObjectSizeLessThan"),
    }
    said = {name: value for name, value in wanted.items() if value}
    is_one = len(said) < 2 and len(rule.get("TagFilters") or ()) < 2
    return said if is_one else {"And": said}


def _transition(said: Props, days: str) -> Props:
    return {
        days: said.get("TransitionInDays"),
        "Date": said.get("TransitionDate"),
        "StorageClass": said["StorageClass"],
        "NewerNoncurrentVersions": said.get("NewerNoncurrentVersions"),
    }


def _without_nothing(value: Any) -> Any:
    match value:
        case dict():
            return {key: one for key, inner in value.items() if (one := _without_nothing(inner)) not in (None, {}, [])}
        case list():
            return [_without_nothing(one) for one in value]
    return value


def encryption_xml(said: Props) -> bytes:
    """As PutBucketEncryption wants it."""
    rules = [
        {
            "ApplyServerSideEncryptionByDefault": rule.get("ServerSideEncryptionByDefault"),
            "BucketKeyEnabled": rule.get("BucketKeyEnabled"),
        }
        for rule in said["ServerSideEncryptionConfiguration"]
    ]
    return _xml("ServerSideEncryptionConfiguration", {"Rule": _without_nothing(rules)})


def _xml(tag: str, value: Props) -> bytes:
    root = Element(tag, xmlns=s3.S3_NS)
    _fill(root, value)
    return bytes(tostring(root, encoding="utf-8"))


def _fill(parent: Element, value: Props) -> None:
    for name, inner in value.items():
        for one in inner if isinstance(inner, list) else [inner]:
            child = SubElement(parent, name)
            if isinstance(one, dict):
                _fill(child, one)
            else:
                child.text = str(one).lower() if isinstance(one, bool) else str(one)
