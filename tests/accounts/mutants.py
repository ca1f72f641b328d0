"""The safeguards of accounts that are taken out, one at a time: `make mutants`."""

from typing import Final

from tests.mutants.engine import Mutant

HERE: Final = "tests/accounts/integration"
REGISTRATION: Final = f"{HERE}/test_registration.py"
BRAKES: Final = f"{HERE}/test_brakes.py"
SESSIONS: Final = f"{HERE}/test_sessions.py"
CONTACTS: Final = f"{HERE}/test_contacts.py"
MUTANTS: Final = (
    Mutant(
        "of two edits of one profile the last one wins",
        "accounts.store:revise_profile",
        "change.replace(PROFILES.seen(old), new, refused=StaleVersionError)",
        "change.put(PROFILES, new, new=False)",
        ("tests/accounts/integration",),
    ),
    Mutant(
        "a guess is tried however many there were",
        "accounts.brakes.store:count_up",
        "condition=is_less",
        "condition=None",
        (BRAKES,),
    ),
    Mutant(
        "a code that was mailed to nobody is good",
        "accounts.codes.service:issue",
        "code if is_sent else secrets.token_hex(32)",
        "code",
        (REGISTRATION,),
    ),
    Mutant("any code is right", "accounts.codes.service:take", "or not is_right ", "", (REGISTRATION, BRAKES)),
    Mutant(
        "a code outlives its time",
        "accounts.codes.service:take",
        "or not issued.lives(now)",
        "",
        (REGISTRATION,),
    ),
    Mutant(
        "a reset leaves the access tokens that are out",
        "accounts.sign_in.service:end_sessions",
        "standing.end_sessions(user_id, ended_at, change=change)",
        "pass",
        (SESSIONS,),
    ),
    Mutant(
        "a sign-in that began before the end is let off",
        "accounts.sign_in.service:_living",
        "if not standing.is_over(session.user_id, session.claims):",
        "if True:",
        (SESSIONS,),
    ),
    Mutant(
        "a reset code outlives the address that it went to",
        "accounts.sign_in.service:reset_password",
        "or holder is None or holder.user_id != about.user_id",
        "",
        (SESSIONS,),
    ),
    Mutant(
        "one purpose spends the mails of another",
        "accounts.brakes.service:ask_for_mail",
        'f"{what} {address}"',
        "address",
        (BRAKES,),
    ),
    Mutant(
        "a right password counts against the whole network",
        "accounts.brakes.service:Attempt.succeeded",
        "store.give_back(limit, subject, self.at)",
        "pass",
        (BRAKES,),
    ),
    Mutant(
        "a token is enough to move the address",
        "accounts.contacts.service:ask_new_email",
        "sign_in_service.show_password(profile, password, network=network, now=now)",
        "pass",
        (CONTACTS,),
    ),
    Mutant(
        "a number is on two accounts",
        "accounts.contacts.service:confirm_phone",
        "_lose(seen.value.user_id, number, now)",
        "pass",
        (CONTACTS,),
    ),
    Mutant(
        "a number that was never proved is told",
        "accounts.domain:Profile.contact",
        "self.phone if self.phone_verified else None",
        "self.phone",
        (CONTACTS,),
    ),
    Mutant(
        "a text that is not current is agreed to",
        "accounts.consents.service:put",
        "if granted and version != current[0].version:",
        "if False:",
        ("tests/accounts/consents/integration",),
    ),
    Mutant(
        "late news of an unlinking withdraw what was granted since",
        "accounts.consents.service:end_with_link",
        " or known.changed_at > unlinked_at",
        "",
        ("tests/accounts/consents/integration/test_consents.py",),
    ),
)
