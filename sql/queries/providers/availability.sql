-- name: week_of
-- The weekly plans of some providers.
SELECT person, weekday, wall_from, wall_to, every_n_weeks, week_offset, valid_from, valid_until,
       on_holidays
FROM availability WHERE person = ANY(:persons::bigint[])
ORDER BY person, weekday, wall_from, id;

-- name: delete_week
-- A weekly plan makes room for another.
DELETE FROM availability WHERE person = :person;

-- name: insert_week
-- A whole weekly plan.
INSERT INTO availability (centre, person, weekday, wall_from, wall_to, every_n_weeks, week_offset,
                          valid_from, valid_until, on_holidays)
SELECT :centre, :person, line.*
FROM unnest(:weekdays::smallint[], :walls_from::time[], :walls_to::time[],
            :every_n_weeks::smallint[], :week_offsets::smallint[], :valid_from::date[],
            :valid_until::date[], :on_holidays::boolean[]) AS line;

-- name: exceptions_of
-- What deviates from the plans of some providers within a time.
SELECT public_id, person, lower(during) AS starts_at, upper(during) AS ends_at, kind
FROM availability_exception
WHERE person = ANY(:persons::bigint[]) AND upper(during) > :since AND lower(during) < :before
ORDER BY person, lower(during), id;

-- name: count_exceptions
-- How many deviations somebody has noted that are not over.
SELECT count(*) AS count FROM availability_exception
WHERE person = :person AND upper(during) > :now;

-- name: insert_exceptions
-- Times at which somebody can after all, or can't.
INSERT INTO availability_exception (centre, person, during, kind)
SELECT :centre, :person, tstzrange(span.starts_at, span.ends_at), :kind
FROM unnest(:starts::timestamptz[], :ends::timestamptz[]) AS span (starts_at, ends_at);

-- name: delete_exception
-- The plan holds again.
DELETE FROM availability_exception WHERE public_id = :public_id AND person = :person
RETURNING public_id, person, lower(during) AS starts_at, upper(during) AS ends_at, kind;
