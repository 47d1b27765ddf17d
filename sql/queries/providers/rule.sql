-- name: rules_of
-- What some centres have set otherwise than the defaults.
SELECT centre, key, value, source, valid_from FROM rule
WHERE centre = ANY(:centres::bigint[])
ORDER BY centre, key, valid_from;
