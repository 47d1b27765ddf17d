-- The event log is sealed in batches, each over the one before: what is changed, taken away or put
-- in between afterwards, by whoever can write to the database, shows.

CREATE TABLE event_seal (
    id bigint GENERATED ALWAYS AS IDENTITY,
    first bigint NOT NULL,
    last bigint NOT NULL,
    -- of each event its number (8 bytes) and its hash (32 bytes), in their order
    lines bytea NOT NULL,
    hash bytea NOT NULL,
    sealed_at timestamptz NOT NULL,
    CONSTRAINT event_seal_pkey PRIMARY KEY (id),
    CONSTRAINT event_seal_first UNIQUE (first),
    CONSTRAINT event_seal_order CHECK (first <= last AND length(hash) = 32)
);
GRANT SELECT, INSERT ON event_seal TO rundum_worker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO rundum_worker;
-- Without a wall, and why: event_seal holds numbers and hashes, and the web role may not read it.

-- What is sealed of an event: all of it, in one writing.
CREATE FUNCTION event_hash(e event) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(convert_to(jsonb_build_array(
        e.id, e.centre, e.kind, e.subject, e.actor, e.on_behalf_of, e.key,
        (extract(epoch FROM e.at) * 1000000)::bigint, e.data)::text, 'UTF8')) $$;
