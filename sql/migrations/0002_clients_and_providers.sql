-- Who asks for care, and who helps.

CREATE TABLE client (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id   uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    centre      bigint NOT NULL REFERENCES centre,
    kind        text NOT NULL CHECK (kind IN ('household', 'club', 'municipality', 'company')),
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    place       bigint NOT NULL REFERENCES place,
    street      text NOT NULL CHECK (length(street) <= 120),
    tags        text[] NOT NULL DEFAULT '{}',
    status      text NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'known', 'blocked')),
    note        text NOT NULL DEFAULT '' CHECK (length(note) <= 2000),
    created_at  timestamptz NOT NULL
);
CREATE INDEX client_centre ON client (centre, name);

CREATE TABLE client_contact (
    centre      bigint NOT NULL REFERENCES centre,
    client      bigint NOT NULL REFERENCES client,
    person      bigint NOT NULL REFERENCES person,
    PRIMARY KEY (client, person)
);
CREATE INDEX client_contact_person ON client_contact (person);

CREATE TABLE provider (
    person      bigint PRIMARY KEY REFERENCES person,
    public_id   uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    centre      bigint NOT NULL REFERENCES centre,
    status      text NOT NULL DEFAULT 'applicant' CHECK (status IN
        ('applicant', 'in_check', 'active', 'paused', 'suspended', 'left', 'rejected')),
    engagement  text NOT NULL CHECK (engagement IN
        ('minijob', 'volunteer', 'staff', 'self_employed', 'favour')),
    place       bigint NOT NULL REFERENCES place,
    street      text NOT NULL CHECK (length(street) <= 120),
    transport   text NOT NULL REFERENCES transport,
    radius_km   smallint NOT NULL CHECK (radius_km BETWEEN 1 AND 200),
    last_way_home time,
    hours_week  smallint NOT NULL CHECK (hours_week BETWEEN 1 AND 60),
    lowest_rate integer CHECK (lowest_rate BETWEEN 0 AND 20000),
    schooling_until date,
    attends_school boolean NOT NULL DEFAULT false,
    refuses     text[] NOT NULL DEFAULT '{}',
    about       text NOT NULL DEFAULT '' CHECK (length(about) <= 2000),
    created_at  timestamptz NOT NULL,
    version     integer NOT NULL DEFAULT 1
);
CREATE INDEX provider_centre ON provider (centre, status);

-- What somebody can: service:childcare, band:0-1, lang:en, infant_experience, driving_licence …
CREATE TABLE provider_skill (
    centre      bigint NOT NULL REFERENCES centre,
    person      bigint NOT NULL REFERENCES provider,
    key         text NOT NULL CHECK (key ~ '^[a-z][a-z0-9_]*(:[a-z0-9_-]+)?$'),
    PRIMARY KEY (person, key)
);

-- What somebody has shown, and until when it holds. Never a copy, never more than this.
CREATE TABLE credential (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id   uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    centre      bigint NOT NULL REFERENCES centre,
    person      bigint NOT NULL REFERENCES provider,
    kind        text NOT NULL CHECK (kind IN ('certificate', 'first_aid', 'course', 'health')),
    seen_on     date NOT NULL,
    seen_by     bigint NOT NULL REFERENCES person,
    valid_until date,
    CONSTRAINT credential_in_order CHECK (valid_until >= seen_on)
);
CREATE INDEX credential_person ON credential (person, kind);

CREATE TABLE availability (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    centre      bigint NOT NULL REFERENCES centre,
    person      bigint NOT NULL REFERENCES provider,
    weekday     smallint NOT NULL CHECK (weekday BETWEEN 0 AND 6),
    wall_from   time NOT NULL,
    wall_to     time NOT NULL,
    every_n_weeks smallint NOT NULL DEFAULT 1 CHECK (every_n_weeks BETWEEN 1 AND 8),
    week_offset smallint NOT NULL DEFAULT 0,
    valid_from  date,
    valid_until date,
    on_holidays boolean NOT NULL DEFAULT true,
    CONSTRAINT availability_week CHECK (week_offset >= 0 AND week_offset < every_n_weeks),
    CONSTRAINT availability_in_order CHECK (valid_until >= valid_from)
);
CREATE INDEX availability_person ON availability (person);

CREATE TABLE availability_exception (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id   uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    centre      bigint NOT NULL REFERENCES centre,
    person      bigint NOT NULL REFERENCES provider,
    during      tstzrange NOT NULL CONSTRAINT availability_exception_half_open
        CHECK (lower_inc(during) AND NOT upper_inc(during) AND NOT upper_inf(during)),
    kind        text NOT NULL CHECK (kind IN ('free', 'blocked'))
);
CREATE INDEX availability_exception_person ON availability_exception (person, upper(during));

CREATE TABLE pair_rule (
    centre      bigint NOT NULL REFERENCES centre,
    client      bigint NOT NULL REFERENCES client,
    person      bigint NOT NULL REFERENCES provider,
    kind        text NOT NULL CHECK (kind IN ('preferred', 'excluded', 'blocked')),
    set_by      text NOT NULL CHECK (set_by IN ('client', 'provider', 'desk')),
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (client, person, set_by)
);
CREATE INDEX pair_rule_person ON pair_rule (person);
