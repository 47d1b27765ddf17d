-- name: insert_credential
-- Something was shown to the desk.
INSERT INTO credential (centre, person, kind, seen_on, seen_by, valid_until)
VALUES (:centre, :person, :kind, :seen_on, :seen_by, :valid_until)
RETURNING public_id, person, kind, seen_on, seen_by, valid_until;

-- name: credentials_of
-- What somebody has shown, the newest first.
SELECT public_id, person, kind, seen_on, seen_by, valid_until
FROM credential WHERE person = :person
ORDER BY seen_on DESC, id DESC;

-- name: delete_credential
-- An entry that should not be there.
DELETE FROM credential WHERE public_id = :public_id AND person = :person
RETURNING kind;
