-- name: block_client
-- A provider does not come to a client any more.
INSERT INTO pair_rule (centre, client, person, kind, set_by, created_at)
SELECT c.centre, c.id, :person, 'blocked', 'provider', :now
FROM client c WHERE c.public_id = :client
ON CONFLICT (client, person, set_by) DO UPDATE SET kind = 'blocked'
RETURNING client;

-- name: unblock_client
-- She would come again.
DELETE FROM pair_rule r USING client c
WHERE c.public_id = :client AND r.client = c.id AND r.person = :person AND r.set_by = 'provider'
RETURNING r.client;

-- name: blocked_clients
-- To whom a provider does not come any more, the latest first.
SELECT c.public_id, c.kind, c.name, l.name AS place_name, r.created_at AS since
FROM pair_rule r
JOIN client c ON c.id = r.client
JOIN place l ON l.id = c.place
WHERE r.person = :person AND r.kind = 'blocked' AND r.set_by = 'provider'
ORDER BY r.created_at DESC, c.id;

-- name: has_met
-- Whether a provider ever had anything to do with a client: an offer is enough.
SELECT EXISTS (
    SELECT FROM offer o
    JOIN care_request q ON q.id = o.request
    JOIN client c ON c.id = q.client
    WHERE o.person = :person AND c.public_id = :client
) OR EXISTS (
    SELECT FROM booking b
    JOIN seat s ON s.id = b.seat
    JOIN visit v ON v.id = s.visit
    JOIN care_request q ON q.id = v.request
    JOIN client c ON c.id = q.client
    WHERE b.person = :person AND c.public_id = :client
) AS met;
