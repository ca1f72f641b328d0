"""A mail as plain text: what stands in lines is read in lines."""

from notifications.dispatch.mails import mail
from stadion.i18n import Language


def test_a_plain_mail_has_its_lines() -> None:
    made = mail(
        "Three things", "Since yesterday:\nthree.", Language.EN,
        lines=["one & all", "two", "three"], link="https://store.example/?a=1&b=2", unsubscribe="https://stadion.test/u",
    )  # fmt: skip
    assert made.text.splitlines() == [
        "Three things", "", "Since yesterday:", "three.", "", "- one & all", "- two", "- three", "",
        "Open in Stadion: https://store.example/?a=1&b=2", "", "--",
        "You get this mail because you have a Stadion account.", "Unsubscribe: https://stadion.test/u",
    ]  # fmt: skip
    assert "Since yesterday:\nthree." in made.html
    assert "white-space:pre-line" in made.html


def test_what_a_mail_does_not_have_leaves_no_gap() -> None:
    made = mail("Hello", "Welcome.", Language.RU, lines=[], link=None, unsubscribe=None)
    assert made.text == ("Hello\n\nWelcome.\n\n--\nВы получили это письмо, потому что у вас есть аккаунт Stadion.\n")
