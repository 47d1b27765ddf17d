-- name: insert_client
-- A new client of a centre.
INSERT INTO client (centre, kind, name, place, street, tags, created_at)
VALUES (:centre, :kind, :name, :place, :street, :tags, :now)
RETURNING id, public_id, centre, kind, name, place, street, tags, status, note, created_at;

-- name: client_by_id
-- A client by key.
SELECT id, public_id, centre, kind, name, place, street, tags, status, note, created_at
FROM client WHERE id = :id;

-- name: client_by_public_id
-- A client of a centre by the id that leaves the house.
SELECT id, public_id, centre, kind, name, place, street, tags, status, note, created_at
FROM client WHERE public_id = :public_id AND centre = :centre;

-- name: clients_of_person
-- The clients of a centre for which a person speaks, the oldest first.
SELECT c.id, c.public_id, c.centre, c.kind, c.name, c.place, c.street, c.tags, c.status, c.note,
       c.created_at
FROM client_contact cc
JOIN client c ON c.id = cc.client
WHERE cc.person = :person AND c.centre = :centre
ORDER BY c.created_at, c.id;

-- name: insert_contact
-- A person speaks for a client.
INSERT INTO client_contact (centre, client, person) VALUES (:centre, :client, :person)
ON CONFLICT DO NOTHING;

-- name: contacts_of_clients
-- Who speaks for some clients.
SELECT client, person FROM client_contact WHERE client = ANY(:clients::bigint[])
ORDER BY client, person;

-- name: change_status
-- Another status, if the present one is still what the caller saw (I6).
UPDATE client SET status = :new WHERE id = :id AND status = :old
RETURNING id, public_id, centre, kind, name, place, street, tags, status, note, created_at;

-- name: change_tags
-- What a provider may want to know of the home.
UPDATE client SET tags = :tags WHERE id = :id AND tags <> :tags;
