-- name: active_providers
-- Everybody who may be placed, or those of some persons, with what law and wishes depend on.
SELECT v.person, v.centre, c.state, p.birth_date, v.engagement, v.place, v.transport, v.radius_km,
       v.last_way_home, v.hours_week, v.lowest_rate, v.schooling_until, v.attends_school,
       v.refuses,
       ARRAY(SELECT s.key FROM provider_skill s WHERE s.person = v.person ORDER BY s.key) AS skills
FROM provider v
JOIN person p ON p.id = v.person
JOIN centre c ON c.id = v.centre
WHERE v.status = 'active' AND p.erased_at IS NULL
  AND (:persons::bigint[] IS NULL OR v.person = ANY(:persons::bigint[]))
ORDER BY v.person;

-- name: shown_credentials
-- What some providers have shown that still holds on a day, the latest of each kind.
SELECT DISTINCT ON (person, kind) person, kind, seen_on, valid_until
FROM credential
WHERE person = ANY(:persons::bigint[]) AND (valid_until IS NULL OR valid_until >= :day)
ORDER BY person, kind, valid_until DESC NULLS FIRST, seen_on;

-- name: consents_of_guardians
-- Each guardian of some minors, and since when her consent is on file.
SELECT r.person,
       (SELECT max(k.given_at) FROM consent k
        WHERE k.person = r.person AND k.kind = 'guardian' AND k.given_by = r.other
          AND k.withdrawn_at IS NULL) AS given_at
FROM relation r JOIN person g ON g.id = r.other
WHERE r.person = ANY(:persons::bigint[]) AND r.kind = 'guardian' AND g.erased_at IS NULL
ORDER BY r.person, r.other;

-- name: work_of_minors
-- When some people work for anyone within a time.
SELECT person, lower(during) AS starts_at, upper(during) AS ends_at
FROM slot
WHERE live AND kind = 'booking' AND person = ANY(:persons::bigint[])
  AND lower(during) >= :since AND lower(during) < :before
ORDER BY person, lower(during);
