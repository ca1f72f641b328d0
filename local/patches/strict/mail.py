"""SES: whoever hears of mails hears first that they will.

Trap: an SNS event destination is made in silence. On AWS making or changing one sends a line of plain text to the
topic, which is no event, and the queue behind it gets that as its first message.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from ministack.services import ses_v2, sns

from local.patches.guard import pin

NOTICE: Final = "Successfully validated SNS topic for Amazon SES event publishing."
SUBJECT: Final = "Amazon SES Email Event Notification"


def apply() -> None:
    pin(ses_v2._put_event_destination, "61d7142f88ab")
    pin(sns.publish_internal, "f979fc53e1eb")
    ses_v2._put_event_destination = _told(ses_v2._put_event_destination)


def _told(put: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(put)
    def mended(name: str, dest_name: str, definition: Any, *, create: bool) -> Any:
        refused = put(name, dest_name, definition, create=create)
        topic = ((definition or {}).get("SnsDestination") or {}).get("TopicArn")
        if refused is None and topic:
            sns.publish_internal(topic, NOTICE, SUBJECT)
        return refused

    return mended
