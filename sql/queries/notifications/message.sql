-- name: insert_message
-- A message with its delivery, unless it is there already (I4); wakes the courier on commit.
WITH told AS (
    INSERT INTO message (centre, event, person, template, subject, created_at)
    SELECT :centre::bigint, :event::bigint, :person::bigint, :template::text, :subject::bigint,
           :now::timestamptz
    WHERE NOT EXISTS (SELECT FROM person WHERE id = :person AND erased_at IS NOT NULL)
    ON CONFLICT ON CONSTRAINT message_once DO NOTHING
    RETURNING id
), address AS (
    SELECT value FROM contact_point
    WHERE person = :person AND channel = 'email' AND (:contact::bigint IS NULL OR id = :contact)
    ORDER BY (verified_at IS NOT NULL) DESC, created_at DESC, id DESC
    LIMIT 1
), sent AS (
    INSERT INTO delivery
        (centre, message, channel, address, state, next_at, message_id, created_at)
    SELECT :centre, told.id, CASE WHEN address.value IS NULL THEN 'phone' ELSE 'email' END,
           address.value, 'pending', :now, gen_random_uuid()::text, :now
    FROM told LEFT JOIN address ON true
    RETURNING message, id, channel
)
SELECT sent.message, sent.id AS delivery, sent.channel
FROM sent CROSS JOIN LATERAL pg_notify('delivery', '') AS wake;
