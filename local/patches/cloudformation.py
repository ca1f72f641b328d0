"""CloudFormation: what a template says arrives at the service, and types that are refused are made by their API.

Trap: many provisioners write a resource's record themselves and leave out what they have no line for, while the API of
the same service knows it. The stack says CREATE_COMPLETE, and nothing ever expires. Here each such property goes
through the emulator's own API function after the create and after an update; one that a template no longer says is
taken back. `local/cloudformation_properties.toml` lists every property of our templates, and tests read them back.
Trap: a property in CloudFormation's letter case is stored as it is, and the service looks for its own.
Trap: a type without a provisioner refuses the whole template. `register` gives it one.
"""

import hashlib
import json
import string
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from ministack.services import cognito, dynamodb, eventbridge, lambda_svc, scheduler, sns
from ministack.services.cloudformation import provisioners

from local.patches.guard import pin

Props = dict[str, Any]
Complete = Callable[[str, Props, Props], None]
"""Physical id, what the template said before (nothing at a create), what it says now."""
Translate = Callable[[Props], Props]

HANDLERS: Final = provisioners._RESOURCE_HANDLERS
REMOVABLE_OF_MAPPINGS: Final = frozenset(
    {"FilterCriteria", "DestinationConfig", "FunctionResponseTypes", "ScalingConfig"}
    | {"MaximumRetryAttempts", "MaximumRecordAgeInSeconds", "BisectBatchOnFunctionError", "ParallelizationFactor"}
)
"""What a mapping may do without; an update kept what its template no longer said."""


def apply() -> None:
    mend_tables()
    mend_functions()
    mend_topics()
    mend_user_pools()
    mend_state_machines()
    mend_buses()
    mend_schedules()
    mend_letter_case()
    mend_generated_secrets()
    register_archives()
    mend_mail_domains()


# the two ways to mend a type


def completing(kind: str, complete: Complete) -> None:
    """What the provisioner leaves out follows by the service's API, at a create and at an update."""
    create, update = HANDLERS[kind]["create"], HANDLERS[kind]["update"]

    @wraps(create)
    def mended_create(logical_id: str, props: Props, stack_name: str) -> Any:
        made = create(logical_id, props, stack_name)
        try:
            complete(made[0], {}, props)
        except ValueError:
            provisioners._delete_resource(kind, made[0], props, stack_name, logical_id)
            raise
        return made

    @wraps(update)
    def mended_update(physical_id: str, old: Props, new: Props, *more: Any) -> Any:
        made = update(physical_id, old, new, *more)
        complete(made[0], old if made[0] == physical_id else {}, new)
        return made

    HANDLERS[kind].update(create=mended_create, update=mended_update)


def translating(kind: str, translate: Translate) -> None:
    """The provisioner sees the properties in the words that the service knows."""
    create, update = HANDLERS[kind]["create"], HANDLERS[kind]["update"]

    @wraps(create)
    def mended_create(logical_id: str, props: Props, stack_name: str) -> Any:
        return create(logical_id, translate(props), stack_name)

    @wraps(update)
    def mended_update(physical_id: str, old: Props, new: Props, *more: Any) -> Any:
        return update(physical_id, translate(old), translate(new), *more)

    HANDLERS[kind].update(create=mended_create, update=mended_update)


def register(kind: str, *, create: Any, update: Any, delete: Any, replacing: tuple[str, ...]) -> None:
    """A type that the emulator refuses. A change of what is `replacing` makes the resource anew, as on AWS."""
    if kind in HANDLERS:
        raise RuntimeError(f"MiniStack knows {kind} now: look whether this registration is still needed")
    HANDLERS[kind] = {"create": create, "update": update, "delete": delete}
    provisioners._REPLACING_PROPERTIES[kind] = replacing


def done(answer: Any, what: str) -> Any:
    """The service's refusal becomes the reason of the resource."""
    status, _, body = answer
    if status >= 400:
        raise ValueError(f"{what}: {body!r}")
    return json.loads(body) if body and body[:1] in {b"{", "{"} else {}


def _is_said(name: str, old: Props, new: Props) -> bool:
    return name in new or name in old


def _true(value: Any) -> bool:
    return str(value).lower() == "true"


# the types


def mend_tables() -> None:
    pin(provisioners._ddb_create, "277586e016c6")
    pin(provisioners._ddb_update, "0665980ffdd0")
    pin(provisioners._ddb_delete, "33ee7316b2ca")
    pin(provisioners._ddb_global_table_create, "cd71b40024fd")
    pin(provisioners._ddb_global_table_update, "fa63a6a118be")
    for kind in ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"):
        completing(kind, complete_table)
        HANDLERS[kind]["delete"] = _forgetting_settings(HANDLERS[kind]["delete"])


def complete_table(name: str, old: Props, new: Props) -> None:
    if _is_said("TimeToLiveSpecification", old, new):
        spec = new.get("TimeToLiveSpecification") or {**old["TimeToLiveSpecification"], "Enabled": False}
        asked = {"AttributeName": spec.get("AttributeName"), "Enabled": _true(spec.get("Enabled"))}
        done(dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": asked}), "TimeToLiveSpecification")
    if _is_said("PointInTimeRecoverySpecification", old, new):
        enabled = _true(new.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled"))
        asked = {"PointInTimeRecoveryEnabled": enabled}
        request = {"TableName": name, "PointInTimeRecoverySpecification": asked}
        done(dynamodb._update_continuous_backups(request), "PointInTimeRecoverySpecification")
    if _is_said("SSESpecification", old, new):
        spec = new.get("SSESpecification", {})
        asked = {**spec, "Enabled": _true(spec.get("SSEEnabled"))}
        done(dynamodb._update_table({"TableName": name, "SSESpecification": asked}), "SSESpecification")


def _forgetting_settings(delete: Callable[[str, Props], Any]) -> Callable[[str, Props], Any]:
    """Another table of that name begins without them."""

    @wraps(delete)
    def mended(physical_id: str, props: Props) -> Any:
        dynamodb._ttl_settings.pop(physical_id, None)
        dynamodb._pitr_settings.pop(physical_id, None)
        return delete(physical_id, props)

    return mended


def mend_functions() -> None:
    pin(provisioners._lambda_create, "8b2cf80e961d")
    pin(provisioners._lambda_update, "4855410e37d7")
    pin(provisioners._lambda_esm_create, "f053a4e8c30c")
    pin(provisioners._lambda_esm_update, "aa8165621335")
    pin(provisioners._lambda_permission_create, "1b6497ba32d0")
    completing("AWS::Lambda::Function", complete_function)
    completing("AWS::Lambda::EventSourceMapping", complete_event_source_mapping)
    permission = HANDLERS["AWS::Lambda::Permission"]
    permission["create"] = _for_a_function_that_is_there(permission["create"])


def complete_function(name: str, old: Props, new: Props) -> None:
    if _is_said("ReservedConcurrentExecutions", old, new):
        reserved = new.get("ReservedConcurrentExecutions")
        if reserved is None:
            done(lambda_svc._delete_function_concurrency(name), "ReservedConcurrentExecutions")
        else:
            asked = {"ReservedConcurrentExecutions": int(reserved)}
            done(lambda_svc._put_function_concurrency(name, asked), "ReservedConcurrentExecutions")
    if _is_said("DeadLetterConfig", old, new):
        config = {"DeadLetterConfig": new.get("DeadLetterConfig") or {}}
        done(lambda_svc._update_config(name, config), "DeadLetterConfig")
    if _is_said("RecursiveLoop", old, new):
        loop = {"RecursiveLoop": new.get("RecursiveLoop", "Terminate")}
        done(lambda_svc._put_function_recursion_config(name, loop), "RecursiveLoop")


def _for_a_function_that_is_there(create: Callable[..., Any]) -> Callable[..., Any]:
    """A permission that is made before its function is refused on AWS; the emulator forgot it."""

    @wraps(create)
    def mended(logical_id: str, props: Props, stack_name: str) -> Any:
        if provisioners._lambda_function_for_cfn_ref(props.get("FunctionName", ""))[0] is None:
            raise ValueError(f"Function not found: {props.get('FunctionName')}")
        return create(logical_id, props, stack_name)

    return mended


def complete_event_source_mapping(uuid: str, old: Props, new: Props) -> None:
    mapping = lambda_svc._esms[uuid]
    if _is_said("Tags", old, new):
        mapping["Tags"] = provisioners._tag_map(new.get("Tags"))
    for name in REMOVABLE_OF_MAPPINGS & (old.keys() - new.keys()):
        mapping.pop(name, None)


def mend_topics() -> None:
    pin(provisioners._sns_create, "0a96666a036a")
    pin(provisioners._sns_update, "a29cbf08e7b5")
    pin(sns._create_topic, "54ac305cd220")
    completing("AWS::SNS::Topic", complete_topic)


def complete_topic(arn: str, old: Props, new: Props) -> None:
    """`FifoTopic` never changes: a template that says another is answered by a new topic."""
    topic = sns._topics[arn]
    if _true(new.get("FifoTopic")):
        if not arn.endswith(".fifo"):
            raise ValueError("Invalid parameter: Topic names with FIFO attribute must end with .fifo suffix")
        topic["attributes"]["FifoTopic"] = "true"
        topic["attributes"]["ContentBasedDeduplication"] = str(_true(new.get("ContentBasedDeduplication"))).lower()
        topic.setdefault("dedup_cache", {})
        topic.setdefault("fifo_seq", 0)
    for name in ("KmsMasterKeyId", "SignatureVersion", "TracingConfig"):
        if name in new:
            topic["attributes"][name] = str(new[name])
        elif name in old:
            topic["attributes"].pop(name, None)


def mend_user_pools() -> None:
    pin(provisioners._cognito_user_pool_create, "10c96aa5ca60")
    pin(provisioners._cognito_user_pool_update, "bbac6047ea22")
    pin(cognito._set_user_pool_mfa_config, "23a7b3f215e2")
    completing("AWS::Cognito::UserPool", complete_user_pool)


def complete_user_pool(pool_id: str, old: Props, new: Props) -> None:
    said = {"RelyingPartyId": "WebAuthnRelyingPartyID", "UserVerification": "WebAuthnUserVerification"}
    if not any(_is_said(name, old, new) for name in said.values()):
        return
    asked = {name: new[theirs] for name, theirs in said.items() if theirs in new}
    done(cognito._set_user_pool_mfa_config({"UserPoolId": pool_id, "WebAuthnConfiguration": asked}), "WebAuthn")


def mend_state_machines() -> None:
    """Only the logging: for tracing the emulator has no place."""
    pin(provisioners._sfn_state_machine_create, "d2ffde42cb0e")
    pin(provisioners._sfn_state_machine_update, "e6b56ee6ad59")
    translating("AWS::StepFunctions::StateMachine", with_camel_case("LoggingConfiguration"))


def mend_buses() -> None:
    pin(provisioners._eb_event_bus_create, "746b41b33c05")
    pin(provisioners._eb_event_bus_update, "32f10aa44333")
    pin(eventbridge._update_event_bus, "a6b16ff2e5b4")
    completing("AWS::Events::EventBus", complete_bus)


def complete_bus(name: str, old: Props, new: Props) -> None:
    names = ("DeadLetterConfig", "LogConfig", "KmsKeyIdentifier")
    if asked := {one: new[one] for one in names if one in new}:
        done(eventbridge._update_event_bus({"Name": name, **asked}), "EventBus")
    for gone in set(names) & (set(old) - set(new)):
        eventbridge._event_buses[name].pop(gone, None)


def mend_schedules() -> None:
    pin(provisioners._scheduler_schedule_create, "76f27cf333eb")
    pin(provisioners._scheduler_schedule_update, "70e0243c9de1")
    pin(scheduler._update_schedule, "93f7fec4f7d8")
    completing("AWS::Scheduler::Schedule", complete_schedule)


def complete_schedule(name: str, old: Props, new: Props) -> None:
    names = ("ScheduleExpressionTimezone", "StartDate", "EndDate", "KmsKeyArn")
    if not any(_is_said(one, old, new) for one in names):
        return
    group = new.get("GroupName", "default")
    known = scheduler._schedules[f"{group}/{name}"]
    kept = {key: value for key, value in known.items() if key not in names}
    said = {one: new[one] for one in names if one in new}
    done(scheduler._update_schedule(name, {**kept, **said, "GroupName": group}), "Schedule")


def mend_letter_case() -> None:
    pin(provisioners._apigw_v2_stage_create, "3b67b090432f")
    pin(provisioners._apigw_v2_stage_update, "5a82245316ab")
    pin(provisioners._apigw_rest_api_create, "7c984880e447")
    pin(provisioners._apigw_rest_api_update, "9dee2ef4d951")
    translating("AWS::ApiGatewayV2::Stage", stage_in_camel_case)
    translating("AWS::ApiGateway::RestApi", with_camel_case("EndpointConfiguration"))


def with_camel_case(name: str) -> Translate:
    def translate(props: Props) -> Props:
        return {**props, name: camel(props[name])} if name in props else props

    return translate


def stage_in_camel_case(props: Props) -> Props:
    """Routes keep their names: only what is said of each is translated."""
    translated = with_camel_case("DefaultRouteSettings")(props)
    if "RouteSettings" not in props:
        return translated
    return {**translated, "RouteSettings": {key: camel(said) for key, said in props["RouteSettings"].items()}}


def camel(value: Any) -> Any:
    match value:
        case dict():
            return {key[:1].lower() + key[1:]: camel(one) for key, one in value.items()}
        case list():
            return [camel(one) for one in value]
    return value


def mend_generated_secrets() -> None:
    """`ExcludePunctuation` and its like are characters to leave out; only those that are listed were."""
    pin(provisioners._sm_secret_string, "35e09b8c3f3d")
    generate = provisioners._sm_secret_string

    @wraps(generate)
    def mended(props: Props) -> Any:
        said = props.get("GenerateSecretString")
        return generate({**props, "GenerateSecretString": with_excluded(said)} if said else props)

    provisioners._sm_secret_string = mended


def with_excluded(said: Props) -> Props:
    kinds = {
        "ExcludePunctuation": string.punctuation,
        "ExcludeNumbers": string.digits,
        "ExcludeUppercase": string.ascii_uppercase,
        "ExcludeLowercase": string.ascii_lowercase,
    }
    excluded = "".join(characters for name, characters in kinds.items() if _true(said.get(name)))
    return {**said, "ExcludeCharacters": said.get("ExcludeCharacters", "") + excluded}


# types that are refused


def register_archives() -> None:
    pin(eventbridge._create_archive, "e6dd5c7fb01e")
    pin(eventbridge._update_archive, "4c1dec7d1a4c")
    pin(eventbridge._delete_archive, "ee7c112d8157")
    register(
        "AWS::Events::Archive",
        create=create_archive,
        update=update_archive,
        delete=lambda name, _: eventbridge._delete_archive({"ArchiveName": name}),
        replacing=("ArchiveName", "SourceArn"),
    )


def create_archive(logical_id: str, props: Props, stack_name: str) -> tuple[str, Props]:
    name = props.get("ArchiveName") or provisioners._physical_name(stack_name, logical_id, max_len=48)
    made = done(eventbridge._create_archive({"ArchiveName": name, **_archive(props)}), "Archive")
    return name, {"Arn": made["ArchiveArn"], "ArchiveName": name}


def update_archive(name: str, _: Props, new: Props, __: str) -> tuple[str, Props]:
    made = done(eventbridge._update_archive({"ArchiveName": name, **_archive(new)}), "Archive")
    return name, {"Arn": made["ArchiveArn"], "ArchiveName": name}


def _archive(props: Props) -> Props:
    """The API's request; what the template leaves out is what a new archive has."""
    pattern = props.get("EventPattern")
    return {
        "EventSourceArn": props["SourceArn"],
        "Description": props.get("Description", ""),
        "EventPattern": json.dumps(pattern) if isinstance(pattern, dict) else pattern or "",
        "RetentionDays": int(props.get("RetentionDays", 0)),
        "KmsKeyIdentifier": props.get("KmsKeyIdentifier", ""),
    }


def mend_mail_domains() -> None:
    """The records that prove a domain are attributes of the identity; the emulator knows none."""
    create = HANDLERS["AWS::SES::EmailIdentity"]["create"]

    @wraps(create)
    def mended(logical_id: str, props: Props, stack_name: str) -> Any:
        identity, attributes = create(logical_id, props, stack_name)
        return identity, attributes | dkim_records(identity)

    HANDLERS["AWS::SES::EmailIdentity"]["create"] = mended


def dkim_records(domain: str) -> dict[str, str]:
    """Three of Easy DKIM, by number; their tokens are made from the domain."""
    tokens = {number: hashlib.sha256(f"{domain} {number}".encode()).hexdigest()[:32] for number in (1, 2, 3)}
    names = {f"DkimDNSTokenName{number}": f"{token}._domainkey.{domain}" for number, token in tokens.items()}
    return names | {f"DkimDNSTokenValue{number}": f"{token}.dkim.amazonses.com" for number, token in tokens.items()}
