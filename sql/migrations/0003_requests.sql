-- What is asked for: requests, their dated visits, and the seats of a visit.

CREATE TABLE care_request (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id   uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    centre      bigint NOT NULL REFERENCES centre,
    client      bigint NOT NULL REFERENCES client,
    asked_by    bigint NOT NULL REFERENCES person,
    channel     text NOT NULL CHECK (channel IN ('web', 'phone', 'email', 'api')),
    service     text NOT NULL CHECK (service IN ('childcare', 'event', 'household', 'companionship')),
    state       text NOT NULL CHECK (state IN ('unconfirmed', 'open', 'closed', 'cancelled', 'expired')),
    policy      text NOT NULL DEFAULT 'all' CHECK (policy IN ('all', 'core')),
    approval    text NOT NULL DEFAULT 'ask' CHECK (approval IN ('book', 'ask', 'meet')),
    payer       text NOT NULL DEFAULT 'self' CHECK (payer IN
        ('self', 'employer', 'club', 'municipality', 'health_insurer', 'youth_office', 'project')),
    payer_reference text NOT NULL DEFAULT '' CHECK (length(payer_reference) <= 80),
    rate        integer CHECK (rate BETWEEN 0 AND 20000),
    priority    text NOT NULL DEFAULT 'normal' CHECK (priority IN ('normal', 'high', 'urgent')),
    flexible_before smallint NOT NULL DEFAULT 0 CHECK (flexible_before BETWEEN 0 AND 240),
    flexible_after smallint NOT NULL DEFAULT 0 CHECK (flexible_after BETWEEN 0 AND 240),
    tags        text[] NOT NULL DEFAULT '{}',
    tasks       text[] NOT NULL DEFAULT '{}',
    note        text NOT NULL DEFAULT '' CHECK (length(note) <= 2000),
    answer_by   timestamptz NOT NULL,
    answered_at timestamptz,
    created_at  timestamptz NOT NULL,
    version     integer NOT NULL DEFAULT 1
);
CREATE INDEX care_request_centre ON care_request (centre, state, created_at DESC, id DESC);
CREATE INDEX care_request_client ON care_request (client, created_at DESC, id DESC);
CREATE INDEX care_request_unconfirmed ON care_request (created_at) WHERE state = 'unconfirmed';
CREATE INDEX care_request_answer ON care_request (answer_by) WHERE state = 'open' AND answered_at IS NULL;

CREATE TABLE request_need (
    centre      bigint NOT NULL REFERENCES centre,
    request     bigint NOT NULL REFERENCES care_request,
    key         text NOT NULL CHECK (key ~ '^[a-z][a-z0-9_]*(:[a-z0-9_-]+)?$'),
    must        boolean NOT NULL,
    PRIMARY KEY (request, key)
);

CREATE TABLE request_child (
    centre      bigint NOT NULL REFERENCES centre,
    request     bigint NOT NULL REFERENCES care_request,
    band        text NOT NULL CHECK (band IN ('0-1', '2-3', '4-6', '7-10', '11-13', '14-17')),
    count       smallint NOT NULL CHECK (count BETWEEN 1 AND 500),
    PRIMARY KEY (request, band)
);

CREATE TABLE request_provider (
    centre      bigint NOT NULL REFERENCES centre,
    request     bigint NOT NULL REFERENCES care_request,
    person      bigint NOT NULL REFERENCES provider,
    kind        text NOT NULL CHECK (kind IN ('preferred', 'excluded', 'declined', 'not_again')),
    PRIMARY KEY (request, person)
);

-- One dated occurrence. `wished_at` is the start the family named; `during` may be moved within
-- the request's flexibility while nobody is asked.
CREATE TABLE visit (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id   uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    centre      bigint NOT NULL REFERENCES centre,
    request     bigint NOT NULL REFERENCES care_request,
    kind        text NOT NULL DEFAULT 'care' CHECK (kind IN ('care', 'meeting')),
    ordinal     integer NOT NULL,
    date        date NOT NULL,
    wished_at   timestamptz NOT NULL,
    during      tstzrange NOT NULL,
    start_place bigint NOT NULL REFERENCES place,
    start_street text NOT NULL CHECK (length(start_street) <= 120),
    end_place   bigint NOT NULL REFERENCES place,
    end_street  text NOT NULL CHECK (length(end_street) <= 120),
    ical_sequence integer NOT NULL DEFAULT 0,
    CONSTRAINT visit_ordinal UNIQUE (request, ordinal),
    CONSTRAINT visit_bounded CHECK (upper(during) - lower(during) <= interval '36 hours'),
    -- not empty, bounded on both sides, and the end belongs to what follows
    CONSTRAINT visit_half_open CHECK (lower_inc(during) AND NOT upper_inc(during) AND NOT upper_inf(during)),
    CONSTRAINT visit_on_its_day CHECK (date = (lower(during) AT TIME ZONE 'Europe/Berlin')::date)
);
CREATE INDEX visit_date ON visit (centre, date);
CREATE INDEX visit_begin ON visit (lower(during));
CREATE INDEX visit_end ON visit (upper(during));

CREATE TABLE seat (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    centre      bigint NOT NULL REFERENCES centre,
    visit       bigint NOT NULL REFERENCES visit,
    position    smallint NOT NULL,
    role        text NOT NULL DEFAULT 'normal' CHECK (role IN ('lead', 'normal', 'extra', 'reserve')),
    required    boolean NOT NULL DEFAULT true,
    during      tstzrange NOT NULL CONSTRAINT seat_half_open
        CHECK (lower_inc(during) AND NOT upper_inc(during) AND NOT upper_inf(during)),
    lanes       smallint NOT NULL DEFAULT 1 CHECK (lanes BETWEEN 1 AND 5),
    state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'dropped')),
    CONSTRAINT seat_position UNIQUE (visit, position),
    CONSTRAINT seat_during UNIQUE (id, during)
);
