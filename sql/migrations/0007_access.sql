-- Who may touch what: rights of the two working roles, and the second wall by centre (I7, I11).
-- A table with a column `centre` is walled by it; the others state here why they are not.

GRANT USAGE ON SCHEMA public TO rundum_web, rundum_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO rundum_web, rundum_worker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO rundum_web, rundum_worker;
-- the event log only grows, and the rules of states belong to the owner
REVOKE UPDATE, DELETE, TRUNCATE ON event FROM rundum_web, rundum_worker;
REVOKE INSERT, UPDATE, DELETE ON transition, transport FROM rundum_web, rundum_worker;

CREATE FUNCTION current_centre() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
    $$ SELECT nullif(current_setting('rundum.centre', true), '')::bigint $$;

DO $$
DECLARE walled text;
BEGIN
    FOR walled IN
        SELECT c.relname FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'centre'
        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
          -- read before the centre is known: they hold hashes and ids, no personal data
          AND c.relname NOT IN ('link', 'session', 'role_grant', 'centre_area')
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
        EXECUTE format('CREATE POLICY worker ON %I TO rundum_worker USING (true) WITH CHECK (true)', walled);
        EXECUTE format('CREATE POLICY centre ON %I TO rundum_web USING (centre = current_centre()) WITH CHECK (centre = current_centre())', walled);
    END LOOP;
END $$;

-- Persons belong to no centre, but are seen by those who know them.
ALTER TABLE person ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker ON person TO rundum_worker USING (true) WITH CHECK (true);
CREATE POLICY centre ON person TO rundum_web
    USING (current_centre() = ANY (centres)) WITH CHECK (current_centre() = ANY (centres));

ALTER TABLE contact_point ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker ON contact_point TO rundum_worker USING (true) WITH CHECK (true);
CREATE POLICY centre ON contact_point TO rundum_web
    USING (EXISTS (SELECT FROM person p WHERE p.id = person AND current_centre() = ANY (p.centres)))
    WITH CHECK (EXISTS (SELECT FROM person p WHERE p.id = person AND current_centre() = ANY (p.centres)));

ALTER TABLE relation ENABLE ROW LEVEL SECURITY;
CREATE POLICY worker ON relation TO rundum_worker USING (true) WITH CHECK (true);
CREATE POLICY centre ON relation TO rundum_web
    USING (EXISTS (SELECT FROM person p WHERE p.id = person AND current_centre() = ANY (p.centres)))
    WITH CHECK (EXISTS (SELECT FROM person p WHERE p.id = person AND current_centre() = ANY (p.centres)));

-- Without a wall, and why: place, transport, centre, centre_area, transition are no personal data;
-- slot holds bare times and villages, and must be seen over all centres, since nobody can be in
-- two places; link and session are found by a hash before anybody is known; role_grant says only
-- who works where; idempotency, attempt, job_slot and run hold keys and counts.
