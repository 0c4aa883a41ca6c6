-- Up Migration

-- Where the driver is: asked from `check_in_at`, at the latest until `check_in_until`, which is also how long a
-- driver may change a decision without dispatch. No `check_in_at`: not asked.
ALTER TABLE drivers
  ADD COLUMN check_in_at time DEFAULT '09:00',
  ADD COLUMN check_in_until time NOT NULL DEFAULT '11:00';

-- One row for a driver and day: whoever asks twice finds it.
CREATE TABLE check_ins (
  driver_id       text NOT NULL REFERENCES drivers ON DELETE CASCADE,
  date            date NOT NULL,
  state           text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'asked', 'accepted', 'declined', 'unanswered', 'skipped')),
  act_at          timestamptz,       -- due, asked: when the next step is to be taken
  handed_out_at   timestamptz,       -- the scheduler has hinted at that step
  conversation_id text REFERENCES conversations,
  turn_id         uuid,
  asked_at        timestamptz,
  reminded_at     timestamptz,
  answered_at     timestamptz,
  PRIMARY KEY (driver_id, date)
) WITH (fillfactor = 80);
CREATE INDEX check_ins_open ON check_ins (act_at) WHERE state IN ('due', 'asked');

-- A time zone that PostgreSQL does not know must not keep all others from being asked.
CREATE FUNCTION local_time_in(p_zone text, p_now timestamptz) RETURNS timestamp LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN p_now AT TIME ZONE p_zone;
EXCEPTION WHEN invalid_parameter_value THEN
  RETURN NULL;
END $$;

-- Opens the day's check-in of every driver whose time has come, and returns what has a step to be taken; handed
-- out again only after 10 s. A driver who was added after his time is asked from the next day.
CREATE FUNCTION due_check_ins(p_now timestamptz, p_limit int) RETURNS TABLE (driver_id text, date date) LANGUAGE plpgsql AS $$
BEGIN
  WITH zone AS MATERIALIZED (
    SELECT z.time_zone, local_time_in(z.time_zone, p_now) AS local
    FROM (SELECT DISTINCT d.time_zone FROM drivers d WHERE d.status = 'active' AND d.check_in_at IS NOT NULL) z
  )
  INSERT INTO check_ins (driver_id, date, act_at)
    SELECT d.id, z.local::date, p_now FROM drivers d JOIN zone z ON z.time_zone = d.time_zone
    WHERE d.status = 'active' AND z.local::time >= d.check_in_at
      AND d.created_at <= (z.local::date + d.check_in_at) AT TIME ZONE d.time_zone
      AND NOT EXISTS (SELECT 1 FROM check_ins c WHERE c.driver_id = d.id AND c.date = z.local::date)
    ORDER BY d.id
    ON CONFLICT DO NOTHING;

  RETURN QUERY
  UPDATE check_ins c SET handed_out_at = p_now
  FROM (
    SELECT o.driver_id, o.date FROM check_ins o
    WHERE o.state IN ('due', 'asked') AND o.act_at <= p_now
      AND (o.handed_out_at IS NULL OR o.handed_out_at < greatest(o.act_at, p_now - interval '10 seconds'))
    ORDER BY o.act_at LIMIT p_limit FOR UPDATE SKIP LOCKED
  ) o WHERE c.driver_id = o.driver_id AND c.date = o.date
  RETURNING c.driver_id, c.date;
END $$;

-- Which step a check-in is at, for whoever is to take it. No row: none, or not yet.
-- step: ask | remind | miss (never asked, and now it is too late) | raise (asked in vain) | expire (of another day)
CREATE FUNCTION read_check_in(p_driver text, p_date date, p_now timestamptz, p_phone_number_id text)
RETURNS TABLE (step text, driver jsonb, conversation jsonb) LANGUAGE plpgsql STABLE AS $$
DECLARE
  c check_ins%ROWTYPE;
  d drivers%ROWTYPE;
  local timestamp;
  is_over boolean;
BEGIN
  SELECT * INTO c FROM check_ins WHERE driver_id = p_driver AND date = p_date;
  SELECT * INTO d FROM drivers WHERE id = p_driver;
  IF c.state NOT IN ('due', 'asked') OR c.act_at > p_now OR d.id IS NULL THEN RETURN; END IF;
  local := local_time_in(d.time_zone, p_now);
  is_over := local::time >= d.check_in_until;
  RETURN QUERY SELECT
    CASE WHEN local::date > p_date THEN 'expire'
      WHEN c.state = 'due' THEN CASE WHEN is_over THEN 'miss' ELSE 'ask' END
      WHEN is_over OR c.reminded_at IS NOT NULL THEN 'raise' ELSE 'remind' END,
    jsonb_build_object('id', d.id, 'name', d.name, 'status', d.status, 'language', d.language,
      'timeZone', d.time_zone, 'permissions', d.permissions, 'checkInUntil', to_char(d.check_in_until, 'HH24:MI')),
    (SELECT to_jsonb(t) FROM conversation_of(p_driver, p_phone_number_id, p_now) t);
END $$;

-- Where a driver is written to: where he wrote last, or else to his number, or else to his user id.
-- No row: nobody that may be written to, or dispatch has yet to confirm who it is.
CREATE FUNCTION conversation_of(p_driver text, p_phone_number_id text, p_now timestamptz)
RETURNS TABLE (id text, phone text, "userId" text, "lastTurnId" uuid, session jsonb, "isWindowOpen" boolean)
LANGUAGE sql STABLE AS $$
  WITH known AS (
    SELECT min(i.value) FILTER (WHERE i.kind = 'phone') AS phone,
      min(i.value) FILTER (WHERE i.kind = 'user_id') AS user_id
    FROM identities i WHERE i.driver_id = p_driver HAVING count(*) > 0 AND bool_and(i.locked_reason IS NULL)
  )
  SELECT coalesce(c.id, p_phone_number_id || ':' || coalesce(k.phone, k.user_id)), k.phone, k.user_id, c.last_turn_id,
    t.session, coalesce(c.last_message_at > p_now - interval '23 hours 50 minutes', false)
  FROM known k
  LEFT JOIN LATERAL (
    SELECT v.* FROM conversations v WHERE v.phone_number_id = p_phone_number_id
      AND (v.id = p_phone_number_id || ':' || k.phone OR v.user_id = k.user_id)
    ORDER BY v.last_message_at DESC NULLS LAST LIMIT 1
  ) c ON true
  LEFT JOIN turns t ON t.id = c.last_turn_id
$$;

-- Asks, or asks again, in one transaction: a turn without messages, with the question as the session's open one.
--   p_question {driverId, date, step: ask | remind, phoneNumberId, conversation: {id, phone, userId, lastTurnId},
--               turnId, session, message, againMs}
-- state: asked | over (the step was taken already) | busy (a turn is under way or about to be: come back)
CREATE FUNCTION ask_check_in(p_question jsonb, OUT state text) LANGUAGE plpgsql AS $$
DECLARE
  key text := p_question #>> '{conversation,id}';
  this_turn uuid := (p_question ->> 'turnId')::uuid;
  lane record;
  c check_ins%ROWTYPE;
BEGIN
  INSERT INTO conversations (id, phone_number_id, phone, wa_id, user_id)
    VALUES (key, p_question ->> 'phoneNumberId', p_question #>> '{conversation,phone}',
      p_question #>> '{conversation,phone}', p_question #>> '{conversation,userId}') ON CONFLICT DO NOTHING;
  INSERT INTO lanes (kind, key) VALUES ('inbound', key), ('outbound', key) ON CONFLICT DO NOTHING;
  SELECT * INTO lane FROM lock_lane('inbound', key, false);
  IF lane.state <> 'free' OR EXISTS (SELECT 1 FROM inbound i WHERE i.conversation_id = key AND i.status = 'waiting')
    OR (SELECT v.last_turn_id FROM conversations v WHERE v.id = key)
      IS DISTINCT FROM (p_question #>> '{conversation,lastTurnId}')::uuid
  THEN state := 'busy'; RETURN; END IF;

  SELECT * INTO c FROM check_ins i WHERE i.driver_id = p_question ->> 'driverId'
    AND i.date = (p_question ->> 'date')::date FOR NO KEY UPDATE;
  IF NOT (CASE p_question ->> 'step' WHEN 'ask' THEN c.state = 'due'
    ELSE c.state = 'asked' AND c.reminded_at IS NULL END)
  THEN state := 'over'; RETURN; END IF;

  INSERT INTO turns (id, conversation_id, driver_id, epoch, session)
    VALUES (this_turn, key, c.driver_id, lane.epoch, p_question -> 'session');
  UPDATE conversations SET last_turn_id = this_turn WHERE id = key;
  -- A worker that still believes it holds the lane is fenced from here.
  PERFORM release_lane('inbound', key, 0, false);
  INSERT INTO outbound (conversation_id, turn_id, part, priority, message)
    VALUES (key, this_turn, 1, 'broadcast', p_question -> 'message');
  UPDATE check_ins i SET state = 'asked', turn_id = this_turn, conversation_id = key,
    asked_at = coalesce(i.asked_at, clock_timestamp()),
    reminded_at = CASE p_question ->> 'step' WHEN 'remind' THEN clock_timestamp() END,
    act_at = clock_timestamp() + milliseconds((p_question ->> 'againMs')::bigint)
    WHERE i.driver_id = c.driver_id AND i.date = c.date;
  INSERT INTO audit (action, conversation_id, driver_id, turn_id, detail)
    VALUES ('check-in.asked', key, c.driver_id, this_turn,
      jsonb_build_object('date', c.date, 'step', p_question ->> 'step', 'type', p_question #>> '{message,type}'));
  state := 'asked';
END $$;

-- Ends a check-in that nobody has answered: skipped (no orders), or unanswered with a notice to dispatch.
-- false: it was answered or ended already.
CREATE FUNCTION end_check_in(p_driver text, p_date date, p_state text, p_notices jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE c check_ins%ROWTYPE;
BEGIN
  UPDATE check_ins SET state = p_state WHERE driver_id = p_driver AND date = p_date AND state IN ('due', 'asked')
    RETURNING * INTO c;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM raise_notices(c.conversation_id, c.turn_id, p_driver, p_notices);
  INSERT INTO audit (action, conversation_id, driver_id, turn_id, detail)
    VALUES ('check-in.' || p_state, c.conversation_id, p_driver, c.turn_id, jsonb_build_object('date', p_date));
  RETURN true;
END $$;

-- What a turn says of the day, asked or not. `asked`: the answer was taken back, and the question is open again.
-- Dispatch, who was told that there is no answer, hears of the one that came after all.
CREATE FUNCTION answer_check_in(p_driver text, p_date date, p_state text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE before check_ins%ROWTYPE;
BEGIN
  SELECT * INTO before FROM check_ins c WHERE c.driver_id = p_driver AND c.date = p_date FOR NO KEY UPDATE;
  INSERT INTO check_ins AS c (driver_id, date, state, answered_at)
    VALUES (p_driver, p_date, p_state, clock_timestamp())
  ON CONFLICT (driver_id, date) DO UPDATE SET state = excluded.state,
    act_at = coalesce(c.act_at, clock_timestamp() + interval '1 hour'),
    answered_at = CASE WHEN excluded.state <> 'asked' THEN excluded.answered_at END;
  IF before.state = 'unanswered' AND p_state = 'accepted' THEN
    PERFORM raise_notices(before.conversation_id, before.turn_id, p_driver, jsonb_build_array(jsonb_build_object(
      'id', gen_random_uuid(), 'kind', 'accepted-after-silence', 'priority', 'normal',
      'text', format('Has accepted the route of %s after all.', p_date))));
  END IF;
END $$;

-- As in 0003, and: until when the driver may change a decision.
CREATE OR REPLACE FUNCTION authenticate(p_conversation text, OUT identity text, OUT driver jsonb, OUT last_turn_id uuid,
  OUT was_refused_today boolean, OUT has_phone boolean) LANGUAGE plpgsql AS $$
DECLARE
  c conversations%ROWTYPE;
  matches int;
  drivers_found int;
  is_locked boolean;
  found_driver text;
BEGIN
  SELECT * INTO c FROM conversations WHERE id = p_conversation;
  last_turn_id := c.last_turn_id;
  was_refused_today := coalesce(c.refused_at > now() - interval '24 hours', false);
  has_phone := c.phone IS NOT NULL;

  SELECT count(*), count(DISTINCT i.driver_id), coalesce(bool_or(i.locked_reason IS NOT NULL), false), min(i.driver_id)
    INTO matches, drivers_found, is_locked, found_driver
    FROM identities i
    WHERE (i.kind = 'phone' AND i.value = c.phone) OR (i.kind = 'user_id' AND i.value = c.user_id);
  IF drivers_found = 0 THEN identity := 'unknown'; RETURN; END IF;
  identity := CASE WHEN drivers_found > 1 OR is_locked THEN 'locked' ELSE 'known' END;
  SELECT jsonb_build_object('id', d.id, 'name', d.name, 'status', d.status, 'language', d.language,
    'timeZone', d.time_zone, 'permissions', d.permissions,
    'checkInUntil', to_char(d.check_in_until, 'HH24:MI')) INTO driver FROM drivers d WHERE d.id = found_driver;
  IF identity = 'known' AND matches = 1 AND c.phone IS NOT NULL AND c.user_id IS NOT NULL THEN
    PERFORM bind_identity(c, found_driver);
  END IF;
END $$;

-- Down Migration

DROP FUNCTION answer_check_in, end_check_in, ask_check_in, conversation_of, read_check_in, due_check_ins, local_time_in;
DROP TABLE check_ins;
ALTER TABLE drivers DROP COLUMN check_in_at, DROP COLUMN check_in_until;
