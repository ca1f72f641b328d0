"""The channels that ring: SES for mail, SNS for pushes and SMS. Each takes a claimed delivery and answers ids."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from notifications import clients, links
from notifications.deliveries.domain import Delivery
from notifications.devices import service as device_service
from notifications.devices.domain import Device
from notifications.dispatch.mails import mail
from notifications.dispatch.sms import sms
from notifications.dispatch.store import Standing
from notifications.links import Unsubscription
from notifications.settings import ChannelSettings
from notifications.templates import words
from notifications.values import ChannelName, MessageKind
from stadion import clock
from stadion.channels import Fault, code_of, fault_of
from stadion.i18n import Language, Text
from stadion.settings import load

APP_LINK: Final = "stadion://"
MAX_LINES: Final = 10
_MORE: Final = Text(en="and {count} more in the app", ru="и ещё {count} в приложении")
GONE: Final = frozenset({"EndpointDisabled", "EndpointDisabledException", "NotFound", "NotFoundException"})
"""What SNS says of a device that is no more; anything else is the message's fault, or ours."""


class TryLaterError(Exception):
    """The provider does not take it now."""

    def __init__(self, reason: str, *, is_ours: bool = False) -> None:
        """`is_ours`: until we mend the channel, which takes longer than trouble of a provider."""
        super().__init__(reason)
        self.reason = reason
        self.is_ours = is_ours


class RefusedError(Exception):
    """The provider will never take it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def send_mail(delivery: Delivery, standing: Standing) -> list[str]:
    sender, address = load(ChannelSettings).mail_sender, standing.recipient.email
    if not sender or address is None:
        raise RefusedError("not_set_up")
    title, body, lines, language = _worded(delivery, standing)
    unsubscribe = _unsubscribe(delivery)
    written = mail(title, body, language, lines=lines, link=_link(delivery), unsubscribe=unsubscribe)
    headers = []
    if unsubscribe is not None:  # RFC 8058: one click in the mail program itself
        headers = [
            {"Name": "List-Unsubscribe", "Value": f"<{unsubscribe}>"},
            {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
        ]
    content: Any = {
        "Simple": {
            "Subject": {"Data": written.subject, "Charset": "UTF-8"},
            "Body": {
                "Text": {"Data": written.text, "Charset": "UTF-8"},
                "Html": {"Data": written.html, "Charset": "UTF-8"},
            },
            **({"Headers": headers} if headers else {}),
        }
    }
    configuration = load(ChannelSettings).mail_configuration
    more: dict[str, Any] = {"ConfigurationSetName": configuration} if configuration else {}
    answer = _called(
        lambda: clients.ses().send_email(
            FromEmailAddress=sender, Destination={"ToAddresses": [address]}, Content=content, **more
        )
    )
    return [str(answer["MessageId"])]


def send_sms(delivery: Delivery, standing: Standing) -> list[str]:
    phone = standing.recipient.proved_phone
    if phone is None:
        raise RefusedError("no_address")
    message = sms(delivery.message, standing.recipient.reader, way_out=_unsubscribe(delivery))
    kind = "Transactional" if delivery.kind is MessageKind.TRANSACTIONAL else "Promotional"
    answer = _called(
        lambda: clients.sns().publish(
            PhoneNumber=phone,
            Message=message,
            MessageAttributes={"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": kind}},
        )
    )
    return [str(answer["MessageId"])]


def send_push(delivery: Delivery, standing: Standing) -> list[str]:
    """To every device; one that took it is enough. Devices that are gone are forgotten."""
    title, body, _, _ = _worded(delivery, standing)
    payload = _payload(delivery, title, body)
    sent: list[str] = []
    refusal: Exception = RefusedError("no_device_left")
    for device in standing.devices:
        try:
            sent.append(_pushed(device, payload))
        except TryLaterError as error:
            refusal = error
        except RefusedError as error:
            if error.reason in GONE:
                claimed_at = delivery.log[-1].at
                device_service.forget_endpoint(delivery.message.user_id, device.endpoint, claimed_at)
            elif not isinstance(refusal, TryLaterError):
                refusal = error
    if not sent:
        raise refusal
    return sent


def _pushed(device: Device, payload: str) -> str:
    answer = _called(lambda: clients.sns().publish(TargetArn=device.endpoint, Message=payload, MessageStructure="json"))
    return str(answer["MessageId"])


def _payload(delivery: Delivery, title: str, body: str) -> str:
    about = {**delivery.message.about, "notification_id": delivery.message.notification_id}
    apple = {"aps": {"alert": {"title": title, "body": body}, "sound": "default"}, "about": about}
    google = {"fcmV1Message": {"message": {"notification": {"title": title, "body": body}, "data": about}}}
    return json.dumps(
        {
            "default": title,
            "APNS": json.dumps(apple, ensure_ascii=False),
            "APNS_SANDBOX": json.dumps(apple, ensure_ascii=False),
            "GCM": json.dumps(google, ensure_ascii=False),
        },
        ensure_ascii=False,
    )


def _worded(delivery: Delivery, standing: Standing) -> tuple[str, str, list[str], Language]:
    """Title, body, further lines, in the athlete's language."""
    reader = standing.recipient.reader
    language = reader.language
    if not delivery.parts:
        return *words(delivery.message.template, delivery.message.values, reader), [], language
    titles = [" ".join(words(part.template, part.values, reader)[0].split()) for part in delivery.parts]
    shown, more = titles[-MAX_LINES:], len(titles) - MAX_LINES
    values = {"count": len(titles), "titles": "; ".join(shown[:3])}
    lines = [*shown, *([_MORE.say(language, count=more)] if more > 0 else [])]
    return *words(delivery.message.template, values, reader), lines, language


def _link(delivery: Delivery) -> str | None:
    """Into the app: what a tap opens."""
    deeplink = delivery.message.about.get("deeplink")
    if deeplink is not None:
        return deeplink
    kind, value = next(iter(delivery.message.about.items()), (None, None))
    return f"{APP_LINK}{kind.removesuffix('_id')}/{value}" if kind is not None else None


def _unsubscribe(delivery: Delivery) -> str | None:
    if delivery.kind is MessageKind.TRANSACTIONAL:
        return None
    asked = Unsubscription(delivery.message.user_id, delivery.kind, delivery.channel)
    return links.unsubscribe_link(asked, clock.now())


def _called(call: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    try:
        return call()
    except (BotoCoreError, ClientError) as error:
        fault, reason = fault_of(error), code_of(error)
        if fault is Fault.MESSAGE:
            raise RefusedError(reason) from error
        raise TryLaterError(reason, is_ours=fault is Fault.SETUP) from error


PROVIDERS: Final[Mapping[ChannelName, Callable[[Delivery, Standing], list[str]]]] = {
    ChannelName.EMAIL: send_mail,
    ChannelName.SMS: send_sms,
    ChannelName.PUSH: send_push,
}
