-- How staff prove who they are, who is invited to work here, and which browser asked for a code.

-- By what a session was opened, and when its person last showed that it is she.
ALTER TABLE session ADD COLUMN proof text NOT NULL DEFAULT 'link'
    CONSTRAINT session_proof CHECK (proof IN ('link', 'password', 'passkey'));
ALTER TABLE session ADD COLUMN proved_at timestamptz;
UPDATE session SET proved_at = created_at;
ALTER TABLE session ALTER COLUMN proved_at SET NOT NULL;

-- A password goes with an authenticator: `totp` is its secret under the server's key, `totp_step`
-- the last of its codes that was used, so that none works twice.
CREATE TABLE password (
    person      bigint PRIMARY KEY REFERENCES person,
    hash        text NOT NULL CHECK (hash LIKE '$argon2id$%'),
    totp        bytea NOT NULL,
    totp_step   bigint NOT NULL,
    set_at      timestamptz NOT NULL
);

-- Codes for the day on which the authenticator is lost; one that was used is gone.
CREATE TABLE recovery_code (
    person      bigint NOT NULL REFERENCES password ON DELETE CASCADE,
    hash        bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (person, hash)
);

CREATE TABLE passkey (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id   uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    person      bigint NOT NULL REFERENCES person,
    credential  bytea NOT NULL UNIQUE CHECK (length(credential) BETWEEN 1 AND 1023),
    public_key  bytea NOT NULL,
    sign_count  bigint NOT NULL,
    name        text NOT NULL,
    created_at  timestamptz NOT NULL,
    used_at     timestamptz
);
CREATE INDEX passkey_person ON passkey (person);

-- The browser that asked to sign in, by the hash of its cookie: only there the code that came with
-- the link can be typed. Without a link: nobody is reached under the address that was typed.
CREATE TABLE sign_in_code (
    browser     bytea PRIMARY KEY CHECK (length(browser) = 32),
    link        bigint REFERENCES link ON DELETE CASCADE,
    tries       smallint NOT NULL DEFAULT 0,
    expires_at  timestamptz NOT NULL
);

CREATE TABLE invitation (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id   uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    centre      bigint NOT NULL REFERENCES centre,
    person      bigint NOT NULL REFERENCES person,
    role        text NOT NULL CHECK (role IN ('desk', 'administrator')),
    invited_by  bigint REFERENCES person,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    accepted_at timestamptz,
    withdrawn_at timestamptz
);
CREATE UNIQUE INDEX invitation_once ON invitation (centre, person)
    WHERE accepted_at IS NULL AND withdrawn_at IS NULL;

-- Who does somebody's work while she is away.
CREATE TABLE deputy (
    centre      bigint NOT NULL REFERENCES centre,
    person      bigint NOT NULL REFERENCES person,
    deputy      bigint NOT NULL REFERENCES person,
    until       date NOT NULL,
    PRIMARY KEY (centre, person),
    CONSTRAINT deputy_is_another CHECK (person <> deputy)
);

GRANT SELECT, INSERT, UPDATE, DELETE
    ON password, recovery_code, passkey, sign_in_code, invitation, deputy TO rundum_worker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO rundum_worker;
-- What proves somebody is read before her centre is known, by the house itself: pages have no
-- right to it at all. The wall stands beside that, in case a grant ever slips in.
GRANT SELECT, INSERT, UPDATE, DELETE ON invitation, deputy TO rundum_web;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO rundum_web;

DO $$
DECLARE walled text;
BEGIN
    FOREACH walled IN ARRAY ARRAY['invitation', 'deputy'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
        EXECUTE format('CREATE POLICY worker ON %I TO rundum_worker USING (true) WITH CHECK (true)', walled);
        EXECUTE format('CREATE POLICY centre ON %I TO rundum_web USING (centre = current_centre()) WITH CHECK (centre = current_centre())', walled);
    END LOOP;
    FOREACH walled IN ARRAY ARRAY['password', 'recovery_code', 'passkey'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
        EXECUTE format('CREATE POLICY worker ON %I TO rundum_worker USING (true) WITH CHECK (true)', walled);
        EXECUTE format('CREATE POLICY centre ON %I TO rundum_web USING (EXISTS (SELECT FROM person p WHERE p.id = person AND current_centre() = ANY (p.centres))) WITH CHECK (EXISTS (SELECT FROM person p WHERE p.id = person AND current_centre() = ANY (p.centres)))', walled);
    END LOOP;
END $$;

ALTER TABLE sign_in_code ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker ON sign_in_code TO rundum_worker USING (true) WITH CHECK (true);
CREATE POLICY centre ON sign_in_code TO rundum_web
    USING (EXISTS (SELECT FROM link l WHERE l.id = link AND l.centre = current_centre()))
    WITH CHECK (EXISTS (SELECT FROM link l WHERE l.id = link AND l.centre = current_centre()));
