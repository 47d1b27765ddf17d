"""The page for card indexes: a file is tried, what it would do is read, and then confirmed."""

import base64
import binascii
from http import HTTPStatus
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.exceptions import ClientException
from litestar.params import FromQuery
from msgspec import Struct

from rundum_core.errors import NotFound
from rundum_desk.card_index import service
from rundum_desk.card_index.headings import TABLES, Table
from rundum_desk.card_index.report import OUTCOMES, Report
from rundum_desk.card_index.service import FORMATS
from rundum_desk.card_index.tables import MOST_BYTES, Unreadable
from rundum_identity.authentication import require_proof
from rundum_identity.rights import allow
from rundum_web.bodies import form_body
from rundum_web.field import first
from rundum_web.fields import Checkbox, Choice
from rundum_web.forms import Form
from rundum_web.given import Db, Speech, Who
from rundum_web.render import page, see_other

AnyRequest = Request[Any, Any, Any]
PAGE = "/desk/card-index"
# a file, and around it what makes it a form
MOST_UPLOADED = MOST_BYTES + 16 * 1024
# the same file again in base64, whose signs are escaped in a form's body
MOST_CONFIRMED = MOST_BYTES * 3 // 2 + 64 * 1024
MOST_ROWS = 500
MOST_SHOWN = 300
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Upload(Struct, frozen=True, kw_only=True):
    """What is said about a file."""

    table: Table
    consent: bool


UPLOAD = Form(
    Upload,
    texts="card_index.form",
    table=Choice(TABLES, words="card_index.table", missing="card_index.form.table_missing"),
    consent=Checkbox(),
)


@get(PAGE, include_in_schema=False)
async def show_card_index(
    request: AnyRequest,
    db: Db,
    actor: Who,
    table: FromQuery[str | None] = None,
    new: FromQuery[int] = 0,
    changed: FromQuery[int] = 0,
) -> Response[str]:
    """Where a file is chosen, and where the tables are taken along."""
    allow(actor, "card_index.import")
    require_proof(request, actor, db.clock())
    done = {"table": table, "new": new, "changed": changed} if table in TABLES else None
    return _asked(request, UPLOAD.blank(), done=done)


@post(
    f"{PAGE}/trials", status_code=200, include_in_schema=False, request_max_body_size=MOST_UPLOADED
)
async def try_file(request: AnyRequest, db: Db, actor: Who) -> Response[str]:
    """What the file would do, row by row; nothing is done yet."""
    allow(actor, "card_index.import")
    sent, content = await _uploaded(request)
    form = UPLOAD.read(sent)
    if form.errors or not content:
        key = form.errors[0].key if form.errors else "card_index.file.missing"
        return _asked(request, UPLOAD.filled(sent), Unreadable(key))
    new = form.value()
    try:
        report = await service.try_out(
            db, actor, new.table, content, consent_on_file=new.consent, most=MOST_ROWS
        )
    except Unreadable as unreadable:
        return _asked(request, UPLOAD.filled(sent), unreadable)
    return _told(request, report, content, new.consent)


@post(
    f"{PAGE}/imports",
    status_code=303,
    include_in_schema=False,
    request_max_body_size=MOST_CONFIRMED,
)
async def import_file(request: AnyRequest, db: Db, actor: Who) -> Response[Any]:
    """Do what was shown; what would be something else by now is shown anew."""
    allow(actor, "card_index.import")
    require_proof(request, actor, db.clock())
    sent = await form_body(request, most=MOST_CONFIRMED)
    new = UPLOAD.parse(sent)
    try:
        content = base64.b64decode(first(sent, "file"), validate=True)
        report = await service.apply(
            db,
            actor,
            new.table,
            content,
            consent_on_file=new.consent,
            shown=first(sent, "shown"),
            most=MOST_ROWS,
        )
    except (binascii.Error, ValueError):
        raise ClientException(detail="file") from None
    except Unreadable as unreadable:
        return _asked(request, UPLOAD.filled(sent), unreadable)
    if not report.applied:
        return _told(request, report, content, new.consent, moved_on=True)
    counts = f"new={report.count('new')}&changed={report.count('changed')}"
    return see_other(f"{PAGE}?table={new.table}&{counts}")


@get(f"{PAGE}/file", include_in_schema=False)
async def take_along(
    request: AnyRequest,
    db: Db,
    actor: Who,
    t: Speech,
    table: FromQuery[str] = "",
    format: FromQuery[str] = "",
) -> Response[bytes]:
    """A table as a file, for who has shown a short while ago that it is she."""
    allow(actor, "card_index.export")
    require_proof(request, actor, db.clock())
    if table not in TABLES or format not in FORMATS:
        raise NotFound
    content = await service.export(db, actor, table, format, t.locale)
    return Response(
        content,
        media_type=TYPES[format],
        headers={"content-disposition": f'attachment; filename="rundum-{table}.{format}"'},
    )


async def _uploaded(request: AnyRequest) -> tuple[dict[str, list[str]], bytes]:
    """Fields and file of a multipart form. What kind of file it is, its bytes tell."""
    if request.content_type[0] != "multipart/form-data":
        raise ClientException(status_code=415, detail="multipart/form-data")
    form = await request.form()
    sent = {name: [value] for name, value in form.multi_items() if isinstance(value, str)}
    file = form.get("file")
    return sent, await file.read() if isinstance(file, UploadFile) else b""


def _asked(
    request: AnyRequest, form: Any, unreadable: Unreadable | None = None, *, done: Any = None
) -> Response[str]:
    return page(
        request,
        "desk/card_index.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if unreadable else HTTPStatus.OK,
        form=form,
        unreadable=unreadable,
        done=done,
        tables=TABLES,
        formats=FORMATS,
    )


def _told(
    request: AnyRequest, report: Report, content: bytes, consent: bool, *, moved_on: bool = False
) -> Response[str]:
    """The report; what changes nothing is counted only, and of the rest the first hundreds shown,
    mistakes before all others."""
    rows = [row for row in report.rows if row.outcome != "unchanged" or row.notes]
    rows.sort(key=lambda row: OUTCOMES.index(row.outcome))
    return page(
        request,
        "desk/card_index_report.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if report.has_mistakes else HTTPStatus.OK,
        report=report,
        outcomes=OUTCOMES,
        rows=rows[:MOST_SHOWN],
        hidden=len(rows) - len(rows[:MOST_SHOWN]),
        file=base64.b64encode(content).decode(),
        consent=consent,
        moved_on=moved_on,
    )


routes = [show_card_index, try_file, import_file, take_along]
