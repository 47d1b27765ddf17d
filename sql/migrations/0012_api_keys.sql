-- A program of a centre acts under a key of its own, and only where its scopes let it.
CREATE TABLE api_key (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    public_id   uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    centre      bigint NOT NULL REFERENCES centre,
    hash        bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
    name        text NOT NULL,
    scopes      text[] NOT NULL CHECK (cardinality(scopes) > 0),
    made_by     bigint NOT NULL REFERENCES person,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz,
    ended_at    timestamptz
);
CREATE INDEX api_key_centre ON api_key (centre);

-- Keys are found by their hash before the centre is known, by the house itself; pages list them
-- and end them, and never read the hash.
GRANT SELECT, INSERT, UPDATE ON api_key TO rundum_worker;
GRANT SELECT (id, public_id, centre, name, scopes, created_at, expires_at, used_at, ended_at), INSERT,
    UPDATE (ended_at) ON api_key TO rundum_web;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO rundum_web, rundum_worker;
ALTER TABLE api_key ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker ON api_key TO rundum_worker USING (true) WITH CHECK (true);
CREATE POLICY centre ON api_key TO rundum_web
    USING (centre = current_centre()) WITH CHECK (centre = current_centre());
