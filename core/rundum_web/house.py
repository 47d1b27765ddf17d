"""The house's furniture on one page, to be looked at in development."""

from litestar import Request, Response, get

from rundum_web.render import page


@get("/house", include_in_schema=False, opt={"public": True})
async def show_house(request: Request) -> Response:  # type: ignore[type-arg]
    return page(request, "house.html")
