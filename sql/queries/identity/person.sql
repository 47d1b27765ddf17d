-- name: insert_person
-- A new person, known to one centre.
INSERT INTO person (given_name, family_name, search_key, sound_key, locale, birth_date, centres,
                    created_at)
VALUES (:given_name, :family_name, :search_key, :sound_key, :locale, :birth_date,
        ARRAY[:centre::bigint], :now)
RETURNING id;

-- name: person_by_id
-- A person, unless she was erased.
SELECT id, public_id, given_name, family_name, locale, birth_date, centres
FROM person WHERE id = :id AND erased_at IS NULL;

-- name: persons_by_id
-- Several persons, unless they were erased.
SELECT id, public_id, given_name, family_name, locale, birth_date, centres
FROM person WHERE id = ANY (:ids::bigint[]) AND erased_at IS NULL
ORDER BY id;

-- name: persons_by_contact
-- Everybody who is reached under an address or a number, whatever its case.
SELECT p.id, p.public_id, p.given_name, p.family_name, p.locale, p.birth_date, p.centres
FROM contact_point c JOIN person p ON p.id = c.person
WHERE c.key = :key AND c.channel = :channel AND p.erased_at IS NULL
ORDER BY p.id;

-- name: rename_person
-- Another name, with the keys by which it is found.
UPDATE person SET given_name = :given_name, family_name = :family_name, search_key = :search_key,
                  sound_key = :sound_key
WHERE id = :id;

-- name: set_locale
-- The language in which somebody is written to.
UPDATE person SET locale = :locale WHERE id = :id;

-- name: make_known
-- A centre gets to know a person.
UPDATE person SET centres = array_append(centres, :centre::bigint)
WHERE id = :person AND NOT :centre::bigint = ANY (centres);

-- name: insert_contact
-- A way to reach somebody; one that is there already keeps what is known of it.
INSERT INTO contact_point (person, channel, value, best_time, verified_at, created_at)
VALUES (:person, :channel, :value, :best_time, :verified_at, :now)
ON CONFLICT ON CONSTRAINT contact_point_once DO UPDATE
SET best_time = coalesce(EXCLUDED.best_time, contact_point.best_time),
    verified_at = coalesce(contact_point.verified_at, EXCLUDED.verified_at)
RETURNING id;

-- name: delete_contact
-- Somebody is no longer reached that way.
DELETE FROM contact_point WHERE person = :person AND id = :id;

-- name: contacts_of
-- How somebody is reached, first known first.
SELECT id, person, channel, value, best_time, verified_at
FROM contact_point WHERE person = :person
ORDER BY id;

-- name: email_contacts
-- Mail addresses that are written so, whatever their case, of persons who can read mail there.
SELECT c.id, c.person, c.channel, c.value, c.best_time, c.verified_at
FROM contact_point c JOIN person p ON p.id = c.person
WHERE c.key = :key AND c.channel = 'email' AND p.erased_at IS NULL
ORDER BY (c.verified_at IS NOT NULL) DESC, c.id;

-- name: contact_by_id
-- One way to reach somebody.
SELECT id, person, channel, value, best_time, verified_at
FROM contact_point WHERE id = :id;

-- name: verify_contact
-- Somebody has shown that this address or number is hers.
UPDATE contact_point SET verified_at = :now
WHERE person = :person AND channel = :channel AND key = :key AND verified_at IS NULL;

-- name: insert_relation
-- `other` is the guardian, trusted person or household member of `person`.
INSERT INTO relation (person, other, kind) VALUES (:person, :other, :kind)
ON CONFLICT DO NOTHING;

-- name: delete_relation
-- Two persons are no longer related that way.
DELETE FROM relation WHERE person = :person AND other = :other AND kind = :kind;

-- name: others_of
-- The guardians (trusted persons, household members) of a person.
SELECT p.id, p.public_id, p.given_name, p.family_name, p.locale, p.birth_date, p.centres
FROM relation r JOIN person p ON p.id = r.other
WHERE r.person = :person AND r.kind = :kind AND p.erased_at IS NULL
ORDER BY p.id;

-- name: persons_of
-- Those whose guardian (trusted person, household member) somebody is.
SELECT p.id, p.public_id, p.given_name, p.family_name, p.locale, p.birth_date, p.centres
FROM relation r JOIN person p ON p.id = r.person
WHERE r.other = :other AND r.kind = :kind AND p.erased_at IS NULL
ORDER BY p.id;

-- name: insert_consent
-- A consent to a version of a text, given by her or by who may give it for her.
INSERT INTO consent (centre, person, kind, text_version, given_by, given_at)
VALUES (:centre, :person, :kind, :text_version, :given_by, :now)
RETURNING id;

-- name: withdraw_consents
-- Consents of a kind end; what was done under them stays lawful.
UPDATE consent SET withdrawn_at = :now
WHERE centre = :centre AND person = :person AND kind = :kind AND withdrawn_at IS NULL
  AND (:given_by::bigint IS NULL OR given_by = :given_by);

-- name: consents_of
-- Every consent of a person at a centre, newest first, the withdrawn ones too.
SELECT id, centre, person, kind, text_version, given_by, given_at, withdrawn_at
FROM consent WHERE centre = :centre AND person = :person
ORDER BY given_at DESC, id DESC;
