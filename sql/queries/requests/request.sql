-- name: insert_request
-- A new request.
INSERT INTO care_request (centre, client, asked_by, channel, service, state, policy, approval, payer,
                          payer_reference, rate, priority, flexible_before, flexible_after, tags,
                          tasks, note, answer_by, created_at)
VALUES (:centre, :client, :asked_by, :channel, :service, :state, :policy, :approval, :payer,
        :payer_reference, :rate, :priority, :flexible_before, :flexible_after, :tags,
        :tasks, :note, :answer_by, :now)
RETURNING id, public_id, centre, client, asked_by, channel, service, state, policy, approval, payer,
          payer_reference, rate, priority, flexible_before, flexible_after, tags, tasks, note,
          answer_by, answered_at, created_at, version;

-- name: request_by_id
-- A request by key.
SELECT id, public_id, centre, client, asked_by, channel, service, state, policy, approval, payer,
       payer_reference, rate, priority, flexible_before, flexible_after, tags, tasks, note,
       answer_by, answered_at, created_at, version
FROM care_request WHERE id = :id;

-- name: request_by_public_id
-- A request of a centre by the id that leaves the house.
SELECT id, public_id, centre, client, asked_by, channel, service, state, policy, approval, payer,
       payer_reference, rate, priority, flexible_before, flexible_after, tags, tasks, note,
       answer_by, answered_at, created_at, version
FROM care_request WHERE public_id = :public_id AND centre = :centre;

-- name: lock_request
-- A request, locked until the transaction ends.
SELECT id, public_id, centre, client, asked_by, channel, service, state, policy, approval, payer,
       payer_reference, rate, priority, flexible_before, flexible_after, tags, tasks, note,
       answer_by, answered_at, created_at, version
FROM care_request WHERE id = :id FOR NO KEY UPDATE;

-- name: open_request
-- A confirmed request is open, for whom it turned out to be (I6).
UPDATE care_request SET state = 'open', version = version + 1, client = :client,
                        asked_by = :asked_by, priority = :priority, answer_by = :answer_by
WHERE id = :id AND state = 'unconfirmed' AND version = :version
RETURNING version;

-- name: end_request
-- Close or expire a request that is still as the caller saw it (I6).
UPDATE care_request SET state = :new, version = version + 1
WHERE id = :id AND state = :old AND version = :version
RETURNING version;

-- name: insert_needs
-- What people must or should bring.
INSERT INTO request_need (centre, request, key, must)
SELECT :centre, :request, n.key, n.must
FROM unnest(:keys::text[], :musts::boolean[]) AS n (key, must);

-- name: insert_children
-- How many children of which age band.
INSERT INTO request_child (centre, request, band, count)
SELECT :centre, :request, c.band, c.count
FROM unnest(:bands::text[], :counts::smallint[]) AS c (band, count);

-- name: insert_choices
-- Whom a request prefers or excludes.
INSERT INTO request_provider (centre, request, person, kind)
SELECT :centre, :request, p.person, p.kind
FROM unnest(:persons::bigint[], :kinds::text[]) AS p (person, kind);

-- name: needs_of
-- What people must or should bring.
SELECT request, key, must FROM request_need WHERE request = :request ORDER BY must DESC, key;

-- name: children_of
-- How many children of which age band, the youngest first.
SELECT request, band, count FROM request_child WHERE request = :request
ORDER BY split_part(band, '-', 1)::integer;

-- name: choices_of
-- Whom a request prefers or excludes, and who declined it.
SELECT request, person, kind FROM request_provider WHERE request = :request ORDER BY person;

-- name: providers_chosen
-- The providers behind public ids, as far as this centre knows them.
SELECT person, public_id FROM provider WHERE public_id = ANY(:public_ids::uuid[]) ORDER BY person;

-- name: listed_requests
-- A page of a centre's requests in some states, newest first, after the last one seen.
SELECT r.id, r.public_id, r.state, r.service, r.priority, r.channel, c.kind AS client_kind,
       c.name AS client_name, f.name AS place_name, f.first_at, f.visits, f.people, r.answer_by, r.created_at
FROM care_request r
JOIN client c ON c.id = r.client
CROSS JOIN LATERAL (
    SELECT min(lower(v.during)) AS first_at, count(*) AS visits,
           (array_agg(p.name ORDER BY v.ordinal))[1] AS name,
           (SELECT count(*) FROM seat s JOIN visit w ON w.id = s.visit
            WHERE w.request = r.id AND w.ordinal = 1 AND s.state = 'open') AS people
    FROM visit v JOIN place p ON p.id = v.start_place
    WHERE v.request = r.id
) f
WHERE r.centre = :centre AND r.state = :state
  AND (r.created_at, r.id) < (:before_at::timestamptz, :before_id::bigint)
ORDER BY r.created_at DESC, r.id DESC
LIMIT :most;

-- name: requests_of_clients
-- The requests of some clients, newest first, after the last one seen.
SELECT r.id, r.public_id, r.state, r.service, r.priority, r.channel, c.kind AS client_kind,
       c.name AS client_name, f.name AS place_name, f.first_at, f.visits, f.people, r.answer_by, r.created_at
FROM care_request r
JOIN client c ON c.id = r.client
CROSS JOIN LATERAL (
    SELECT min(lower(v.during)) AS first_at, count(*) AS visits,
           (array_agg(p.name ORDER BY v.ordinal))[1] AS name,
           (SELECT count(*) FROM seat s JOIN visit w ON w.id = s.visit
            WHERE w.request = r.id AND w.ordinal = 1 AND s.state = 'open') AS people
    FROM visit v JOIN place p ON p.id = v.start_place
    WHERE v.request = r.id
) f
WHERE r.client = ANY(:clients::bigint[])
  AND (r.created_at, r.id) < (:before_at::timestamptz, :before_id::bigint)
ORDER BY r.created_at DESC, r.id DESC
LIMIT :most;

-- name: centre_ratios
-- What a centre has set otherwise about how many people so many children need.
SELECT key, value, valid_from FROM rule WHERE centre = :centre AND key = ANY(:keys::text[])
ORDER BY key, valid_from;

-- name: places_nearby
-- The places that a centre serves, to be suggested while somebody writes.
SELECT p.postal_code || ' ' || p.name
FROM centre_area a JOIN place p ON p.id = a.place
WHERE a.centre = :centre
ORDER BY p.name, p.postal_code;
