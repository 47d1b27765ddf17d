-- name: open_visits
-- Visits of open requests within a time that still lack somebody.
SELECT v.id, v.request, v.centre, r.client, c.kind AS client_kind, c.status AS client_status,
       c.tags AS client_tags, r.tags, r.service, r.priority, r.rate, r.version, r.created_at,
       r.flexible_before, r.flexible_after, v.wished_at,
       lower(v.during) AS starts_at, upper(v.during) AS ends_at, v.start_place, v.end_place
FROM visit v
JOIN care_request r ON r.id = v.request
JOIN client c ON c.id = r.client
WHERE r.state = 'open' AND c.status <> 'blocked' AND lower(v.during) > :since AND lower(v.during) < :before
  AND EXISTS (
      SELECT FROM seat s
      WHERE s.visit = v.id AND s.state = 'open'
        AND NOT EXISTS (SELECT FROM booking b WHERE b.seat = s.id AND b.live))
ORDER BY v.id;

-- name: visits_by_seat
-- The visits to which some seats belong, whatever their state.
SELECT v.id, v.request, v.centre, r.client, c.kind AS client_kind, c.status AS client_status,
       c.tags AS client_tags, r.tags, r.service, r.priority, r.rate, r.version, r.created_at,
       r.flexible_before, r.flexible_after, v.wished_at,
       lower(v.during) AS starts_at, upper(v.during) AS ends_at, v.start_place, v.end_place
FROM visit v
JOIN care_request r ON r.id = v.request
JOIN client c ON c.id = r.client
WHERE v.id IN (SELECT s.visit FROM seat s WHERE s.id = ANY(:seats::bigint[]))
ORDER BY v.id;

-- name: seats_of_visits
-- Open seats with who has them or is asked for them.
SELECT s.id, s.visit, s.role, s.required, lower(s.during) AS starts_at, upper(s.during) AS ends_at,
       s.lanes,
       coalesce(
           (SELECT b.person FROM booking b WHERE b.seat = s.id AND b.live),
           (SELECT min(o.person) FROM offer_seat os JOIN offer o ON o.id = os.offer
            WHERE os.seat = s.id AND os.live)) AS holder
FROM seat s
WHERE s.visit = ANY(:visits::bigint[]) AND s.state = 'open'
ORDER BY s.visit, s.position;

-- name: needs_of_requests
-- What people must or should bring.
SELECT request, key, must FROM request_need WHERE request = ANY(:requests::bigint[])
ORDER BY request, key;

-- name: children_of_requests
-- How many children of which age band.
SELECT request, band, count FROM request_child WHERE request = ANY(:requests::bigint[])
ORDER BY request, band;

-- name: choices_of_requests
-- Whom a request prefers or excludes, and who declined it.
SELECT request, person, kind FROM request_provider WHERE request = ANY(:requests::bigint[])
ORDER BY request, person;

-- name: pair_rules_of_clients
-- Standing likes and dislikes between clients and providers.
SELECT client, person, kind, set_by FROM pair_rule WHERE client = ANY(:clients::bigint[])
ORDER BY client, person, set_by;

-- name: visits_together
-- How many visits a client and a provider had.
SELECT r.client, b.person, count(*) AS visits
FROM booking b
JOIN seat s ON s.id = b.seat
JOIN visit v ON v.id = s.visit
JOIN care_request r ON r.id = v.request
WHERE b.state = 'completed' AND r.client = ANY(:clients::bigint[])
GROUP BY r.client, b.person
ORDER BY r.client, b.person;

-- name: commitments
-- Time that people have given away; `work` when it is care for somebody.
SELECT id, person, lower(during) AS starts_at, upper(during) AS ends_at, start_place, end_place,
       kind IN ('booking', 'offer') AS work
FROM slot
WHERE live AND person = ANY(:persons::bigint[])
  AND upper(during) > :since AND lower(during) < :before
  AND id <> ALL(:except_slots::bigint[])
ORDER BY person, lower(during);

-- name: modes
-- Means of transport.
SELECT key, km_per_hour, detour, overhead FROM transport ORDER BY key;

-- name: places_by_id
-- Where places lie.
SELECT id, lat, lon FROM place WHERE id = ANY(:places::bigint[]) ORDER BY id;

-- name: oldest_transaction
-- Whatever is not visible yet carries this number or a higher one.
SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint;

-- name: changed_providers
-- Who changed in transactions from a number on; 0 stands for everybody.
SELECT DISTINCT person FROM provider_change WHERE transaction >= :since ORDER BY person;

-- name: forget_changes
-- Changes older than any index in memory.
DELETE FROM provider_change WHERE changed_at < :before;

-- name: providers_of_centre
-- Everybody who may be placed by a centre.
SELECT person FROM provider WHERE centre = :centre AND status = 'active' ORDER BY person;

-- name: seats_to_ask
-- The first open seat of each of a request's coming visits, with how many like it are open.
SELECT DISTINCT ON (v.id) s.id, v.id AS visit,
       count(*) FILTER (WHERE s.required) OVER (PARTITION BY v.id) AS wanted
FROM visit v
JOIN seat s ON s.visit = v.id AND s.state = 'open'
WHERE v.request = :request AND lower(v.during) > :now
  AND NOT EXISTS (SELECT FROM booking b WHERE b.seat = s.id AND b.live)
ORDER BY v.id, s.required DESC, s.position LIMIT 60;

-- name: asked_for_request
-- Who is asked for a request and has not answered.
SELECT DISTINCT person FROM offer
WHERE request = :request AND state IN ('proposed', 'pending') ORDER BY person;
