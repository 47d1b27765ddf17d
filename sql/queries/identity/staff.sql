-- name: members
-- Who works for a centre, as what, with how much taken on, and who stands in.
SELECT p.id AS person, p.public_id, p.given_name || ' ' || p.family_name AS name,
       array_agg(g.role ORDER BY g.role) AS roles,
       (SELECT count(*) FROM task t
        WHERE t.centre = :centre AND t.claimed_by = p.id AND t.state = 'open')::integer AS open_tasks,
       max(q.given_name || ' ' || q.family_name) AS deputy, max(d.until) AS away_until
FROM role_grant g
JOIN person p ON p.id = g.person
LEFT JOIN deputy d ON d.centre = g.centre AND d.person = g.person AND d.until >= :today
LEFT JOIN person q ON q.id = d.deputy
WHERE g.centre = :centre AND (g.until IS NULL OR g.until > :now) AND p.erased_at IS NULL
GROUP BY p.id
ORDER BY p.family_name, p.given_name, p.id;

-- name: hand_over_tasks
-- What somebody has taken on is another one's, or nobody's in particular.
UPDATE task SET claimed_by = :to::bigint
WHERE centre = :centre AND claimed_by = :person AND state = 'open';

-- name: insert_deputy
-- Who stands in for somebody, and until when.
INSERT INTO deputy (centre, person, deputy, until) VALUES (:centre, :person, :deputy, :until)
ON CONFLICT (centre, person) DO UPDATE SET deputy = EXCLUDED.deputy, until = EXCLUDED.until;

-- name: delete_deputies
-- Somebody neither is stood in for nor stands in any more.
DELETE FROM deputy WHERE centre = :centre AND (person = :person OR deputy = :person);
