"""What people and programs send to sign in: the same rules for pages and API."""

from uuid import UUID

import msgspec

from rundum_web.fields import Email, PublicId, Text
from rundum_web.forms import Form


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """Where a sign-in link is to be sent."""

    email: str


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """Who of those who share an address signs in."""

    person: UUID


class NewSession(msgspec.Struct, frozen=True, kw_only=True):
    """The token of a sign-in link, and who of those who share the address signs in."""

    token: str
    person: UUID | None


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """The centre to look at from now on."""

    centre: str


ADDRESS = Form(Address, texts="identity.sign_in", email=Email())
CHOSEN = Form(Chosen, texts="identity.link", person=PublicId(missing="identity.choose_person"))
NEW_SESSION = Form(
    NewSession, texts="identity.link", token=Text(max=64), person=PublicId(required=False)
)
DESTINATION = Form(Destination, texts="identity.centre", centre=Text(max=41))
