-- name: roles_of
-- What somebody is, and where: granted roles, which are guarded unless the centre lets its staff
-- sign in by link, and those that follow from what she does there.
SELECT g.centre, g.role, coalesce(n.settings ->> 'staff_sign_in', 'strong') = 'strong' AS guarded
FROM role_grant g JOIN centre n ON n.id = g.centre
WHERE g.person = :person AND (g.until IS NULL OR g.until > :now)
UNION
SELECT c.centre, 'client', false FROM client_contact c WHERE c.person = :person
UNION
SELECT p.centre, 'provider', false FROM provider p
WHERE p.person = :person AND p.status NOT IN ('rejected', 'left')
UNION
SELECT p.centre, 'guardian', false FROM relation r JOIN provider p ON p.person = r.person
WHERE r.other = :person AND r.kind = 'guardian' AND p.status NOT IN ('rejected', 'left')
ORDER BY 1, 2;

-- name: grant_role
-- Somebody works for a centre, until a time or for good.
INSERT INTO role_grant (centre, person, role, until) VALUES (:centre, :person, :role, :until)
ON CONFLICT (person, centre, role) DO UPDATE SET until = EXCLUDED.until;

-- name: revoke_role
-- Somebody no longer works for a centre in this role.
DELETE FROM role_grant WHERE centre = :centre AND person = :person AND role = :role;

-- name: staff_of
-- Who works for a centre.
SELECT p.id, p.public_id, p.given_name, p.family_name, p.locale, p.birth_date, p.centres
FROM role_grant g JOIN person p ON p.id = g.person
WHERE g.centre = :centre AND (g.until IS NULL OR g.until > :now) AND p.erased_at IS NULL
GROUP BY p.id
ORDER BY p.family_name, p.given_name, p.id;

-- name: home_centre
-- Where somebody begins: where she works, else helps, else asks for help, else is known.
SELECT centre FROM (
    SELECT 1 AS rank, g.centre FROM role_grant g
    WHERE g.person = :person AND (g.until IS NULL OR g.until > :now)
    UNION ALL
    SELECT 2, p.centre FROM provider p
    WHERE p.person = :person AND p.status NOT IN ('rejected', 'left')
    UNION ALL
    SELECT 3, c.centre FROM client_contact c WHERE c.person = :person
    UNION ALL
    SELECT 4, p.centres[1] FROM person p WHERE p.id = :person
) AS home
ORDER BY rank, centre
LIMIT 1;

-- name: lock_administrators
-- Who runs a centre, kept from being changed meanwhile.
SELECT person FROM role_grant
WHERE centre = :centre AND role = 'administrator' AND (until IS NULL OR until > :now)
ORDER BY person
FOR UPDATE;
