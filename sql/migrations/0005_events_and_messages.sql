-- What happened (only ever grows), what people are told of it, and what the desk has to do.

CREATE TABLE event (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    centre      bigint REFERENCES centre,
    kind        text NOT NULL,
    subject     bigint NOT NULL,
    actor       bigint REFERENCES person,
    on_behalf_of bigint REFERENCES person,
    key         text CONSTRAINT event_key UNIQUE,
    at          timestamptz NOT NULL,
    data        jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX event_subject ON event (kind, subject);
CREATE INDEX event_centre ON event (centre, at DESC);

CREATE TABLE message (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    centre      bigint NOT NULL REFERENCES centre,
    event       bigint NOT NULL REFERENCES event,
    person      bigint NOT NULL REFERENCES person,
    template    text NOT NULL,
    subject     bigint NOT NULL,
    created_at  timestamptz NOT NULL,
    CONSTRAINT message_once UNIQUE (event, person, template)
);
CREATE INDEX message_centre ON message (centre, created_at DESC);
CREATE INDEX message_subject ON message (template, subject);

CREATE TABLE delivery (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    centre      bigint NOT NULL REFERENCES centre,
    message     bigint NOT NULL UNIQUE REFERENCES message,
    channel     text NOT NULL CHECK (channel IN ('email', 'phone')),
    address     text,
    state       text NOT NULL CHECK (state IN
        ('pending', 'leased', 'accepted', 'failed', 'obsolete', 'unknown', 'done', 'given_up')),
    lease_token uuid,
    lease_until timestamptz,
    next_at     timestamptz NOT NULL,
    attempts    smallint NOT NULL DEFAULT 0,
    message_id  text NOT NULL UNIQUE,
    rendered    bytea,
    error       text,
    created_at  timestamptz NOT NULL,
    ended_at    timestamptz
);
CREATE INDEX delivery_due ON delivery (next_at)
    WHERE channel = 'email' AND state IN ('pending', 'leased', 'unknown');
CREATE INDEX delivery_unfinished ON delivery (channel, state, created_at)
    WHERE state IN ('pending', 'leased', 'unknown', 'failed', 'given_up');
CREATE INDEX delivery_failed ON delivery (centre, state) WHERE state IN ('failed', 'given_up');

-- Board and call list of the desk are this one table.
CREATE TABLE task (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id   uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    centre      bigint NOT NULL REFERENCES centre,
    kind        text NOT NULL CHECK (kind IN ('call', 'unplaced', 'approve', 'release', 'confirm', 'mail_failed', 'decide', 'check')),
    subject     bigint NOT NULL,
    person      bigint REFERENCES person,
    due_at      timestamptz NOT NULL,
    state       text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'obsolete')),
    claimed_by  bigint REFERENCES person,
    done_by     bigint REFERENCES person,
    done_at     timestamptz,
    outcome     text,
    created_at  timestamptz NOT NULL
);
CREATE UNIQUE INDEX task_once ON task (kind, subject) WHERE state = 'open';
CREATE INDEX task_board ON task (centre, due_at) WHERE state = 'open';
