"""What the mail catcher caught, to be read in development; never mounted elsewhere.

The wiring provides `mail_directory: Path`. Whoever reads here acts as anybody who got a mail, so
these pages belong on a developer's own machine only.
"""

import asyncio
import re
from email.message import EmailMessage, MIMEPart
from pathlib import Path
from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from markupsafe import Markup, escape

from rundum_core.errors import NotFound
from rundum_notifications.catcher import mails, read
from rundum_web.render import page

# the letter's own inline styles, no script, nothing fetched; its links open here
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; "
    "sandbox allow-top-navigation-by-user-activation allow-popups"
)
HEADERS = ("From", "To", "Reply-To", "Date", "Message-ID", "Delivered-To")

_LINK = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)]")


@get("/mails", include_in_schema=False, opt={"public": True})
async def show_mails(
    request: Request[Any, Any, Any], mail_directory: NamedDependency[Path]
) -> Response[str]:
    """The newest mails first."""
    caught = await asyncio.to_thread(mails, mail_directory)
    return page(request, "mail/caught.html", mails=caught)


@get("/mails/{name:str}", include_in_schema=False, opt={"public": True})
async def show_mail(
    request: Request[Any, Any, Any], mail_directory: NamedDependency[Path], name: FromPath[str]
) -> Response[str]:
    """One mail as text with its links, and what is attached."""
    mail = await _found(mail_directory, name)
    text = mail.get_body(("plain",))
    return page(
        request,
        "mail/caught_one.html",
        name=name,
        subject=str(mail["Subject"] or ""),
        head=[(header, str(mail[header])) for header in HEADERS if mail[header]],
        text=with_links(text.get_content() if text else ""),
        has_html=mail.get_body(("html",)) is not None,
        files=[_file_name(part, number) for number, part in enumerate(_files(mail))],
    )


@get("/mails/{name:str}/letter", include_in_schema=False, opt={"public": True})
async def show_letter(mail_directory: NamedDependency[Path], name: FromPath[str]) -> Response[str]:
    """The mail's HTML by itself, shut in by a policy of its own."""
    html = (await _found(mail_directory, name)).get_body(("html",))
    if html is None:
        raise NotFound
    return Response(
        html.get_content(),
        media_type=MediaType.HTML,
        headers={"content-security-policy": LETTER_POLICY},
    )


@get("/mails/{name:str}/files/{number:int}", include_in_schema=False, opt={"public": True})
async def load_file(
    mail_directory: NamedDependency[Path], name: FromPath[str], number: FromPath[int]
) -> Response[bytes]:
    """An attachment, to be saved."""
    files = _files(await _found(mail_directory, name))
    if not 0 <= number < len(files):
        raise NotFound
    content = files[number].get_content()
    return Response(
        content if isinstance(content, bytes) else str(content).encode(),
        media_type="application/octet-stream",
        headers={
            "content-disposition": f'attachment; filename="{_file_name(files[number], number)}"'
        },
    )


@get("/mails/{name:str}/source", include_in_schema=False, opt={"public": True})
async def show_source(mail_directory: NamedDependency[Path], name: FromPath[str]) -> Response[str]:
    """All of it, as it came over the line."""
    mail = await _found(mail_directory, name)
    return Response(mail.as_string(), media_type=MediaType.TEXT)


routes = [show_mails, show_mail, show_letter, load_file, show_source]


def with_links(text: str) -> Markup:
    """The text with its addresses to click on."""
    parts = []
    end = 0
    for link in _LINK.finditer(text):
        address = escape(link[0])
        parts += [
            escape(text[end : link.start()]),
            Markup('<a href="{0}">{0}</a>').format(address),
        ]
        end = link.end()
    return Markup("").join([*parts, escape(text[end:])])


async def _found(directory: Path, name: str) -> EmailMessage:
    mail = await asyncio.to_thread(read, directory, name)
    if mail is None:
        raise NotFound
    return mail


def _files(mail: EmailMessage) -> list[MIMEPart]:
    return list(mail.iter_attachments()) if mail.is_multipart() else []


def _file_name(part: MIMEPart, number: int) -> str:
    """What to save it as; a name of its own only if it is a harmless one."""
    given = part.get_filename() or ""
    return given if re.fullmatch(r"[\w-]+(\.[\w-]+)*", given, re.ASCII) else f"{number}.bin"
