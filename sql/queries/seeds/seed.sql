-- name: wait_for_others
-- Only one process seeds a database; the second one sees what the first has done.
SELECT pg_advisory_xact_lock(hashtext('rundum.seeds'));

-- name: has_centre
-- Whether anybody is here already.
SELECT EXISTS (SELECT FROM centre) AS found;

-- name: set_role
-- The rights of another actor for the rest of the transaction.
SELECT set_config('role', :role, true), set_config('rundum.centre', :centre, true);

-- name: close_deliveries
-- What an invented past had to say to invented people has long been said.
UPDATE delivery SET state = 'obsolete', ended_at = :now
WHERE centre = :centre AND state = 'pending';

-- name: close_calls
-- Nobody has to be called about it, either.
UPDATE task SET state = 'obsolete', done_at = :now
WHERE centre = :centre AND state = 'open' AND kind = 'call';

-- name: places_called
-- The places of these codes and names.
SELECT p.id FROM place p
JOIN unnest(:postal_codes::text[], :names::text[]) AS wanted (postal_code, name)
    ON wanted.postal_code = p.postal_code AND wanted.name = p.name
ORDER BY p.id;
