-- Only legal changes of state (I6): the table is the rule, one trigger keeps it.

CREATE TABLE transition (
    subject     text NOT NULL,
    old         text NOT NULL,
    new         text NOT NULL,
    PRIMARY KEY (subject, old, new)
);
INSERT INTO transition (subject, old, new)
SELECT subject, old, unnest(string_to_array(news, ' ')) FROM (VALUES
    ('care_request', 'unconfirmed', 'open cancelled expired'),
    ('care_request', 'open', 'closed cancelled expired'),
    ('seat', 'open', 'dropped'),
    ('offer', 'proposed', 'pending withdrawn expired'),
    ('offer', 'pending', 'accepted declined expired withdrawn'),
    ('booking', 'provisional', 'confirmed released cancelled'),
    ('booking', 'confirmed', 'completed no_show cancelled'),
    ('booking', 'completed', 'no_show'),
    ('delivery', 'pending', 'leased done given_up obsolete failed'),
    ('delivery', 'leased', 'pending accepted failed obsolete unknown'),
    ('delivery', 'unknown', 'leased obsolete failed'),
    ('task', 'open', 'done obsolete'),
    ('task', 'done', 'open'),
    ('run', 'running', 'done failed'),
    ('provider', 'applicant', 'in_check rejected left'),
    ('provider', 'in_check', 'active rejected left'),
    ('provider', 'active', 'paused suspended left'),
    ('provider', 'paused', 'active suspended left'),
    ('provider', 'suspended', 'active left'),
    ('provider', 'left', 'in_check'),
    ('client', 'new', 'known blocked'),
    ('client', 'known', 'blocked'),
    ('client', 'blocked', 'known')
) AS allowed (subject, old, news);

-- TG_ARGV[0] names the column: state, or status for the life cycles.
CREATE FUNCTION keep_transitions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was text := to_jsonb(OLD) ->> TG_ARGV[0];
    becomes text := to_jsonb(NEW) ->> TG_ARGV[0];
BEGIN
    IF was <> becomes AND NOT EXISTS (
        SELECT FROM transition t WHERE t.subject = TG_TABLE_NAME AND t.old = was AND t.new = becomes
    ) THEN
        RAISE check_violation USING
            MESSAGE = format('%s: %s -> %s is no legal change', TG_TABLE_NAME, was, becomes),
            CONSTRAINT = 'state_transition';
    END IF;
    RETURN NEW;
END $$;

DO $$
DECLARE guarded text;
BEGIN
    FOR guarded IN SELECT DISTINCT subject FROM transition LOOP
        EXECUTE format(
            'CREATE TRIGGER keep_transitions BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION keep_transitions(%L)',
            guarded, CASE WHEN guarded IN ('provider', 'client') THEN 'status' ELSE 'state' END);
    END LOOP;
END $$;

-- The way between two places in minutes, rounded up: the checker's own account of what
-- rundum_engine.travel computes. Nobody moves: 0; a hundredth of a minute is left to rounding.
CREATE FUNCTION way_minutes(a bigint, b bigint, means text) RETURNS integer
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN p.lat = q.lat AND p.lon = q.lon THEN 0 ELSE
        ceil(
            2 * 6371.0088 * asin(least(1, sqrt(
                power(sin(radians(q.lat - p.lat) / 2), 2)
                + cos(radians(p.lat)) * cos(radians(q.lat)) * power(sin(radians(q.lon - p.lon) / 2), 2)
            ))) * t.detour / t.km_per_hour * 60 - 0.01
        )::integer + t.overhead END
    FROM place p, place q, transport t
    WHERE p.id = a AND q.id = b AND t.key = means
$$;
