-- name: insert_visits
-- The dates of a request, in their order.
INSERT INTO visit (centre, request, ordinal, date, wished_at, during, start_place, start_street,
                   end_place, end_street)
SELECT :centre, :request, d.ordinal, d.date, d.starts_at, tstzrange(d.starts_at, d.ends_at),
       :start_place, :start_street, :end_place, :end_street
FROM unnest(:dates::date[], :starts::timestamptz[], :ends::timestamptz[])
     WITH ORDINALITY AS d (date, starts_at, ends_at, ordinal);

-- name: insert_seats
-- The same seats at every visit of a request.
INSERT INTO seat (centre, visit, position, role, required, during, lanes)
SELECT v.centre, v.id, s.position, s.role, s.required, v.during, :lanes
FROM visit v
CROSS JOIN unnest(:roles::text[], :required::boolean[])
     WITH ORDINALITY AS s (role, required, position)
WHERE v.request = :request;

-- name: visits_of
-- The visits of a request, by date.
SELECT id, public_id, centre, request, kind, ordinal, date, wished_at, lower(during) AS starts_at,
       upper(during) AS ends_at, start_place, start_street, end_place, end_street
FROM visit WHERE request = :request
ORDER BY lower(during), id;

-- name: seats_of
-- The seats of a request, by visit and position.
SELECT s.id, s.centre, s.visit, s.position, s.role, s.required, lower(s.during) AS starts_at,
       upper(s.during) AS ends_at, s.lanes, s.state
FROM seat s JOIN visit v ON v.id = s.visit
WHERE v.request = :request
ORDER BY lower(v.during), v.id, s.position;
