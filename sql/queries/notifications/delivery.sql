-- name: lease_deliveries
-- Take mails that are due; a lease that ran out is due again, since next_at is its end (I10).
WITH due AS (
    SELECT id FROM delivery
    WHERE channel = 'email' AND state IN ('pending', 'leased', 'unknown') AND next_at <= :now
    ORDER BY next_at, id
    LIMIT :count
    FOR UPDATE SKIP LOCKED
)
UPDATE delivery AS d
SET state = 'leased', lease_token = :token, lease_until = :until, next_at = :until,
    attempts = attempts + 1
FROM due
WHERE d.id = due.id
RETURNING d.id;

-- name: letters_of
-- What it takes to write the letters of some deliveries.
SELECT d.id, d.channel, d.address, d.message_id, d.attempts, d.rendered,
       m.id AS message_row, m.event, coalesce(e.kind, '') AS event_kind,
       coalesce(e.data, '{}') AS event_data, m.centre, m.person, m.template, m.subject,
       m.created_at, p.given_name, p.family_name, p.locale, c.slug AS centre_slug,
       c.name AS centre_name, c.phone AS centre_phone, c.email AS centre_email,
       c.hours AS centre_hours
FROM delivery d
JOIN message m ON m.id = d.message
JOIN person p ON p.id = m.person
JOIN centre c ON c.id = m.centre
LEFT JOIN event e ON e.id = m.event
WHERE d.id = ANY(:ids::bigint[])
ORDER BY d.next_at, d.id;

-- name: keep_rendered
-- Keep the bytes of a mail before it is sent, so that every attempt sends the same.
UPDATE delivery SET rendered = :rendered
WHERE id = :id AND lease_token = :token AND state = 'leased'
RETURNING id;

-- name: accept_delivery
-- The relay has it; its bytes are erased.
UPDATE delivery
SET state = 'accepted', rendered = NULL, error = NULL, lease_token = NULL, lease_until = NULL,
    ended_at = :now
WHERE id = :id AND lease_token = :token AND state = 'leased'
RETURNING id;

-- name: postpone_delivery
-- Another attempt later: pending, or unknown when it may have arrived.
UPDATE delivery
SET state = :state, next_at = :next_at, error = :error, lease_token = NULL, lease_until = NULL
WHERE id = :id AND lease_token = :token AND state = 'leased'
RETURNING id;

-- name: fail_delivery
-- No further attempt. Answers whom it concerns and whether she can be called.
UPDATE delivery AS d
SET state = 'failed', rendered = NULL, error = :error, lease_token = NULL, lease_until = NULL,
    ended_at = :now
FROM message m
WHERE d.id = :id AND d.lease_token = :token AND d.state = 'leased' AND m.id = d.message
RETURNING d.centre, m.person, EXISTS (
    SELECT FROM contact_point t WHERE t.person = m.person AND t.channel = 'phone'
) AS has_phone;

-- name: drop_delivery
-- There is nothing left to say.
UPDATE delivery
SET state = 'obsolete', rendered = NULL, error = NULL, lease_token = NULL, lease_until = NULL,
    ended_at = :now
WHERE id = :id AND lease_token = :token AND state = 'leased'
RETURNING id;

-- name: release_deliveries
-- Give back what was leased and not tried: due at once, and no attempt.
UPDATE delivery
SET state = 'pending', attempts = greatest(attempts - 1, 0), next_at = :now,
    lease_token = NULL, lease_until = NULL
WHERE id = ANY(:ids::bigint[]) AND lease_token = :token AND state = 'leased';

-- name: end_call
-- Somebody was told on the phone, or won't be.
UPDATE delivery SET state = :state, ended_at = :now
WHERE id = :id AND channel = 'phone' AND state = 'pending'
RETURNING id;

-- name: waiting_calls
-- Deliveries by phone that wait, after an id.
SELECT d.id, p.locale
FROM delivery d
JOIN message m ON m.id = d.message
JOIN person p ON p.id = m.person
WHERE d.channel = 'phone' AND d.state = 'pending' AND d.id > :after
ORDER BY d.id
LIMIT :limit;

-- name: drop_calls
-- Calls that nobody has to make any more.
UPDATE delivery SET state = 'obsolete', ended_at = :now
WHERE id = ANY(:ids::bigint[]) AND channel = 'phone' AND state = 'pending';

-- name: calls_about
-- Deliveries of one template about one thing that somebody was to hear of on the phone.
SELECT d.id
FROM message m
JOIN delivery d ON d.message = m.id
WHERE m.template = :template AND m.subject = :subject
  AND (d.state = 'failed' OR d.channel = 'phone' AND d.state = 'pending');

-- name: counts
-- How many deliveries wait or failed, and since when.
SELECT state, channel, count(*)::integer AS count, min(created_at) AS oldest
FROM delivery
WHERE state IN ('pending', 'leased', 'unknown', 'failed', 'given_up')
GROUP BY state, channel;
