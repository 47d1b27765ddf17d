"""The API's face of the desk: its tasks and its mail."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from msgspec import Struct

from rundum_desk import service
from rundum_desk.store import BoardTask, MailLine
from rundum_web.bodies import json_body
from rundum_web.fields import Checkbox
from rundum_web.forms import Form
from rundum_web.given import Db, Who


class Outcome(Struct, frozen=True, kw_only=True):
    """How a task ended; for a call whether somebody was reached."""

    reached: bool


OUTCOME = Form(Outcome, reached=Checkbox())


@get("/api/v1/tasks")
async def list_tasks(db: Db, actor: Who) -> list[BoardTask]:
    """Open tasks of the bearer's centre, by when they are due."""
    return (await service.board(db, actor)).tasks


@post("/api/v1/tasks/{id:uuid}/outcome", status_code=204, opt={"body": OUTCOME})
async def finish_task(
    request: Request[Any, Any, Any], db: Db, actor: Who, id: FromPath[UUID]
) -> Response[None]:
    """Done, or nobody was reached."""
    outcome = OUTCOME.parse_json(await json_body(request))
    await service.finish_task(db, actor, id, reached=outcome.reached)
    return Response(None, status_code=204)


@get("/api/v1/mail")
async def list_mail(db: Db, actor: Who) -> list[MailLine]:
    """Mails of the bearer's centre that wait or failed."""
    return await service.mail(db, actor)


routes: list[Any] = [list_tasks, finish_task, list_mail]
