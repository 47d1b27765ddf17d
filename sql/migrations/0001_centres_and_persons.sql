-- Centres, places, persons and what hangs on a person whatever role she has.
-- Primary keys are bigint identities; what leaves the house is public_id.

CREATE TABLE place (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    postal_code text NOT NULL CONSTRAINT place_postal_code CHECK (postal_code ~ '^[0-9]{5}$'),
    name        text NOT NULL CHECK (name <> ''),
    municipality text NOT NULL,
    district    text NOT NULL,
    state       text NOT NULL,
    lat         double precision NOT NULL CHECK (lat BETWEEN -90 AND 90),
    lon         double precision NOT NULL CHECK (lon BETWEEN -180 AND 180),
    search_key  text NOT NULL,
    CONSTRAINT place_once UNIQUE (postal_code, name)
);
CREATE INDEX place_search ON place (search_key text_pattern_ops);

-- Means of transport: great circle times detour at a speed, plus minutes for door and parking.
CREATE TABLE transport (
    key         text PRIMARY KEY,
    km_per_hour double precision NOT NULL CHECK (km_per_hour > 0),
    detour      double precision NOT NULL CHECK (detour >= 1),
    overhead    smallint NOT NULL CHECK (overhead >= 1)
);
INSERT INTO transport (key, km_per_hour, detour, overhead) VALUES
    ('car', 50, 1.3, 5), ('bike', 14, 1.25, 3), ('bus', 22, 1.5, 15),
    ('foot', 4.5, 1.2, 1), ('fetched', 45, 1.3, 10);

CREATE TABLE centre (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug        text NOT NULL UNIQUE CHECK (slug ~ '^[a-z][a-z0-9-]{1,40}$'),
    name        text NOT NULL CHECK (name <> ''),
    street      text NOT NULL DEFAULT '',
    place       bigint NOT NULL REFERENCES place,
    phone       text NOT NULL,
    on_call     text,
    email       text NOT NULL,
    zone        text NOT NULL DEFAULT 'Europe/Berlin',
    state       text NOT NULL DEFAULT 'ST',
    hours       jsonb NOT NULL,
    closing_days date[] NOT NULL DEFAULT '{}',
    settings    jsonb NOT NULL DEFAULT '{}'
);

CREATE TABLE centre_area (
    centre      bigint NOT NULL REFERENCES centre,
    place       bigint NOT NULL REFERENCES place,
    PRIMARY KEY (centre, place)
);

-- What a centre sets otherwise than the table of defaults in rundum_providers.
CREATE TABLE rule (
    centre      bigint NOT NULL REFERENCES centre,
    key         text NOT NULL,
    value       jsonb NOT NULL,
    source      text NOT NULL,
    valid_from  date NOT NULL,
    PRIMARY KEY (centre, key, valid_from)
);

-- A person exists once per installation; `centres` are those who know her.
CREATE TABLE person (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id   uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    given_name  text NOT NULL CHECK (length(given_name) BETWEEN 1 AND 80),
    family_name text NOT NULL CHECK (length(family_name) BETWEEN 1 AND 80),
    search_key  text NOT NULL,
    sound_key   text NOT NULL,
    locale      text NOT NULL DEFAULT 'de' CHECK (locale IN ('de', 'en')),
    birth_date  date,
    centres     bigint[] NOT NULL CHECK (cardinality(centres) > 0),
    created_at  timestamptz NOT NULL,
    legal_hold  boolean NOT NULL DEFAULT false,
    erased_at   timestamptz
);
CREATE INDEX person_search ON person (search_key text_pattern_ops);
CREATE INDEX person_sound ON person (sound_key);

-- Not unique over persons: couples share a number, a pupil uses her mother's address.
CREATE TABLE contact_point (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person      bigint NOT NULL REFERENCES person,
    channel     text NOT NULL CHECK (channel IN ('email', 'phone')),
    value       text NOT NULL CHECK (length(value) BETWEEN 3 AND 254),
    -- what is looked for: people write their address in capitals, too
    key         text NOT NULL GENERATED ALWAYS AS (lower(value)) STORED,
    best_time   text,
    verified_at timestamptz,
    created_at  timestamptz NOT NULL,
    CONSTRAINT contact_point_once UNIQUE (person, channel, key)
);
CREATE INDEX contact_point_key ON contact_point (key);

-- `other` is the guardian (trusted person, household member) of `person`.
CREATE TABLE relation (
    person      bigint NOT NULL REFERENCES person,
    other       bigint NOT NULL REFERENCES person,
    kind        text NOT NULL CHECK (kind IN ('guardian', 'trusted', 'household')),
    PRIMARY KEY (person, other, kind),
    CONSTRAINT relation_between_two CHECK (person <> other)
);
CREATE INDEX relation_other ON relation (other);

CREATE TABLE consent (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    centre      bigint NOT NULL REFERENCES centre,
    person      bigint NOT NULL REFERENCES person,
    kind        text NOT NULL CHECK (kind IN ('privacy', 'guardian', 'health', 'standby')),
    text_version text NOT NULL,
    given_by    bigint NOT NULL REFERENCES person,
    given_at    timestamptz NOT NULL,
    withdrawn_at timestamptz
);
CREATE INDEX consent_person ON consent (person);

CREATE TABLE role_grant (
    centre      bigint NOT NULL REFERENCES centre,
    person      bigint NOT NULL REFERENCES person,
    role        text NOT NULL CHECK (role IN ('desk', 'administrator')),
    until       timestamptz,
    PRIMARY KEY (person, centre, role)
);

CREATE TABLE session (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id   uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    token_hash  bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    person      bigint NOT NULL REFERENCES person,
    centre      bigint REFERENCES centre,
    device      text NOT NULL,
    created_at  timestamptz NOT NULL,
    seen_at     timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL
);
CREATE INDEX session_person ON session (person);

-- A mail link: the secret is an HMAC that is recomputed, only its hash is kept.
CREATE TABLE link (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hash        bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
    purpose     text NOT NULL,
    subject     bigint NOT NULL,
    person      bigint REFERENCES person,
    centre      bigint NOT NULL REFERENCES centre,
    version     smallint NOT NULL DEFAULT 1,
    standing    boolean NOT NULL,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz,
    revoked_at  timestamptz
);
CREATE INDEX link_subject ON link (purpose, subject);

-- The same key again gets the same answer; with another body it is a conflict.
CREATE TABLE idempotency (
    actor       text NOT NULL,
    key         text NOT NULL CHECK (length(key) BETWEEN 8 AND 200),
    body_hash   bytea NOT NULL,
    answer      jsonb NOT NULL,
    created_at  timestamptz NOT NULL,
    CONSTRAINT idempotency_once PRIMARY KEY (actor, key)
);

-- Counted attempts per window; exact over any number of processes.
CREATE TABLE attempt (
    key         text NOT NULL,
    window_start timestamptz NOT NULL,
    count       integer NOT NULL DEFAULT 1,
    PRIMARY KEY (key, window_start)
);

CREATE TABLE job_slot (
    job         text NOT NULL,
    slot        timestamptz NOT NULL,
    claimed_at  timestamptz NOT NULL,
    finished_at timestamptz,
    error       text,
    CONSTRAINT job_slot_once PRIMARY KEY (job, slot)
);
