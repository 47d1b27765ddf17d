-- name: insert_invitation
-- Somebody is invited to work for a centre.
INSERT INTO invitation (centre, person, role, invited_by, created_at, expires_at)
VALUES (:centre, :person, :role, :invited_by, :now, :expires_at)
RETURNING id;

-- name: invitation_by_id
-- An invitation, in whatever state.
SELECT i.id, i.public_id, i.centre, c.name AS centre_name, i.person,
       p.given_name || ' ' || p.family_name AS name, i.role, i.expires_at, i.accepted_at,
       i.withdrawn_at
FROM invitation i JOIN centre c ON c.id = i.centre JOIN person p ON p.id = i.person
WHERE i.id = :id;

-- name: open_invitations
-- Who was invited to a centre and hasn't answered.
SELECT i.id, i.public_id, i.centre, c.name AS centre_name, i.person,
       p.given_name || ' ' || p.family_name AS name, i.role, i.expires_at, i.accepted_at,
       i.withdrawn_at
FROM invitation i JOIN centre c ON c.id = i.centre JOIN person p ON p.id = i.person
WHERE i.centre = :centre AND i.accepted_at IS NULL AND i.withdrawn_at IS NULL
  AND i.expires_at > :now
ORDER BY i.id;

-- name: accept_invitation
-- An invitation is accepted, once.
UPDATE invitation SET accepted_at = :now
WHERE id = :id AND accepted_at IS NULL AND withdrawn_at IS NULL
RETURNING id;

-- name: withdraw_invitation
-- An invitation is taken back.
UPDATE invitation SET withdrawn_at = :now
WHERE public_id = :public_id AND centre = :centre AND accepted_at IS NULL AND withdrawn_at IS NULL
RETURNING id;

-- name: withdraw_for
-- Whatever invitation somebody has from a centre, another one takes its place.
UPDATE invitation SET withdrawn_at = :now
WHERE centre = :centre AND person = :person AND accepted_at IS NULL AND withdrawn_at IS NULL;
