-- name: insert_event
-- Note what happened; an event with a key that is there already is not noted again.
INSERT INTO event (centre, kind, subject, actor, on_behalf_of, key, at, data)
VALUES (:centre, :kind, :subject, :actor, :on_behalf_of, :key, :now, :data)
ON CONFLICT ON CONSTRAINT event_key DO NOTHING
RETURNING id;
