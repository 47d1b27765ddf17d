-- Runs, offers, slots of time, bookings and the approvals they wait for.

CREATE TABLE run (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    trigger     text NOT NULL CHECK (trigger IN ('schedule', 'demand', 'urgent')),
    state       text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'failed')),
    token       uuid NOT NULL,
    lease_until timestamptz NOT NULL,
    started_at  timestamptz NOT NULL,
    finished_at timestamptz,
    visits      integer,
    providers   integer,
    planned     integer,
    offered     integer,
    solve_ms    integer,
    certificate jsonb,
    prices      jsonb
);
CREATE UNIQUE INDEX run_one_running ON run ((true)) WHERE state = 'running';
CREATE INDEX run_recent ON run (started_at DESC);

CREATE TABLE run_visit (
    centre      bigint NOT NULL REFERENCES centre,
    run         bigint NOT NULL REFERENCES run ON DELETE CASCADE,
    visit       bigint NOT NULL REFERENCES visit,
    outcome     text NOT NULL CHECK (outcome IN ('filled', 'partial', 'unfilled')),
    eligible    integer NOT NULL,
    funnel      jsonb NOT NULL,
    candidates  jsonb NOT NULL CHECK (jsonb_array_length(candidates) <= 10),
    PRIMARY KEY (visit, run)
);
CREATE INDEX run_visit_run ON run_visit (run);

-- Time that a person has given away, for whatever centre. Nobody is in two places: I1.
CREATE TABLE slot (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person      bigint NOT NULL REFERENCES person,
    during      tstzrange NOT NULL CONSTRAINT slot_half_open
        CHECK (lower_inc(during) AND NOT upper_inc(during) AND NOT upper_inf(during)),
    kind        text NOT NULL CHECK (kind IN ('desk_hold', 'offer', 'booking', 'external')),
    start_place bigint REFERENCES place,
    end_place   bigint REFERENCES place,
    expires_at  timestamptz,
    live        boolean NOT NULL DEFAULT true,
    CONSTRAINT slot_no_overlap EXCLUDE USING gist
        (int8range(person, person, '[]') WITH &&, during WITH &&) WHERE (live)
);
CREATE INDEX slot_person ON slot (person, lower(during)) WHERE live;

CREATE TABLE offer (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id   uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    centre      bigint NOT NULL REFERENCES centre,
    request     bigint NOT NULL REFERENCES care_request,
    person      bigint NOT NULL REFERENCES provider,
    run         bigint REFERENCES run,
    state       text NOT NULL CHECK (state IN
        ('proposed', 'pending', 'accepted', 'declined', 'expired', 'withdrawn')),
    parallel    boolean NOT NULL DEFAULT false,
    request_version integer NOT NULL,
    rate        integer,
    way_minutes smallint NOT NULL,
    distance_km real NOT NULL,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    answered_at timestamptz
);
CREATE INDEX offer_request ON offer (request);
CREATE INDEX offer_person ON offer (person, state);
CREATE INDEX offer_expiry ON offer (expires_at) WHERE state IN ('proposed', 'pending');

CREATE TABLE offer_seat (
    centre      bigint NOT NULL REFERENCES centre,
    offer       bigint NOT NULL REFERENCES offer,
    seat        bigint NOT NULL REFERENCES seat,
    lane        smallint NOT NULL CHECK (lane >= 1),
    live        boolean NOT NULL DEFAULT true,
    slot        bigint UNIQUE REFERENCES slot,
    PRIMARY KEY (offer, seat)
);
CREATE UNIQUE INDEX offer_seat_lane ON offer_seat (seat, lane) WHERE live;

CREATE TABLE booking (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id   uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    centre      bigint NOT NULL REFERENCES centre,
    seat        bigint NOT NULL REFERENCES seat,
    during      tstzrange NOT NULL,
    person      bigint NOT NULL REFERENCES provider,
    slot        bigint NOT NULL CONSTRAINT booking_slot UNIQUE REFERENCES slot,
    offer       bigint REFERENCES offer,
    origin      text NOT NULL CHECK (origin IN ('matched', 'phone', 'self_arranged')),
    state       text NOT NULL CHECK (state IN
        ('provisional', 'confirmed', 'completed', 'no_show', 'cancelled', 'released')),
    live        boolean NOT NULL GENERATED ALWAYS AS
        (state IN ('provisional', 'confirmed', 'completed', 'no_show')) STORED,
    rate        integer,
    way_minutes smallint NOT NULL,
    ical_uid    text NOT NULL UNIQUE,
    ical_sequence integer NOT NULL DEFAULT 0,
    created_at  timestamptz NOT NULL,
    confirmed_at timestamptz,
    ended_at    timestamptz,
    cancelled_by text CHECK (cancelled_by IN ('client', 'provider', 'guardian', 'desk')),
    reason      text,
    late        boolean NOT NULL DEFAULT false,
    -- the seat while it is hers: an ended booking keeps its times when the visit is moved later
    seat_held   bigint GENERATED ALWAYS AS (CASE WHEN
        state IN ('provisional', 'confirmed', 'completed', 'no_show') THEN seat END) STORED,
    CONSTRAINT booking_seat_times FOREIGN KEY (seat_held, during) REFERENCES seat (id, during)
        DEFERRABLE INITIALLY DEFERRED
);
CREATE UNIQUE INDEX booking_seat_once ON booking (seat) WHERE live;
CREATE INDEX booking_person ON booking (person, state);
CREATE INDEX booking_end ON booking (upper(during)) WHERE state = 'confirmed';

-- A booking is firm when no approval of it is open.
CREATE TABLE approval (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    centre      bigint NOT NULL REFERENCES centre,
    booking     bigint NOT NULL REFERENCES booking,
    by          text NOT NULL CHECK (by IN ('client', 'guardian', 'desk', 'group')),
    deadline    timestamptz NOT NULL,
    given_at    timestamptz,
    refused_at  timestamptz,
    decided_by  bigint REFERENCES person,
    CONSTRAINT approval_once UNIQUE (booking, by),
    CONSTRAINT approval_one_answer CHECK (given_at IS NULL OR refused_at IS NULL)
);
CREATE INDEX approval_open ON approval (deadline) WHERE given_at IS NULL AND refused_at IS NULL;
