-- name: passwords_by_email
-- The passwords of those who are reached under a mail address.
SELECT w.person, w.hash, w.totp, w.totp_step
FROM contact_point c JOIN password w ON w.person = c.person JOIN person p ON p.id = c.person
WHERE c.key = :key AND c.channel = 'email' AND p.erased_at IS NULL
ORDER BY w.person;

-- name: insert_password
-- A person's password and authenticator, in place of what she had.
INSERT INTO password (person, hash, totp, totp_step, set_at)
VALUES (:person, :hash, :totp, :step, :now)
ON CONFLICT (person) DO UPDATE
SET hash = EXCLUDED.hash, totp = EXCLUDED.totp, totp_step = EXCLUDED.totp_step,
    set_at = EXCLUDED.set_at;

-- name: use_step
-- A code of an authenticator acts once, and none before it acts any more.
UPDATE password SET totp_step = :step WHERE person = :person AND totp_step < :step
RETURNING person;

-- name: delete_password
-- A person has no password any more, nor codes beside it.
DELETE FROM password WHERE person = :person;

-- name: insert_codes
-- Recovery codes, by their hashes.
INSERT INTO recovery_code (person, hash) SELECT :person, unnest(:hashes::bytea[]);

-- name: use_code
-- A recovery code acts once.
DELETE FROM recovery_code WHERE person = :person AND hash = :hash
RETURNING person;

-- name: delete_codes
-- No recovery code of a person works any more.
DELETE FROM recovery_code WHERE person = :person;

-- name: password_state
-- Since when somebody has a password, and how many recovery codes are left.
SELECT w.set_at, (SELECT count(*) FROM recovery_code r WHERE r.person = w.person)::integer AS codes
FROM password w WHERE w.person = :person;

-- name: passkeys_of
-- A person's passkeys, the first one first.
SELECT id, public_id, person, credential, public_key, sign_count, name, created_at, used_at
FROM passkey WHERE person = :person
ORDER BY id;

-- name: passkey_by_credential
-- The passkey that an authenticator shows, unless its person was erased.
SELECT k.id, k.public_id, k.person, k.credential, k.public_key, k.sign_count, k.name, k.created_at,
       k.used_at
FROM passkey k JOIN person p ON p.id = k.person
WHERE k.credential = :credential AND p.erased_at IS NULL;

-- name: insert_passkey
-- A new passkey.
INSERT INTO passkey (person, credential, public_key, sign_count, name, created_at)
VALUES (:person, :credential, :public_key, :sign_count, :name, :now)
RETURNING id;

-- name: use_passkey
-- A passkey was used.
UPDATE passkey SET sign_count = :sign_count, used_at = :now WHERE id = :id;

-- name: delete_passkey
-- A person does without one of her passkeys.
DELETE FROM passkey WHERE public_id = :public_id AND person = :person
RETURNING id;

-- name: delete_passkeys
-- A person has no passkey any more.
DELETE FROM passkey WHERE person = :person;
