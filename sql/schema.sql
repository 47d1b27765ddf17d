-- For reading: what all migrations together make. Written by `rundum migrate --schema`.

CREATE OR REPLACE FUNCTION public.current_centre()
 RETURNS bigint
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ SELECT nullif(current_setting('rundum.centre', true), '')::bigint $function$;

CREATE OR REPLACE FUNCTION public.event_hash(e event)
 RETURNS bytea
 LANGUAGE sql
 STABLE
AS $function$
    SELECT sha256(convert_to(jsonb_build_array(
        e.id, e.centre, e.kind, e.subject, e.actor, e.on_behalf_of, e.key,
        (extract(epoch FROM e.at) * 1000000)::bigint, e.data)::text, 'UTF8')) $function$;

CREATE OR REPLACE FUNCTION public.keep_transitions()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
END $function$;

CREATE OR REPLACE FUNCTION public.note_change_for_everybody()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO provider_change (person) VALUES (0) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.note_change_of_person()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO provider_change (person) VALUES (NEW.id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.note_change_of_provider()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    -- a person is noted once a transaction, so two transactions never wait for each other here
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO provider_change (person) VALUES (OLD.person) ON CONFLICT DO NOTHING;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO provider_change (person) VALUES (NEW.person) ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $function$;

CREATE OR REPLACE FUNCTION public.way_minutes(a bigint, b bigint, means text)
 RETURNS integer
 LANGUAGE sql
 STABLE
AS $function$
    SELECT CASE WHEN p.lat = q.lat AND p.lon = q.lon THEN 0 ELSE
        ceil(
            2 * 6371.0088 * asin(least(1, sqrt(
                power(sin(radians(q.lat - p.lat) / 2), 2)
                + cos(radians(p.lat)) * cos(radians(q.lat)) * power(sin(radians(q.lon - p.lon) / 2), 2)
            ))) * t.detour / t.km_per_hour * 60 - 0.01
        )::integer + t.overhead END
    FROM place p, place q, transport t
    WHERE p.id = a AND q.id = b AND t.key = means
$function$;

CREATE TABLE api_key (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    public_id uuid NOT NULL DEFAULT gen_random_uuid(),
    centre bigint NOT NULL,
    hash bytea NOT NULL,
    name text NOT NULL,
    scopes text[] NOT NULL,
    made_by bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    ended_at timestamp with time zone,
    CONSTRAINT api_key_pkey PRIMARY KEY (id),
    CONSTRAINT api_key_hash_key UNIQUE (hash),
    CONSTRAINT api_key_public_id_key UNIQUE (public_id),
    CONSTRAINT api_key_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT api_key_made_by_fkey FOREIGN KEY (made_by) REFERENCES person(id),
    CONSTRAINT api_key_hash_check CHECK (length(hash) = 32),
    CONSTRAINT api_key_scopes_check CHECK (cardinality(scopes) > 0)
);
CREATE INDEX api_key_centre ON public.api_key USING btree (centre);
ALTER TABLE api_key ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON api_key FOR ALL TO rundum_web
    USING (centre = current_centre())
    WITH CHECK (centre = current_centre());
CREATE POLICY worker ON api_key FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT INSERT ON api_key TO rundum_web;
GRANT INSERT, SELECT, UPDATE ON api_key TO rundum_worker;

CREATE TABLE approval (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    centre bigint NOT NULL,
    booking bigint NOT NULL,
    by text NOT NULL,
    deadline timestamp with time zone NOT NULL,
    given_at timestamp with time zone,
    refused_at timestamp with time zone,
    decided_by bigint,
    CONSTRAINT approval_pkey PRIMARY KEY (id),
    CONSTRAINT approval_once UNIQUE (booking, by),
    CONSTRAINT approval_booking_fkey FOREIGN KEY (booking) REFERENCES booking(id),
    CONSTRAINT approval_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT approval_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES person(id),
    CONSTRAINT approval_by_check CHECK (by = ANY (ARRAY['client'::text, 'guardian'::text, 'desk'::text, 'group'::text])),
    CONSTRAINT approval_one_answer CHECK (given_at IS NULL OR refused_at IS NULL)
);
CREATE INDEX approval_open ON public.approval USING btree (deadline) WHERE ((given_at IS NULL) AND (refused_at IS NULL));
ALTER TABLE approval ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON approval FOR ALL TO rundum_web
    USING (centre = current_centre())
    WITH CHECK (centre = current_centre());
CREATE POLICY worker ON approval FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON approval TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON approval TO rundum_worker;

CREATE TABLE attempt (
    key text NOT NULL,
    window_start timestamp with time zone NOT NULL,
    count integer NOT NULL DEFAULT 1,
    CONSTRAINT attempt_pkey PRIMARY KEY (key, window_start)
);
GRANT DELETE, INSERT, SELECT, UPDATE ON attempt TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON attempt TO rundum_worker;

CREATE TABLE availability (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    centre bigint NOT NULL,
    person bigint NOT NULL,
    weekday smallint NOT NULL,
    wall_from time without time zone NOT NULL,
    wall_to time without time zone NOT NULL,
    every_n_weeks smallint NOT NULL DEFAULT 1,
    week_offset smallint NOT NULL DEFAULT 0,
    valid_from date,
    valid_until date,
    on_holidays boolean NOT NULL DEFAULT true,
    CONSTRAINT availability_pkey PRIMARY KEY (id),
    CONSTRAINT availability_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT availability_person_fkey FOREIGN KEY (person) REFERENCES provider(person),
    CONSTRAINT availability_every_n_weeks_check CHECK (every_n_weeks >= 1 AND every_n_weeks <= 8),
    CONSTRAINT availability_in_order CHECK (valid_until >= valid_from),
    CONSTRAINT availability_week CHECK (week_offset >= 0 AND week_offset < every_n_weeks),
    CONSTRAINT availability_weekday_check CHECK (weekday >= 0 AND weekday <= 6)
);
CREATE INDEX availability_person ON public.availability USING btree (person);
CREATE TRIGGER note_change AFTER INSERT OR DELETE OR UPDATE ON availability FOR EACH ROW EXECUTE FUNCTION note_change_of_provider();
ALTER TABLE availability ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON availability FOR ALL TO rundum_web
    USING (centre = current_centre())
    WITH CHECK (centre = current_centre());
CREATE POLICY worker ON availability FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON availability TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON availability TO rundum_worker;

CREATE TABLE availability_exception (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    public_id uuid NOT NULL DEFAULT gen_random_uuid(),
    centre bigint NOT NULL,
    person bigint NOT NULL,
    during tstzrange NOT NULL,
    kind text NOT NULL,
    CONSTRAINT availability_exception_pkey PRIMARY KEY (id),
    CONSTRAINT availability_exception_public_id_key UNIQUE (public_id),
    CONSTRAINT availability_exception_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT availability_exception_person_fkey FOREIGN KEY (person) REFERENCES provider(person),
    CONSTRAINT availability_exception_half_open CHECK (lower_inc(during) AND NOT upper_inc(during) AND NOT upper_inf(during)),
    CONSTRAINT availability_exception_kind_check CHECK (kind = ANY (ARRAY['free'::text, 'blocked'::text]))
);
CREATE INDEX availability_exception_person ON public.availability_exception USING btree (person, upper(during));
CREATE TRIGGER note_change AFTER INSERT OR DELETE OR UPDATE ON availability_exception FOR EACH ROW EXECUTE FUNCTION note_change_of_provider();
ALTER TABLE availability_exception ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON availability_exception FOR ALL TO rundum_web
    USING (centre = current_centre())
    WITH CHECK (centre = current_centre());
CREATE POLICY worker ON availability_exception FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON availability_exception TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON availability_exception TO rundum_worker;

CREATE TABLE booking (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    public_id uuid NOT NULL DEFAULT gen_random_uuid(),
    centre bigint NOT NULL,
    seat bigint NOT NULL,
    during tstzrange NOT NULL,
    person bigint NOT NULL,
    slot bigint NOT NULL,
    offer bigint,
    origin text NOT NULL,
    state text NOT NULL,
    live boolean NOT NULL GENERATED ALWAYS AS (state = ANY (ARRAY['provisional'::text, 'confirmed'::text, 'completed'::text, 'no_show'::text])) STORED,
    rate integer,
    way_minutes smallint NOT NULL,
    ical_uid text NOT NULL,
    ical_sequence integer NOT NULL DEFAULT 0,
    created_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone,
    ended_at timestamp with time zone,
    cancelled_by text,
    reason text,
    late boolean NOT NULL DEFAULT false,
    seat_held bigint GENERATED ALWAYS AS 
CASE
    WHEN (state = ANY (ARRAY['provisional'::text, 'confirmed'::text, 'completed'::text, 'no_show'::text])) THEN seat
    ELSE NULL::bigint
END STORED,
    CONSTRAINT booking_pkey PRIMARY KEY (id),
    CONSTRAINT booking_ical_uid_key UNIQUE (ical_uid),
    CONSTRAINT booking_public_id_key UNIQUE (public_id),
    CONSTRAINT booking_slot UNIQUE (slot),
    CONSTRAINT booking_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT booking_offer_fkey FOREIGN KEY (offer) REFERENCES offer(id),
    CONSTRAINT booking_person_fkey FOREIGN KEY (person) REFERENCES provider(person),
    CONSTRAINT booking_seat_fkey FOREIGN KEY (seat) REFERENCES seat(id),
    CONSTRAINT booking_seat_times FOREIGN KEY (seat_held, during) REFERENCES seat(id, during) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT booking_slot_fkey FOREIGN KEY (slot) REFERENCES slot(id),
    CONSTRAINT booking_cancelled_by_check CHECK (cancelled_by = ANY (ARRAY['client'::text, 'provider'::text, 'guardian'::text, 'desk'::text])),
    CONSTRAINT booking_origin_check CHECK (origin = ANY (ARRAY['matched'::text, 'phone'::text, 'self_arranged'::text])),
    CONSTRAINT booking_state_check CHECK (state = ANY (ARRAY['provisional'::text, 'confirmed'::text, 'completed'::text, 'no_show'::text, 'cancelled'::text, 'released'::text]))
);
CREATE INDEX booking_end ON public.booking USING btree (upper(during)) WHERE (state = 'confirmed'::text);
CREATE INDEX booking_person ON public.booking USING btree (person, state);
CREATE UNIQUE INDEX booking_seat_once ON public.booking USING btree (seat) WHERE live;
CREATE TRIGGER keep_transitions BEFORE UPDATE ON booking FOR EACH ROW EXECUTE FUNCTION keep_transitions('state');
ALTER TABLE booking ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON booking FOR ALL TO rundum_web
    USING (centre = current_centre())
    WITH CHECK (centre = current_centre());
CREATE POLICY worker ON booking FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON booking TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON booking TO rundum_worker;

CREATE TABLE care_request (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    public_id uuid NOT NULL DEFAULT gen_random_uuid(),
    centre bigint NOT NULL,
    client bigint NOT NULL,
    asked_by bigint NOT NULL,
    channel text NOT NULL,
    service text NOT NULL,
    state text NOT NULL,
    policy text NOT NULL DEFAULT 'all'::text,
    approval text NOT NULL DEFAULT 'ask'::text,
    payer text NOT NULL DEFAULT 'self'::text,
    payer_reference text NOT NULL DEFAULT ''::text,
    rate integer,
    priority text NOT NULL DEFAULT 'normal'::text,
    flexible_before smallint NOT NULL DEFAULT 0,
    flexible_after smallint NOT NULL DEFAULT 0,
    tags text[] NOT NULL DEFAULT '{}'::text[],
    tasks text[] NOT NULL DEFAULT '{}'::text[],
    note text NOT NULL DEFAULT ''::text,
    answer_by timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT care_request_pkey PRIMARY KEY (id),
    CONSTRAINT care_request_public_id_key UNIQUE (public_id),
    CONSTRAINT care_request_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES person(id),
    CONSTRAINT care_request_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT care_request_client_fkey FOREIGN KEY (client) REFERENCES client(id),
    CONSTRAINT care_request_approval_check CHECK (approval = ANY (ARRAY['book'::text, 'ask'::text, 'meet'::text])),
    CONSTRAINT care_request_channel_check CHECK (channel = ANY (ARRAY['web'::text, 'phone'::text, 'email'::text, 'api'::text])),
    CONSTRAINT care_request_flexible_after_check CHECK (flexible_after >= 0 AND flexible_after <= 240),
    CONSTRAINT care_request_flexible_before_check CHECK (flexible_before >= 0 AND flexible_before <= 240),
    CONSTRAINT care_request_note_check CHECK (length(note) <= 2000),
    CONSTRAINT care_request_payer_check CHECK (payer = ANY (ARRAY['self'::text, 'employer'::text, 'club'::text, 'municipality'::text, 'health_insurer'::text, 'youth_office'::text, 'project'::text])),
    CONSTRAINT care_request_payer_reference_check CHECK (length(payer_reference) <= 80),
    CONSTRAINT care_request_policy_check CHECK (policy = ANY (ARRAY['all'::text, 'core'::text])),
    CONSTRAINT care_request_priority_check CHECK (priority = ANY (ARRAY['normal'::text, 'high'::text, 'urgent'::text])),
    CONSTRAINT care_request_rate_check CHECK (rate >= 0 AND rate <= 20000),
    CONSTRAINT care_request_service_check CHECK (service = ANY (ARRAY['childcare'::text, 'event'::text, 'household'::text, 'companionship'::text])),
    CONSTRAINT care_request_state_check CHECK (state = ANY (ARRAY['unconfirmed'::text, 'open'::text, 'closed'::text, 'cancelled'::text, 'expired'::text]))
);
CREATE INDEX care_request_answer ON public.care_request USING btree (answer_by) WHERE ((state = 'open'::text) AND (answered_at IS NULL));
CREATE INDEX care_request_centre ON public.care_request USING btree (centre, state, created_at DESC, id DESC);
CREATE INDEX care_request_client ON public.care_request USING btree (client, created_at DESC, id DESC);
CREATE INDEX care_request_unconfirmed ON public.care_request USING btree (created_at) WHERE (state = 'unconfirmed'::text);
CREATE TRIGGER keep_transitions BEFORE UPDATE ON care_request FOR EACH ROW EXECUTE FUNCTION keep_transitions('state');
ALTER TABLE care_request ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON care_request FOR ALL TO rundum_web
    USING (centre = current_centre())
    WITH CHECK (centre = current_centre());
CREATE POLICY worker ON care_request FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON care_request TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON care_request TO rundum_worker;

CREATE TABLE centre (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    slug text NOT NULL,
    name text NOT NULL,
    street text NOT NULL DEFAULT ''::text,
    place bigint NOT NULL,
    phone text NOT NULL,
    on_call text,
    email text NOT NULL,
    zone text NOT NULL DEFAULT 'Europe/Berlin'::text,
    state text NOT NULL DEFAULT 'ST'::text,
    hours jsonb NOT NULL,
    closing_days date[] NOT NULL DEFAULT '{}'::date[],
    settings jsonb NOT NULL DEFAULT '{}'::jsonb,
    CONSTRAINT centre_pkey PRIMARY KEY (id),
    CONSTRAINT centre_slug_key UNIQUE (slug),
    CONSTRAINT centre_place_fkey FOREIGN KEY (place) REFERENCES place(id),
    CONSTRAINT centre_name_check CHECK (name <> ''::text),
    CONSTRAINT centre_slug_check CHECK (slug ~ '^[a-z][a-z0-9-]{1,40}$'::text)
);
CREATE TRIGGER note_change AFTER UPDATE OF state ON centre FOR EACH STATEMENT EXECUTE FUNCTION note_change_for_everybody();
GRANT DELETE, INSERT, SELECT, UPDATE ON centre TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON centre TO rundum_worker;

CREATE TABLE centre_area (
    centre bigint NOT NULL,
    place bigint NOT NULL,
    CONSTRAINT centre_area_pkey PRIMARY KEY (centre, place),
    CONSTRAINT centre_area_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT centre_area_place_fkey FOREIGN KEY (place) REFERENCES place(id)
);
GRANT DELETE, INSERT, SELECT, UPDATE ON centre_area TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON centre_area TO rundum_worker;

CREATE TABLE client (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    public_id uuid NOT NULL DEFAULT gen_random_uuid(),
    centre bigint NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    place bigint NOT NULL,
    street text NOT NULL,
    tags text[] NOT NULL DEFAULT '{}'::text[],
    status text NOT NULL DEFAULT 'new'::text,
    note text NOT NULL DEFAULT ''::text,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT client_pkey PRIMARY KEY (id),
    CONSTRAINT client_public_id_key UNIQUE (public_id),
    CONSTRAINT client_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT client_place_fkey FOREIGN KEY (place) REFERENCES place(id),
    CONSTRAINT client_kind_check CHECK (kind = ANY (ARRAY['household'::text, 'club'::text, 'municipality'::text, 'company'::text])),
    CONSTRAINT client_name_check CHECK (length(name) >= 1 AND length(name) <= 120),
    CONSTRAINT client_note_check CHECK (length(note) <= 2000),
    CONSTRAINT client_status_check CHECK (status = ANY (ARRAY['new'::text, 'known'::text, 'blocked'::text])),
    CONSTRAINT client_street_check CHECK (length(street) <= 120)
);
CREATE INDEX client_centre ON public.client USING btree (centre, name);
CREATE TRIGGER keep_transitions BEFORE UPDATE ON client FOR EACH ROW EXECUTE FUNCTION keep_transitions('status');
ALTER TABLE client ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON client FOR ALL TO rundum_web
    USING (centre = current_centre())
    WITH CHECK (centre = current_centre());
CREATE POLICY worker ON client FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON client TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON client TO rundum_worker;

CREATE TABLE client_contact (
    centre bigint NOT NULL,
    client bigint NOT NULL,
    person bigint NOT NULL,
    CONSTRAINT client_contact_pkey PRIMARY KEY (client, person),
    CONSTRAINT client_contact_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT client_contact_client_fkey FOREIGN KEY (client) REFERENCES client(id),
    CONSTRAINT client_contact_person_fkey FOREIGN KEY (person) REFERENCES person(id)
);
CREATE INDEX client_contact_person ON public.client_contact USING btree (person);
ALTER TABLE client_contact ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON client_contact FOR ALL TO rundum_web
    USING (centre = current_centre())
    WITH CHECK (centre = current_centre());
CREATE POLICY worker ON client_contact FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON client_contact TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON client_contact TO rundum_worker;

CREATE TABLE consent (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    centre bigint NOT NULL,
    person bigint NOT NULL,
    kind text NOT NULL,
    text_version text NOT NULL,
    given_by bigint NOT NULL,
    given_at timestamp with time zone NOT NULL,
    withdrawn_at timestamp with time zone,
    CONSTRAINT consent_pkey PRIMARY KEY (id),
    CONSTRAINT consent_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT consent_given_by_fkey FOREIGN KEY (given_by) REFERENCES person(id),
    CONSTRAINT consent_person_fkey FOREIGN KEY (person) REFERENCES person(id),
    CONSTRAINT consent_kind_check CHECK (kind = ANY (ARRAY['privacy'::text, 'guardian'::text, 'health'::text, 'standby'::text]))
);
CREATE INDEX consent_person ON public.consent USING btree (person);
CREATE TRIGGER note_change AFTER INSERT OR DELETE OR UPDATE ON consent FOR EACH ROW EXECUTE FUNCTION note_change_of_provider();
ALTER TABLE consent ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON consent FOR ALL TO rundum_web
    USING (centre = current_centre())
    WITH CHECK (centre = current_centre());
CREATE POLICY worker ON consent FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON consent TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON consent TO rundum_worker;

CREATE TABLE contact_point (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    person bigint NOT NULL,
    channel text NOT NULL,
    value text NOT NULL,
    key text NOT NULL GENERATED ALWAYS AS lower(value) STORED,
    best_time text,
    verified_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT contact_point_pkey PRIMARY KEY (id),
    CONSTRAINT contact_point_once UNIQUE (person, channel, key),
    CONSTRAINT contact_point_person_fkey FOREIGN KEY (person) REFERENCES person(id),
    CONSTRAINT contact_point_channel_check CHECK (channel = ANY (ARRAY['email'::text, 'phone'::text])),
    CONSTRAINT contact_point_value_check CHECK (length(value) >= 3 AND length(value) <= 254)
);
CREATE INDEX contact_point_key ON public.contact_point USING btree (key);
ALTER TABLE contact_point ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON contact_point FOR ALL TO rundum_web
    USING (EXISTS ( SELECT
   FROM person p
  WHERE ((p.id = contact_point.person) AND (current_centre() = ANY (p.centres)))))
    WITH CHECK (EXISTS ( SELECT
   FROM person p
  WHERE ((p.id = contact_point.person) AND (current_centre() = ANY (p.centres)))));
CREATE POLICY worker ON contact_point FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON contact_point TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON contact_point TO rundum_worker;

CREATE TABLE credential (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    public_id uuid NOT NULL DEFAULT gen_random_uuid(),
    centre bigint NOT NULL,
    person bigint NOT NULL,
    kind text NOT NULL,
    seen_on date NOT NULL,
    seen_by bigint NOT NULL,
    valid_until date,
    CONSTRAINT credential_pkey PRIMARY KEY (id),
    CONSTRAINT credential_public_id_key UNIQUE (public_id),
    CONSTRAINT credential_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT credential_person_fkey FOREIGN KEY (person) REFERENCES provider(person),
    CONSTRAINT credential_seen_by_fkey FOREIGN KEY (seen_by) REFERENCES person(id),
    CONSTRAINT credential_in_order CHECK (valid_until >= seen_on),
    CONSTRAINT credential_kind_check CHECK (kind = ANY (ARRAY['certificate'::text, 'first_aid'::text, 'course'::text, 'health'::text]))
);
CREATE INDEX credential_person ON public.credential USING btree (person, kind);
CREATE TRIGGER note_change AFTER INSERT OR DELETE OR UPDATE ON credential FOR EACH ROW EXECUTE FUNCTION note_change_of_provider();
ALTER TABLE credential ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON credential FOR ALL TO rundum_web
    USING (centre = current_centre())
    WITH CHECK (centre = current_centre());
CREATE POLICY worker ON credential FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON credential TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON credential TO rundum_worker;

CREATE TABLE delivery (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    centre bigint NOT NULL,
    message bigint NOT NULL,
    channel text NOT NULL,
    address text,
    state text NOT NULL,
    lease_token uuid,
    lease_until timestamp with time zone,
    next_at timestamp with time zone NOT NULL,
    attempts smallint NOT NULL DEFAULT 0,
    message_id text NOT NULL,
    rendered bytea,
    error text,
    created_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT delivery_pkey PRIMARY KEY (id),
    CONSTRAINT delivery_message_id_key UNIQUE (message_id),
    CONSTRAINT delivery_message_key UNIQUE (message),
    CONSTRAINT delivery_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT delivery_message_fkey FOREIGN KEY (message) REFERENCES message(id),
    CONSTRAINT delivery_channel_check CHECK (channel = ANY (ARRAY['email'::text, 'phone'::text])),
    CONSTRAINT delivery_state_check CHECK (state = ANY (ARRAY['pending'::text, 'leased'::text, 'accepted'::text, 'failed'::text, 'obsolete'::text, 'unknown'::text, 'done'::text, 'given_up'::text]))
);
CREATE INDEX delivery_due ON public.delivery USING btree (next_at) WHERE ((channel = 'email'::text) AND (state = ANY (ARRAY['pending'::text, 'leased'::text, 'unknown'::text])));
CREATE INDEX delivery_failed ON public.delivery USING btree (centre, state) WHERE (state = ANY (ARRAY['failed'::text, 'given_up'::text]));
CREATE INDEX delivery_unfinished ON public.delivery USING btree (channel, state, created_at) WHERE (state = ANY (ARRAY['pending'::text, 'leased'::text, 'unknown'::text, 'failed'::text, 'given_up'::text]));
CREATE TRIGGER keep_transitions BEFORE UPDATE ON delivery FOR EACH ROW EXECUTE FUNCTION keep_transitions('state');
ALTER TABLE delivery ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON delivery FOR ALL TO rundum_web
    USING (centre = current_centre())
    WITH CHECK (centre = current_centre());
CREATE POLICY worker ON delivery FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON delivery TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON delivery TO rundum_worker;

CREATE TABLE deputy (
    centre bigint NOT NULL,
    person bigint NOT NULL,
    deputy bigint NOT NULL,
    until date NOT NULL,
    CONSTRAINT deputy_pkey PRIMARY KEY (centre, person),
    CONSTRAINT deputy_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT deputy_deputy_fkey FOREIGN KEY (deputy) REFERENCES person(id),
    CONSTRAINT deputy_person_fkey FOREIGN KEY (person) REFERENCES person(id),
    CONSTRAINT deputy_is_another CHECK (person <> deputy)
);
ALTER TABLE deputy ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON deputy FOR ALL TO rundum_web
    USING (centre = current_centre())
    WITH CHECK (centre = current_centre());
CREATE POLICY worker ON deputy FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON deputy TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON deputy TO rundum_worker;

CREATE TABLE event (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    centre bigint,
    kind text NOT NULL,
    subject bigint NOT NULL,
    actor bigint,
    on_behalf_of bigint,
    key text,
    at timestamp with time zone NOT NULL,
    data jsonb NOT NULL DEFAULT '{}'::jsonb,
    CONSTRAINT event_pkey PRIMARY KEY (id),
    CONSTRAINT event_key UNIQUE (key),
    CONSTRAINT event_actor_fkey FOREIGN KEY (actor) REFERENCES person(id),
    CONSTRAINT event_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT event_on_behalf_of_fkey FOREIGN KEY (on_behalf_of) REFERENCES person(id)
);
CREATE INDEX event_centre ON public.event USING btree (centre, at DESC);
CREATE INDEX event_subject ON public.event USING btree (kind, subject);
ALTER TABLE event ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON event FOR ALL TO rundum_web
    USING (centre = current_centre())
    WITH CHECK (centre = current_centre());
CREATE POLICY worker ON event FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT INSERT, SELECT ON event TO rundum_web;
GRANT INSERT, SELECT ON event TO rundum_worker;

CREATE TABLE event_seal (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    first bigint NOT NULL,
    last bigint NOT NULL,
    lines bytea NOT NULL,
    hash bytea NOT NULL,
    sealed_at timestamp with time zone NOT NULL,
    CONSTRAINT event_seal_pkey PRIMARY KEY (id),
    CONSTRAINT event_seal_first UNIQUE (first),
    CONSTRAINT event_seal_order CHECK (first <= last AND length(hash) = 32)
);
GRANT INSERT, SELECT ON event_seal TO rundum_worker;

CREATE TABLE idempotency (
    actor text NOT NULL,
    key text NOT NULL,
    body_hash bytea NOT NULL,
    answer jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT idempotency_once PRIMARY KEY (actor, key),
    CONSTRAINT idempotency_key_check CHECK (length(key) >= 8 AND length(key) <= 200)
);
GRANT DELETE, INSERT, SELECT, UPDATE ON idempotency TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON idempotency TO rundum_worker;

CREATE TABLE invitation (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    public_id uuid NOT NULL DEFAULT gen_random_uuid(),
    centre bigint NOT NULL,
    person bigint NOT NULL,
    role text NOT NULL,
    invited_by bigint,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    accepted_at timestamp with time zone,
    withdrawn_at timestamp with time zone,
    CONSTRAINT invitation_pkey PRIMARY KEY (id),
    CONSTRAINT invitation_public_id_key UNIQUE (public_id),
    CONSTRAINT invitation_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT invitation_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES person(id),
    CONSTRAINT invitation_person_fkey FOREIGN KEY (person) REFERENCES person(id),
    CONSTRAINT invitation_role_check CHECK (role = ANY (ARRAY['desk'::text, 'administrator'::text]))
);
CREATE UNIQUE INDEX invitation_once ON public.invitation USING btree (centre, person) WHERE ((accepted_at IS NULL) AND (withdrawn_at IS NULL));
ALTER TABLE invitation ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON invitation FOR ALL TO rundum_web
    USING (centre = current_centre())
    WITH CHECK (centre = current_centre());
CREATE POLICY worker ON invitation FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON invitation TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON invitation TO rundum_worker;

CREATE TABLE job_slot (
    job text NOT NULL,
    slot timestamp with time zone NOT NULL,
    claimed_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    error text,
    CONSTRAINT job_slot_once PRIMARY KEY (job, slot)
);
GRANT DELETE, INSERT, SELECT, UPDATE ON job_slot TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON job_slot TO rundum_worker;

CREATE TABLE link (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    hash bytea NOT NULL,
    purpose text NOT NULL,
    subject bigint NOT NULL,
    person bigint,
    centre bigint NOT NULL,
    version smallint NOT NULL DEFAULT 1,
    standing boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT link_pkey PRIMARY KEY (id),
    CONSTRAINT link_hash_key UNIQUE (hash),
    CONSTRAINT link_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT link_person_fkey FOREIGN KEY (person) REFERENCES person(id),
    CONSTRAINT link_hash_check CHECK (length(hash) = 32)
);
CREATE INDEX link_subject ON public.link USING btree (purpose, subject);
GRANT DELETE, INSERT, SELECT, UPDATE ON link TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON link TO rundum_worker;

CREATE TABLE message (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    centre bigint NOT NULL,
    event bigint NOT NULL,
    person bigint NOT NULL,
    template text NOT NULL,
    subject bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT message_pkey PRIMARY KEY (id),
    CONSTRAINT message_once UNIQUE (event, person, template),
    CONSTRAINT message_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT message_event_fkey FOREIGN KEY (event) REFERENCES event(id),
    CONSTRAINT message_person_fkey FOREIGN KEY (person) REFERENCES person(id)
);
CREATE INDEX message_centre ON public.message USING btree (centre, created_at DESC);
CREATE INDEX message_subject ON public.message USING btree (template, subject);
ALTER TABLE message ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON message FOR ALL TO rundum_web
    USING (centre = current_centre())
    WITH CHECK (centre = current_centre());
CREATE POLICY worker ON message FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON message TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON message TO rundum_worker;

CREATE TABLE migration (
    number integer NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone NOT NULL DEFAULT now(),
    CONSTRAINT migration_pkey PRIMARY KEY (number)
);
GRANT SELECT ON migration TO rundum_web;
GRANT SELECT ON migration TO rundum_worker;

CREATE TABLE offer (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    public_id uuid NOT NULL DEFAULT gen_random_uuid(),
    centre bigint NOT NULL,
    request bigint NOT NULL,
    person bigint NOT NULL,
    run bigint,
    state text NOT NULL,
    parallel boolean NOT NULL DEFAULT false,
    request_version integer NOT NULL,
    rate integer,
    way_minutes smallint NOT NULL,
    distance_km real NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    CONSTRAINT offer_pkey PRIMARY KEY (id),
    CONSTRAINT offer_public_id_key UNIQUE (public_id),
    CONSTRAINT offer_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT offer_person_fkey FOREIGN KEY (person) REFERENCES provider(person),
    CONSTRAINT offer_request_fkey FOREIGN KEY (request) REFERENCES care_request(id),
    CONSTRAINT offer_run_fkey FOREIGN KEY (run) REFERENCES run(id),
    CONSTRAINT offer_state_check CHECK (state = ANY (ARRAY['proposed'::text, 'pending'::text, 'accepted'::text, 'declined'::text, 'expired'::text, 'withdrawn'::text]))
);
CREATE INDEX offer_expiry ON public.offer USING btree (expires_at) WHERE (state = ANY (ARRAY['proposed'::text, 'pending'::text]));
CREATE INDEX offer_person ON public.offer USING btree (person, state);
CREATE INDEX offer_request ON public.offer USING btree (request);
CREATE TRIGGER keep_transitions BEFORE UPDATE ON offer FOR EACH ROW EXECUTE FUNCTION keep_transitions('state');
ALTER TABLE offer ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON offer FOR ALL TO rundum_web
    USING (centre = current_centre())
    WITH CHECK (centre = current_centre());
CREATE POLICY worker ON offer FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON offer TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON offer TO rundum_worker;

CREATE TABLE offer_seat (
    centre bigint NOT NULL,
    offer bigint NOT NULL,
    seat bigint NOT NULL,
    lane smallint NOT NULL,
    live boolean NOT NULL DEFAULT true,
    slot bigint,
    CONSTRAINT offer_seat_pkey PRIMARY KEY (offer, seat),
    CONSTRAINT offer_seat_slot_key UNIQUE (slot),
    CONSTRAINT offer_seat_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT offer_seat_offer_fkey FOREIGN KEY (offer) REFERENCES offer(id),
    CONSTRAINT offer_seat_seat_fkey FOREIGN KEY (seat) REFERENCES seat(id),
    CONSTRAINT offer_seat_slot_fkey FOREIGN KEY (slot) REFERENCES slot(id),
    CONSTRAINT offer_seat_lane_check CHECK (lane >= 1)
);
CREATE UNIQUE INDEX offer_seat_lane ON public.offer_seat USING btree (seat, lane) WHERE live;
ALTER TABLE offer_seat ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON offer_seat FOR ALL TO rundum_web
    USING (centre = current_centre())
    WITH CHECK (centre = current_centre());
CREATE POLICY worker ON offer_seat FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON offer_seat TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON offer_seat TO rundum_worker;

CREATE TABLE pair_rule (
    centre bigint NOT NULL,
    client bigint NOT NULL,
    person bigint NOT NULL,
    kind text NOT NULL,
    set_by text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT pair_rule_pkey PRIMARY KEY (client, person, set_by),
    CONSTRAINT pair_rule_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT pair_rule_client_fkey FOREIGN KEY (client) REFERENCES client(id),
    CONSTRAINT pair_rule_person_fkey FOREIGN KEY (person) REFERENCES provider(person),
    CONSTRAINT pair_rule_kind_check CHECK (kind = ANY (ARRAY['preferred'::text, 'excluded'::text, 'blocked'::text])),
    CONSTRAINT pair_rule_set_by_check CHECK (set_by = ANY (ARRAY['client'::text, 'provider'::text, 'desk'::text]))
);
CREATE INDEX pair_rule_person ON public.pair_rule USING btree (person);
ALTER TABLE pair_rule ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON pair_rule FOR ALL TO rundum_web
    USING (centre = current_centre())
    WITH CHECK (centre = current_centre());
CREATE POLICY worker ON pair_rule FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON pair_rule TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON pair_rule TO rundum_worker;

CREATE TABLE passkey (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    public_id uuid NOT NULL DEFAULT gen_random_uuid(),
    person bigint NOT NULL,
    credential bytea NOT NULL,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT passkey_pkey PRIMARY KEY (id),
    CONSTRAINT passkey_credential_key UNIQUE (credential),
    CONSTRAINT passkey_public_id_key UNIQUE (public_id),
    CONSTRAINT passkey_person_fkey FOREIGN KEY (person) REFERENCES person(id),
    CONSTRAINT passkey_credential_check CHECK (length(credential) >= 1 AND length(credential) <= 1023)
);
CREATE INDEX passkey_person ON public.passkey USING btree (person);
ALTER TABLE passkey ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON passkey FOR ALL TO rundum_web
    USING (EXISTS ( SELECT
   FROM person p
  WHERE ((p.id = passkey.person) AND (current_centre() = ANY (p.centres)))))
    WITH CHECK (EXISTS ( SELECT
   FROM person p
  WHERE ((p.id = passkey.person) AND (current_centre() = ANY (p.centres)))));
CREATE POLICY worker ON passkey FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON passkey TO rundum_worker;

CREATE TABLE password (
    person bigint NOT NULL,
    hash text NOT NULL,
    totp bytea NOT NULL,
    totp_step bigint NOT NULL,
    set_at timestamp with time zone NOT NULL,
    CONSTRAINT password_pkey PRIMARY KEY (person),
    CONSTRAINT password_person_fkey FOREIGN KEY (person) REFERENCES person(id),
    CONSTRAINT password_hash_check CHECK (hash ~~ '$argon2id$%'::text)
);
ALTER TABLE password ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON password FOR ALL TO rundum_web
    USING (EXISTS ( SELECT
   FROM person p
  WHERE ((p.id = password.person) AND (current_centre() = ANY (p.centres)))))
    WITH CHECK (EXISTS ( SELECT
   FROM person p
  WHERE ((p.id = password.person) AND (current_centre() = ANY (p.centres)))));
CREATE POLICY worker ON password FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON password TO rundum_worker;

CREATE TABLE person (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    public_id uuid NOT NULL DEFAULT gen_random_uuid(),
    given_name text NOT NULL,
    family_name text NOT NULL,
    search_key text NOT NULL,
    sound_key text NOT NULL,
    locale text NOT NULL DEFAULT 'de'::text,
    birth_date date,
    centres bigint[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    legal_hold boolean NOT NULL DEFAULT false,
    erased_at timestamp with time zone,
    CONSTRAINT person_pkey PRIMARY KEY (id),
    CONSTRAINT person_public_id_key UNIQUE (public_id),
    CONSTRAINT person_centres_check CHECK (cardinality(centres) > 0),
    CONSTRAINT person_family_name_check CHECK (length(family_name) >= 1 AND length(family_name) <= 80),
    CONSTRAINT person_given_name_check CHECK (length(given_name) >= 1 AND length(given_name) <= 80),
    CONSTRAINT person_locale_check CHECK (locale = ANY (ARRAY['de'::text, 'en'::text]))
);
CREATE INDEX person_search ON public.person USING btree (search_key text_pattern_ops);
CREATE INDEX person_sound ON public.person USING btree (sound_key);
CREATE TRIGGER note_change AFTER UPDATE OF birth_date, erased_at ON person FOR EACH ROW EXECUTE FUNCTION note_change_of_person();
ALTER TABLE person ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON person FOR ALL TO rundum_web
    USING (current_centre() = ANY (centres))
    WITH CHECK (current_centre() = ANY (centres));
CREATE POLICY worker ON person FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON person TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON person TO rundum_worker;

CREATE TABLE place (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    postal_code text NOT NULL,
    name text NOT NULL,
    municipality text NOT NULL,
    district text NOT NULL,
    state text NOT NULL,
    lat double precision NOT NULL,
    lon double precision NOT NULL,
    search_key text NOT NULL,
    CONSTRAINT place_pkey PRIMARY KEY (id),
    CONSTRAINT place_once UNIQUE (postal_code, name),
    CONSTRAINT place_lat_check CHECK (lat >= '-90'::integer::double precision AND lat <= 90::double precision),
    CONSTRAINT place_lon_check CHECK (lon >= '-180'::integer::double precision AND lon <= 180::double precision),
    CONSTRAINT place_name_check CHECK (name <> ''::text),
    CONSTRAINT place_postal_code CHECK (postal_code ~ '^[0-9]{5}$'::text)
);
CREATE INDEX place_search ON public.place USING btree (search_key text_pattern_ops);
CREATE TRIGGER note_change AFTER UPDATE OF lat, lon ON place FOR EACH STATEMENT EXECUTE FUNCTION note_change_for_everybody();
GRANT DELETE, INSERT, SELECT, UPDATE ON place TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON place TO rundum_worker;

CREATE TABLE provider (
    person bigint NOT NULL,
    public_id uuid NOT NULL DEFAULT gen_random_uuid(),
    centre bigint NOT NULL,
    status text NOT NULL DEFAULT 'applicant'::text,
    engagement text NOT NULL,
    place bigint NOT NULL,
    street text NOT NULL,
    transport text NOT NULL,
    radius_km smallint NOT NULL,
    last_way_home time without time zone,
    hours_week smallint NOT NULL,
    lowest_rate integer,
    schooling_until date,
    attends_school boolean NOT NULL DEFAULT false,
    refuses text[] NOT NULL DEFAULT '{}'::text[],
    about text NOT NULL DEFAULT ''::text,
    created_at timestamp with time zone NOT NULL,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT provider_pkey PRIMARY KEY (person),
    CONSTRAINT provider_public_id_key UNIQUE (public_id),
    CONSTRAINT provider_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT provider_person_fkey FOREIGN KEY (person) REFERENCES person(id),
    CONSTRAINT provider_place_fkey FOREIGN KEY (place) REFERENCES place(id),
    CONSTRAINT provider_transport_fkey FOREIGN KEY (transport) REFERENCES transport(key),
    CONSTRAINT provider_about_check CHECK (length(about) <= 2000),
    CONSTRAINT provider_engagement_check CHECK (engagement = ANY (ARRAY['minijob'::text, 'volunteer'::text, 'staff'::text, 'self_employed'::text, 'favour'::text])),
    CONSTRAINT provider_hours_week_check CHECK (hours_week >= 1 AND hours_week <= 60),
    CONSTRAINT provider_lowest_rate_check CHECK (lowest_rate >= 0 AND lowest_rate <= 20000),
    CONSTRAINT provider_radius_km_check CHECK (radius_km >= 1 AND radius_km <= 200),
    CONSTRAINT provider_status_check CHECK (status = ANY (ARRAY['applicant'::text, 'in_check'::text, 'active'::text, 'paused'::text, 'suspended'::text, 'left'::text, 'rejected'::text])),
    CONSTRAINT provider_street_check CHECK (length(street) <= 120)
);
CREATE INDEX provider_centre ON public.provider USING btree (centre, status);
CREATE TRIGGER keep_transitions BEFORE UPDATE ON provider FOR EACH ROW EXECUTE FUNCTION keep_transitions('status');
CREATE TRIGGER note_change AFTER INSERT OR DELETE OR UPDATE ON provider FOR EACH ROW EXECUTE FUNCTION note_change_of_provider();
ALTER TABLE provider ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON provider FOR ALL TO rundum_web
    USING (centre = current_centre())
    WITH CHECK (centre = current_centre());
CREATE POLICY worker ON provider FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON provider TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON provider TO rundum_worker;

CREATE TABLE provider_change (
    transaction bigint NOT NULL DEFAULT ((pg_current_xact_id())::text)::bigint,
    person bigint NOT NULL,
    changed_at timestamp with time zone NOT NULL DEFAULT now(),
    CONSTRAINT provider_change_pkey PRIMARY KEY (transaction, person)
);
CREATE INDEX provider_change_age ON public.provider_change USING btree (changed_at);
CREATE INDEX provider_change_person ON public.provider_change USING btree (person, transaction);
GRANT DELETE, INSERT, SELECT ON provider_change TO rundum_web;
GRANT DELETE, INSERT, SELECT ON provider_change TO rundum_worker;

CREATE TABLE provider_skill (
    centre bigint NOT NULL,
    person bigint NOT NULL,
    key text NOT NULL,
    CONSTRAINT provider_skill_pkey PRIMARY KEY (person, key),
    CONSTRAINT provider_skill_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT provider_skill_person_fkey FOREIGN KEY (person) REFERENCES provider(person),
    CONSTRAINT provider_skill_key_check CHECK (key ~ '^[a-z][a-z0-9_]*(:[a-z0-9_-]+)?$'::text)
);
CREATE TRIGGER note_change AFTER INSERT OR DELETE OR UPDATE ON provider_skill FOR EACH ROW EXECUTE FUNCTION note_change_of_provider();
ALTER TABLE provider_skill ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON provider_skill FOR ALL TO rundum_web
    USING (centre = current_centre())
    WITH CHECK (centre = current_centre());
CREATE POLICY worker ON provider_skill FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON provider_skill TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON provider_skill TO rundum_worker;

CREATE TABLE recovery_code (
    person bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT recovery_code_pkey PRIMARY KEY (person, hash),
    CONSTRAINT recovery_code_person_fkey FOREIGN KEY (person) REFERENCES password(person) ON DELETE CASCADE,
    CONSTRAINT recovery_code_hash_check CHECK (length(hash) = 32)
);
ALTER TABLE recovery_code ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON recovery_code FOR ALL TO rundum_web
    USING (EXISTS ( SELECT
   FROM person p
  WHERE ((p.id = recovery_code.person) AND (current_centre() = ANY (p.centres)))))
    WITH CHECK (EXISTS ( SELECT
   FROM person p
  WHERE ((p.id = recovery_code.person) AND (current_centre() = ANY (p.centres)))));
CREATE POLICY worker ON recovery_code FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON recovery_code TO rundum_worker;

CREATE TABLE relation (
    person bigint NOT NULL,
    other bigint NOT NULL,
    kind text NOT NULL,
    CONSTRAINT relation_pkey PRIMARY KEY (person, other, kind),
    CONSTRAINT relation_other_fkey FOREIGN KEY (other) REFERENCES person(id),
    CONSTRAINT relation_person_fkey FOREIGN KEY (person) REFERENCES person(id),
    CONSTRAINT relation_between_two CHECK (person <> other),
    CONSTRAINT relation_kind_check CHECK (kind = ANY (ARRAY['guardian'::text, 'trusted'::text, 'household'::text]))
);
CREATE INDEX relation_other ON public.relation USING btree (other);
CREATE TRIGGER note_change AFTER INSERT OR DELETE OR UPDATE ON relation FOR EACH ROW EXECUTE FUNCTION note_change_of_provider();
ALTER TABLE relation ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON relation FOR ALL TO rundum_web
    USING (EXISTS ( SELECT
   FROM person p
  WHERE ((p.id = relation.person) AND (current_centre() = ANY (p.centres)))))
    WITH CHECK (EXISTS ( SELECT
   FROM person p
  WHERE ((p.id = relation.person) AND (current_centre() = ANY (p.centres)))));
CREATE POLICY worker ON relation FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON relation TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON relation TO rundum_worker;

CREATE TABLE request_child (
    centre bigint NOT NULL,
    request bigint NOT NULL,
    band text NOT NULL,
    count smallint NOT NULL,
    CONSTRAINT request_child_pkey PRIMARY KEY (request, band),
    CONSTRAINT request_child_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT request_child_request_fkey FOREIGN KEY (request) REFERENCES care_request(id),
    CONSTRAINT request_child_band_check CHECK (band = ANY (ARRAY['0-1'::text, '2-3'::text, '4-6'::text, '7-10'::text, '11-13'::text, '14-17'::text])),
    CONSTRAINT request_child_count_check CHECK (count >= 1 AND count <= 500)
);
ALTER TABLE request_child ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON request_child FOR ALL TO rundum_web
    USING (centre = current_centre())
    WITH CHECK (centre = current_centre());
CREATE POLICY worker ON request_child FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON request_child TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON request_child TO rundum_worker;

CREATE TABLE request_need (
    centre bigint NOT NULL,
    request bigint NOT NULL,
    key text NOT NULL,
    must boolean NOT NULL,
    CONSTRAINT request_need_pkey PRIMARY KEY (request, key),
    CONSTRAINT request_need_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT request_need_request_fkey FOREIGN KEY (request) REFERENCES care_request(id),
    CONSTRAINT request_need_key_check CHECK (key ~ '^[a-z][a-z0-9_]*(:[a-z0-9_-]+)?$'::text)
);
ALTER TABLE request_need ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON request_need FOR ALL TO rundum_web
    USING (centre = current_centre())
    WITH CHECK (centre = current_centre());
CREATE POLICY worker ON request_need FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON request_need TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON request_need TO rundum_worker;

CREATE TABLE request_provider (
    centre bigint NOT NULL,
    request bigint NOT NULL,
    person bigint NOT NULL,
    kind text NOT NULL,
    CONSTRAINT request_provider_pkey PRIMARY KEY (request, person),
    CONSTRAINT request_provider_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT request_provider_person_fkey FOREIGN KEY (person) REFERENCES provider(person),
    CONSTRAINT request_provider_request_fkey FOREIGN KEY (request) REFERENCES care_request(id),
    CONSTRAINT request_provider_kind_check CHECK (kind = ANY (ARRAY['preferred'::text, 'excluded'::text, 'declined'::text, 'not_again'::text]))
);
ALTER TABLE request_provider ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON request_provider FOR ALL TO rundum_web
    USING (centre = current_centre())
    WITH CHECK (centre = current_centre());
CREATE POLICY worker ON request_provider FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON request_provider TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON request_provider TO rundum_worker;

CREATE TABLE role_grant (
    centre bigint NOT NULL,
    person bigint NOT NULL,
    role text NOT NULL,
    until timestamp with time zone,
    CONSTRAINT role_grant_pkey PRIMARY KEY (person, centre, role),
    CONSTRAINT role_grant_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT role_grant_person_fkey FOREIGN KEY (person) REFERENCES person(id),
    CONSTRAINT role_grant_role_check CHECK (role = ANY (ARRAY['desk'::text, 'administrator'::text]))
);
GRANT DELETE, INSERT, SELECT, UPDATE ON role_grant TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON role_grant TO rundum_worker;

CREATE TABLE rule (
    centre bigint NOT NULL,
    key text NOT NULL,
    value jsonb NOT NULL,
    source text NOT NULL,
    valid_from date NOT NULL,
    CONSTRAINT rule_pkey PRIMARY KEY (centre, key, valid_from),
    CONSTRAINT rule_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id)
);
CREATE TRIGGER note_change AFTER INSERT OR DELETE OR UPDATE ON rule FOR EACH STATEMENT EXECUTE FUNCTION note_change_for_everybody();
ALTER TABLE rule ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON rule FOR ALL TO rundum_web
    USING (centre = current_centre())
    WITH CHECK (centre = current_centre());
CREATE POLICY worker ON rule FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON rule TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON rule TO rundum_worker;

CREATE TABLE run (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    trigger text NOT NULL,
    state text NOT NULL DEFAULT 'running'::text,
    token uuid NOT NULL,
    lease_until timestamp with time zone NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    visits integer,
    providers integer,
    planned integer,
    offered integer,
    solve_ms integer,
    certificate jsonb,
    prices jsonb,
    CONSTRAINT run_pkey PRIMARY KEY (id),
    CONSTRAINT run_state_check CHECK (state = ANY (ARRAY['running'::text, 'done'::text, 'failed'::text])),
    CONSTRAINT run_trigger_check CHECK (trigger = ANY (ARRAY['schedule'::text, 'demand'::text, 'urgent'::text]))
);
CREATE UNIQUE INDEX run_one_running ON public.run USING btree ((true)) WHERE (state = 'running'::text);
CREATE INDEX run_recent ON public.run USING btree (started_at DESC);
CREATE TRIGGER keep_transitions BEFORE UPDATE ON run FOR EACH ROW EXECUTE FUNCTION keep_transitions('state');
GRANT DELETE, INSERT, SELECT, UPDATE ON run TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON run TO rundum_worker;

CREATE TABLE run_visit (
    centre bigint NOT NULL,
    run bigint NOT NULL,
    visit bigint NOT NULL,
    outcome text NOT NULL,
    eligible integer NOT NULL,
    funnel jsonb NOT NULL,
    candidates jsonb NOT NULL,
    CONSTRAINT run_visit_pkey PRIMARY KEY (visit, run),
    CONSTRAINT run_visit_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT run_visit_run_fkey FOREIGN KEY (run) REFERENCES run(id) ON DELETE CASCADE,
    CONSTRAINT run_visit_visit_fkey FOREIGN KEY (visit) REFERENCES visit(id),
    CONSTRAINT run_visit_candidates_check CHECK (jsonb_array_length(candidates) <= 10),
    CONSTRAINT run_visit_outcome_check CHECK (outcome = ANY (ARRAY['filled'::text, 'partial'::text, 'unfilled'::text]))
);
CREATE INDEX run_visit_run ON public.run_visit USING btree (run);
ALTER TABLE run_visit ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON run_visit FOR ALL TO rundum_web
    USING (centre = current_centre())
    WITH CHECK (centre = current_centre());
CREATE POLICY worker ON run_visit FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON run_visit TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON run_visit TO rundum_worker;

CREATE TABLE seat (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    centre bigint NOT NULL,
    visit bigint NOT NULL,
    "position" smallint NOT NULL,
    role text NOT NULL DEFAULT 'normal'::text,
    required boolean NOT NULL DEFAULT true,
    during tstzrange NOT NULL,
    lanes smallint NOT NULL DEFAULT 1,
    state text NOT NULL DEFAULT 'open'::text,
    CONSTRAINT seat_pkey PRIMARY KEY (id),
    CONSTRAINT seat_during UNIQUE (id, during),
    CONSTRAINT seat_position UNIQUE (visit, "position"),
    CONSTRAINT seat_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT seat_visit_fkey FOREIGN KEY (visit) REFERENCES visit(id),
    CONSTRAINT seat_half_open CHECK (lower_inc(during) AND NOT upper_inc(during) AND NOT upper_inf(during)),
    CONSTRAINT seat_lanes_check CHECK (lanes >= 1 AND lanes <= 5),
    CONSTRAINT seat_role_check CHECK (role = ANY (ARRAY['lead'::text, 'normal'::text, 'extra'::text, 'reserve'::text])),
    CONSTRAINT seat_state_check CHECK (state = ANY (ARRAY['open'::text, 'dropped'::text]))
);
CREATE TRIGGER keep_transitions BEFORE UPDATE ON seat FOR EACH ROW EXECUTE FUNCTION keep_transitions('state');
ALTER TABLE seat ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON seat FOR ALL TO rundum_web
    USING (centre = current_centre())
    WITH CHECK (centre = current_centre());
CREATE POLICY worker ON seat FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON seat TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON seat TO rundum_worker;

CREATE TABLE session (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    public_id uuid NOT NULL DEFAULT gen_random_uuid(),
    token_hash bytea NOT NULL,
    person bigint NOT NULL,
    centre bigint,
    device text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    proof text NOT NULL DEFAULT 'link'::text,
    proved_at timestamp with time zone NOT NULL,
    CONSTRAINT session_pkey PRIMARY KEY (id),
    CONSTRAINT session_public_id_key UNIQUE (public_id),
    CONSTRAINT session_token_hash_key UNIQUE (token_hash),
    CONSTRAINT session_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT session_person_fkey FOREIGN KEY (person) REFERENCES person(id),
    CONSTRAINT session_proof CHECK (proof = ANY (ARRAY['link'::text, 'password'::text, 'passkey'::text])),
    CONSTRAINT session_token_hash_check CHECK (length(token_hash) = 32)
);
CREATE INDEX session_person ON public.session USING btree (person);
GRANT DELETE, INSERT, SELECT, UPDATE ON session TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON session TO rundum_worker;

CREATE TABLE sign_in_code (
    browser bytea NOT NULL,
    link bigint,
    tries smallint NOT NULL DEFAULT 0,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT sign_in_code_pkey PRIMARY KEY (browser),
    CONSTRAINT sign_in_code_link_fkey FOREIGN KEY (link) REFERENCES link(id) ON DELETE CASCADE,
    CONSTRAINT sign_in_code_browser_check CHECK (length(browser) = 32)
);
ALTER TABLE sign_in_code ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON sign_in_code FOR ALL TO rundum_web
    USING (EXISTS ( SELECT
   FROM link l
  WHERE ((l.id = sign_in_code.link) AND (l.centre = current_centre()))))
    WITH CHECK (EXISTS ( SELECT
   FROM link l
  WHERE ((l.id = sign_in_code.link) AND (l.centre = current_centre()))));
CREATE POLICY worker ON sign_in_code FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON sign_in_code TO rundum_worker;

CREATE TABLE slot (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    person bigint NOT NULL,
    during tstzrange NOT NULL,
    kind text NOT NULL,
    start_place bigint,
    end_place bigint,
    expires_at timestamp with time zone,
    live boolean NOT NULL DEFAULT true,
    CONSTRAINT slot_pkey PRIMARY KEY (id),
    CONSTRAINT slot_no_overlap EXCLUDE USING gist (int8range(person, person, '[]'::text) WITH &&, during WITH &&) WHERE (live),
    CONSTRAINT slot_end_place_fkey FOREIGN KEY (end_place) REFERENCES place(id),
    CONSTRAINT slot_person_fkey FOREIGN KEY (person) REFERENCES person(id),
    CONSTRAINT slot_start_place_fkey FOREIGN KEY (start_place) REFERENCES place(id),
    CONSTRAINT slot_half_open CHECK (lower_inc(during) AND NOT upper_inc(during) AND NOT upper_inf(during)),
    CONSTRAINT slot_kind_check CHECK (kind = ANY (ARRAY['desk_hold'::text, 'offer'::text, 'booking'::text, 'external'::text]))
);
CREATE INDEX slot_person ON public.slot USING btree (person, lower(during)) WHERE live;
CREATE TRIGGER note_change AFTER INSERT OR DELETE OR UPDATE ON slot FOR EACH ROW EXECUTE FUNCTION note_change_of_provider();
GRANT DELETE, INSERT, SELECT, UPDATE ON slot TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON slot TO rundum_worker;

CREATE TABLE task (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    public_id uuid NOT NULL DEFAULT gen_random_uuid(),
    centre bigint NOT NULL,
    kind text NOT NULL,
    subject bigint NOT NULL,
    person bigint,
    due_at timestamp with time zone NOT NULL,
    state text NOT NULL DEFAULT 'open'::text,
    claimed_by bigint,
    done_by bigint,
    done_at timestamp with time zone,
    outcome text,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT task_pkey PRIMARY KEY (id),
    CONSTRAINT task_public_id_key UNIQUE (public_id),
    CONSTRAINT task_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT task_claimed_by_fkey FOREIGN KEY (claimed_by) REFERENCES person(id),
    CONSTRAINT task_done_by_fkey FOREIGN KEY (done_by) REFERENCES person(id),
    CONSTRAINT task_person_fkey FOREIGN KEY (person) REFERENCES person(id),
    CONSTRAINT task_kind_check CHECK (kind = ANY (ARRAY['call'::text, 'unplaced'::text, 'approve'::text, 'release'::text, 'confirm'::text, 'mail_failed'::text, 'decide'::text, 'check'::text])),
    CONSTRAINT task_state_check CHECK (state = ANY (ARRAY['open'::text, 'done'::text, 'obsolete'::text]))
);
CREATE INDEX task_board ON public.task USING btree (centre, due_at) WHERE (state = 'open'::text);
CREATE UNIQUE INDEX task_once ON public.task USING btree (kind, subject) WHERE (state = 'open'::text);
CREATE TRIGGER keep_transitions BEFORE UPDATE ON task FOR EACH ROW EXECUTE FUNCTION keep_transitions('state');
ALTER TABLE task ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON task FOR ALL TO rundum_web
    USING (centre = current_centre())
    WITH CHECK (centre = current_centre());
CREATE POLICY worker ON task FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON task TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON task TO rundum_worker;

CREATE TABLE transition (
    subject text NOT NULL,
    old text NOT NULL,
    new text NOT NULL,
    CONSTRAINT transition_pkey PRIMARY KEY (subject, old, new)
);
GRANT SELECT ON transition TO rundum_web;
GRANT SELECT ON transition TO rundum_worker;

CREATE TABLE transport (
    key text NOT NULL,
    km_per_hour double precision NOT NULL,
    detour double precision NOT NULL,
    overhead smallint NOT NULL,
    CONSTRAINT transport_pkey PRIMARY KEY (key),
    CONSTRAINT transport_detour_check CHECK (detour >= 1::double precision),
    CONSTRAINT transport_km_per_hour_check CHECK (km_per_hour > 0::double precision),
    CONSTRAINT transport_overhead_check CHECK (overhead >= 1)
);
CREATE TRIGGER note_change AFTER INSERT OR DELETE OR UPDATE ON transport FOR EACH STATEMENT EXECUTE FUNCTION note_change_for_everybody();
GRANT SELECT ON transport TO rundum_web;
GRANT SELECT ON transport TO rundum_worker;

CREATE TABLE visit (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    public_id uuid NOT NULL DEFAULT gen_random_uuid(),
    centre bigint NOT NULL,
    request bigint NOT NULL,
    kind text NOT NULL DEFAULT 'care'::text,
    ordinal integer NOT NULL,
    date date NOT NULL,
    wished_at timestamp with time zone NOT NULL,
    during tstzrange NOT NULL,
    start_place bigint NOT NULL,
    start_street text NOT NULL,
    end_place bigint NOT NULL,
    end_street text NOT NULL,
    ical_sequence integer NOT NULL DEFAULT 0,
    CONSTRAINT visit_pkey PRIMARY KEY (id),
    CONSTRAINT visit_ordinal UNIQUE (request, ordinal),
    CONSTRAINT visit_public_id_key UNIQUE (public_id),
    CONSTRAINT visit_centre_fkey FOREIGN KEY (centre) REFERENCES centre(id),
    CONSTRAINT visit_end_place_fkey FOREIGN KEY (end_place) REFERENCES place(id),
    CONSTRAINT visit_request_fkey FOREIGN KEY (request) REFERENCES care_request(id),
    CONSTRAINT visit_start_place_fkey FOREIGN KEY (start_place) REFERENCES place(id),
    CONSTRAINT visit_bounded CHECK ((upper(during) - lower(during)) <= '36:00:00'::interval),
    CONSTRAINT visit_end_street_check CHECK (length(end_street) <= 120),
    CONSTRAINT visit_half_open CHECK (lower_inc(during) AND NOT upper_inc(during) AND NOT upper_inf(during)),
    CONSTRAINT visit_kind_check CHECK (kind = ANY (ARRAY['care'::text, 'meeting'::text])),
    CONSTRAINT visit_on_its_day CHECK (date = (lower(during) AT TIME ZONE 'Europe/Berlin'::text)::date),
    CONSTRAINT visit_start_street_check CHECK (length(start_street) <= 120)
);
CREATE INDEX visit_begin ON public.visit USING btree (lower(during));
CREATE INDEX visit_date ON public.visit USING btree (centre, date);
CREATE INDEX visit_end ON public.visit USING btree (upper(during));
ALTER TABLE visit ENABLE ROW LEVEL SECURITY;
CREATE POLICY centre ON visit FOR ALL TO rundum_web
    USING (centre = current_centre())
    WITH CHECK (centre = current_centre());
CREATE POLICY worker ON visit FOR ALL TO rundum_worker
    USING (true)
    WITH CHECK (true);
GRANT DELETE, INSERT, SELECT, UPDATE ON visit TO rundum_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON visit TO rundum_worker;
