"""The port to SES and SNS: letters and text messages leave at once, and not by the bus, whose archive keeps events."""

from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from accounts.letters.domain import TEXT_MESSAGE, Letter
from accounts.letters.errors import NotSentError
from accounts.settings import SignInSettings
from stadion.channels import fault_of
from stadion.clients import SLOW, Client
from stadion.i18n import Language
from stadion.observability import count, log
from stadion.settings import load

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient

NOBODY: Final = "success@simulator.amazonses.com"
"""SES's own: a mail that nobody gets, and that takes as long as any other."""


def send(address: str, letter: Letter) -> None:
    """`NotSentError` when SES does not take it."""
    try:
        _send(address, letter)
    except (ClientError, BotoCoreError) as error:
        count("LettersFailed")
        fault_of(error)  # counts what is ours to mend; to who waits it is the same
        raise NotSentError from error


def tell(address: str, letter: Letter) -> None:
    """What happened already, which a mail that is not sent does not undo."""
    try:
        send(address, letter)
    except NotSentError as error:
        log("letter not sent", reason=type(error.__cause__).__name__)


def text(number: str, code: str, language: Language) -> None:
    """`NotSentError` when SNS does not take it."""
    attributes: Any = {"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}}
    try:
        sns().publish(PhoneNumber=number, Message=TEXT_MESSAGE.say(language, code=code), MessageAttributes=attributes)
    except (ClientError, BotoCoreError) as error:
        count("TextsFailed")
        fault_of(error)
        raise NotSentError from error
    count("TextsSent")


def _send(address: str, letter: Letter) -> None:
    known = load(SignInSettings)
    content: Any = {
        "Simple": {
            "Subject": {"Data": letter.subject, "Charset": "UTF-8"},
            "Body": {
                "Text": {"Data": letter.text, "Charset": "UTF-8"},
                "Html": {"Data": letter.html, "Charset": "UTF-8"},
            },
            "Headers": [{"Name": "Auto-Submitted", "Value": "auto-generated"}],  # RFC 3834: answered by no machine
        }
    }
    more: dict[str, Any] = {"ConfigurationSetName": known.mail_configuration} if known.mail_configuration else {}
    ses().send_email(
        FromEmailAddress=known.mail_sender, Destination={"ToAddresses": [address]}, Content=content, **more
    )


sns: "Client[SNSClient]" = Client("sns", patience=SLOW)


ses: "Client[SESV2Client]" = Client("sesv2", patience=SLOW)
