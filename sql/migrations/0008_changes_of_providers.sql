-- Who is free: whatever an answer to that depends on leaves the person and its transaction behind,
-- so that a process may keep an index in memory and read again only those who changed. Number 0
-- stands for everybody.

CREATE TABLE provider_change (
    transaction bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    person bigint NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT provider_change_pkey PRIMARY KEY (transaction, person)
);
CREATE INDEX provider_change_age ON provider_change (changed_at);
GRANT SELECT, INSERT, DELETE ON provider_change TO rundum_web, rundum_worker;
-- Without a wall, and why: provider_change holds numbers of persons and nothing about them.

CREATE FUNCTION note_change_of_provider() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- a person is noted once a transaction, so two transactions never wait for each other here
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO provider_change (person) VALUES (OLD.person) ON CONFLICT DO NOTHING;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO provider_change (person) VALUES (NEW.person) ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION note_change_of_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO provider_change (person) VALUES (NEW.id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE FUNCTION note_change_for_everybody() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO provider_change (person) VALUES (0) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

DO $$
DECLARE watched text;
BEGIN
    FOREACH watched IN ARRAY ARRAY['provider', 'provider_skill', 'availability',
                                   'availability_exception', 'credential', 'consent', 'relation',
                                   'slot']
    LOOP
        EXECUTE format('CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION note_change_of_provider()', watched);
    END LOOP;
    FOREACH watched IN ARRAY ARRAY['rule', 'transport']
    LOOP
        EXECUTE format('CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE ON %I FOR EACH STATEMENT EXECUTE FUNCTION note_change_for_everybody()', watched);
    END LOOP;
END $$;

CREATE TRIGGER note_change AFTER UPDATE OF birth_date, erased_at ON person
    FOR EACH ROW EXECUTE FUNCTION note_change_of_person();
CREATE TRIGGER note_change AFTER UPDATE OF state ON centre
    FOR EACH STATEMENT EXECUTE FUNCTION note_change_for_everybody();
CREATE TRIGGER note_change AFTER UPDATE OF lat, lon ON place
    FOR EACH STATEMENT EXECUTE FUNCTION note_change_for_everybody();
