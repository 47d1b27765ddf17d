"""The furniture of every page and every API answer. How a page is made, whole::

    # rundum_requests/pages.py   (no `from __future__ import annotations` in files of handlers)
    NEW_REQUEST = Form(                       # every field of the struct, by the same name
        NewCareRequest,
        texts="requests.form",                # requests.form.email.label, …email.hint (optional)
        service=Choice(Service, words="word.service"),
        during=Period(),                      # inputs during.date, during.from, during.to → Span
        children=Rows(Form(NewChild, texts="requests.child",
                           band=Choice(Band, words="word.band"), count=Integer(ge=1, le=12))),
        place=Place(max=80),
        email=Email(required=False),          # an optional field that was left empty is None
        note=Text(max=2000, required=False, lines=True),            # … and an optional text ''
    )

    @get("/requests/new")
    async def new_request(request: Request) -> Response:
        return page(request, "requests/new.html", form=NEW_REQUEST.blank())

    @post("/requests")
    async def submit_request(request: Request, db: Db) -> Response:
        sent = await form_body(request)
        if changes_rows(sent):                # "one child more", without JavaScript
            return page(request, "requests/new.html", form=NEW_REQUEST.filled(sent))
        try:
            new = NEW_REQUEST.parse(sent, rules.not_in_the_past(db.clock()))
            made = await service.submit(db, actor, new, key=form_key(sent))
        except Invalid as invalid:            # of the form or of the service: the same page again
            form = NEW_REQUEST.filled(sent, invalid)
            return page(request, "requests/new.html", status=422, form=form)
        return see_other(f"/requests/{made.public_id}")

    # rundum_requests/api.py: the same form, the same rules, the same sentences
    new = NEW_REQUEST.parse_json(await json_body(request), rules.not_in_the_past(db.clock()))

    {# rundum_requests/templates/requests/new.html; `ui` and `t` are simply there #}
    {% extends "family.html" %}
    {% block title %}{{ t("requests.new.title") }}{% endblock %}
    {% block back %}{{ ui.back("/") }}{% endblock %}
    {% block main %}
    {{ ui.errors(form) }}
    <h1>{{ t("requests.new.title") }}</h1>
    {% call ui.form(form, "/requests") %}
      {{ ui.field(form.service) }} {{ ui.field(form.during) }}
      {% call(row) ui.rows(form.children) %}
        {{ ui.field(row.band) }} {{ ui.field(row.count) }}
      {% endcall %}
      {{ ui.field(form.place) }} {{ ui.field(form.email) }} {{ ui.field(form.note) }}
      {{ ui.button(t("requests.new.submit"), "accent") }}
    {% endcall %}
    {% endblock %}

A rule over several fields (a check) takes the readable values and yields errors::

    def not_in_the_past(now):
        def check(values):
            if "during" in values and values["during"].start < now:
                yield FieldError("during.date", "requests.in_the_past")
        return check

Everything else raises: NotFound, Forbidden, Conflict, Unavailable become a page or problem+json in
`problems`; a Conflict's sentence stands in a catalogue under its key. Texts live in
`<package>/locale/{de,en}.po`, templates in `<package>/templates/<domain>/`, static files in
`<package>/static/<domain>/`. All macros with what they take: templates/macros.html, to be looked
at in development under /house. A handler's path and query parameters are declared as
`id: FromPath[str]` and `day: FromQuery[str | None] = None` (litestar.params), what rundum_app gives
it as `db: Db`, `actor: Who`, `t: Speech` (rundum_web.given): Litestar warns of unmarked ones.
"""
