"""What people and programs send to sign in: the same rules for pages and API."""

from datetime import date
from uuid import UUID

import msgspec

from rundum_identity.invitations import NewInvitation
from rundum_identity.keys import NewKey
from rundum_identity.proofs import Credentials, NewPassword
from rundum_identity.rights import SCOPES
from rundum_web.fields import Choice, Choices, Day, Email, Password, PublicId, Text
from rundum_web.forms import Form


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """Where a sign-in link is to be sent."""

    email: str


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """Who of those who share an address signs in."""

    person: UUID


class TypedCode(msgspec.Struct, frozen=True, kw_only=True):
    """The code from the letter, and who of those who share the address signs in."""

    code: str
    person: UUID | None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What an authenticator said to a page, as JSON."""

    answer: str


class NewSession(msgspec.Struct, frozen=True, kw_only=True):
    """The token of a sign-in link, and who of those who share the address signs in."""

    token: str
    person: UUID | None


class Leaving(msgspec.Struct, frozen=True, kw_only=True):
    """To whom the open tasks go of somebody who leaves; None: back to all."""

    successor: UUID | None


class Absence(msgspec.Struct, frozen=True, kw_only=True):
    """Who stands in for somebody, up to and including a day."""

    deputy: UUID
    until: date


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """The centre to look at from now on."""

    centre: str


ADDRESS = Form(Address, texts="identity.sign_in", email=Email())
CHOSEN = Form(Chosen, texts="identity.link", person=PublicId(missing="identity.choose_person"))
TYPED_CODE = Form(
    TypedCode,
    texts="identity.typed",
    code=Text(max=20, autocomplete="one-time-code", inputmode="numeric"),
    person=PublicId(required=False),
)
CREDENTIALS = Form(
    Credentials,
    texts="identity.staff_in",
    email=Email(autocomplete="username"),
    password=Password(max=128, autocomplete="current-password"),
    code=Text(max=20, autocomplete="one-time-code"),
)
NEW_PASSWORD = Form(
    NewPassword,
    texts="identity.new_password",
    password=Password(max=128, autocomplete="new-password"),
    secret=Text(max=32, autocomplete="off"),
    code=Text(max=10, autocomplete="off", inputmode="numeric"),
)
ANSWER = Form(Answer, answer=Text(max=20_000, missing="identity.passkey.refused"))
INVITATION = Form(
    NewInvitation,
    texts="identity.invite",
    name=Text(max=120),
    email=Email(autocomplete="off"),
    role=Choice(("desk", "administrator"), words="identity.role"),
)
LEAVING = Form(Leaving, texts="identity.leaving", successor=PublicId(required=False))
KEY = Form(
    NewKey,
    texts="identity.key",
    name=Text(max=80, autocomplete="off"),
    scopes=Choices(SCOPES, words="identity.scope", least=1),
    until=Day(),
)
ABSENCE = Form(Absence, texts="identity.absence", deputy=PublicId(), until=Day())
NEW_SESSION = Form(
    NewSession, texts="identity.link", token=Text(max=64), person=PublicId(required=False)
)
DESTINATION = Form(Destination, texts="identity.centre", centre=Text(max=41))
