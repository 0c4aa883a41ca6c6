-- Up Migration

-- `message` is what is said inside WhatsApp's 24-hour window, `templates` the same as templates, the best language first.
ALTER TABLE outbound ADD COLUMN templates jsonb;

-- What the order system wants a driver to hear of. Events that come together are told together.
CREATE TABLE order_events (
  id            text PRIMARY KEY,      -- the order system's: sent twice, told once
  seq           bigint GENERATED ALWAYS AS IDENTITY,
  driver_id     text NOT NULL REFERENCES drivers ON DELETE CASCADE,
  event         jsonb NOT NULL,
  state         text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'told', 'moot')),
  act_at        timestamptz NOT NULL,  -- not before: others may come, or it is night
  handed_out_at timestamptz,           -- the scheduler has hinted at it
  turn_id       uuid,                  -- the turn that told it
  received_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX order_events_waiting ON order_events (act_at) WHERE state = 'waiting';
CREATE INDEX order_events_driver ON order_events (driver_id, seq);
CREATE INDEX order_events_turn ON order_events (turn_id) WHERE turn_id IS NOT NULL;

-- When a driver may be told: now, or at the end of the night where he is. The night may lie across midnight.
CREATE FUNCTION end_of_night(p_zone text, p_now timestamptz, p_from time, p_until time) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
DECLARE
  local timestamp := local_time_in(p_zone, p_now);
  is_night boolean;
BEGIN
  IF local IS NULL OR p_from = p_until THEN RETURN p_now; END IF;
  is_night := CASE WHEN p_from < p_until THEN local::time >= p_from AND local::time < p_until
    ELSE local::time >= p_from OR local::time < p_until END;
  IF NOT is_night THEN RETURN p_now; END IF;
  RETURN (local::date + CASE WHEN local::time < p_until THEN 0 ELSE 1 END + p_until) AT TIME ZONE p_zone;
END $$;

-- Records an event once. A check-in that is asked for at night is due in the morning, on the day that it is then. An event
-- that was set aside may come again: then somebody has put right what was wrong, and it is looked at anew.
--   p_timing {mergeMs, nightFrom, nightUntil}
-- outcome: recorded | repeated | unknown-driver
CREATE FUNCTION record_order_event(p_event jsonb, p_timing jsonb, p_now timestamptz, OUT outcome text) LANGUAGE plpgsql AS $$
DECLARE
  d drivers%ROWTYPE;
  is_urgent boolean := p_event ->> 'priority' = 'urgent';
  is_check_in boolean := p_event ->> 'type' = 'check-in.requested';
  merged_at timestamptz := p_now;
  due timestamptz;
BEGIN
  SELECT * INTO d FROM drivers WHERE id = p_event ->> 'driver_id';
  IF NOT FOUND THEN outcome := 'unknown-driver'; RETURN; END IF;
  IF NOT is_check_in THEN merged_at := p_now + milliseconds((p_timing ->> 'mergeMs')::bigint); END IF;
  due := CASE WHEN is_urgent THEN p_now ELSE
    end_of_night(d.time_zone, merged_at, (p_timing ->> 'nightFrom')::time, (p_timing ->> 'nightUntil')::time) END;
  INSERT INTO order_events (id, driver_id, event, state, act_at)
    VALUES (p_event ->> 'id', d.id, p_event, CASE WHEN is_check_in THEN 'told' ELSE 'waiting' END, due)
    ON CONFLICT (id) DO UPDATE SET state = 'waiting', act_at = excluded.act_at, handed_out_at = NULL
      WHERE order_events.state = 'moot' AND order_events.driver_id = excluded.driver_id;
  IF NOT FOUND THEN outcome := 'repeated'; RETURN; END IF;
  -- The check-in of the day, now instead of at its time; the row of the day makes it once.
  IF is_check_in AND d.status = 'active' THEN
    INSERT INTO check_ins (driver_id, date, act_at)
      SELECT d.id, local::date, due FROM local_time_in(d.time_zone, due) AS local WHERE local IS NOT NULL
      ON CONFLICT DO NOTHING;
  END IF;
  outcome := 'recorded';
END $$;

-- Drivers with something to be told; each handed out again only after 10 s.
CREATE FUNCTION due_order_events(p_now timestamptz, p_limit int) RETURNS TABLE (driver_id text) LANGUAGE sql AS $$
  WITH handed_out AS (
    UPDATE order_events e SET handed_out_at = p_now
    FROM (
      SELECT o.id FROM order_events o
      WHERE o.state = 'waiting' AND o.act_at <= p_now
        AND (o.handed_out_at IS NULL OR o.handed_out_at < p_now - interval '10 seconds')
      ORDER BY o.act_at LIMIT p_limit FOR UPDATE SKIP LOCKED
    ) o WHERE e.id = o.id RETURNING e.driver_id
  ) SELECT DISTINCT h.driver_id FROM handed_out h
$$;

-- What a driver is to be told, oldest first: what is due, and what waits only to be told together with it. No row: nothing
-- is due. What was due by day and could not be told until it was night waits for the morning.
CREATE FUNCTION take_order_events(p_driver text, p_timing jsonb, p_now timestamptz, p_phone_number_id text)
RETURNS TABLE (events jsonb, "dueForMs" double precision, driver jsonb, conversation jsonb) LANGUAGE plpgsql AS $$
DECLARE morning timestamptz;
BEGIN
  SELECT end_of_night(d.time_zone, p_now, (p_timing ->> 'nightFrom')::time, (p_timing ->> 'nightUntil')::time)
    INTO morning FROM drivers d WHERE d.id = p_driver;
  IF morning > p_now THEN
    UPDATE order_events e SET act_at = morning
      WHERE e.driver_id = p_driver AND e.state = 'waiting' AND e.act_at < morning
      AND e.event ->> 'priority' IS DISTINCT FROM 'urgent';
  END IF;
  RETURN QUERY
  SELECT w.events, (extract(epoch FROM p_now - w.due) * 1000)::float8,
    jsonb_build_object('id', d.id, 'name', d.name, 'status', d.status, 'language', d.language,
      'timeZone', d.time_zone, 'permissions', d.permissions, 'checkInUntil', to_char(d.check_in_until, 'HH24:MI')),
    (SELECT to_jsonb(t) FROM conversation_of(p_driver, p_phone_number_id, p_now) t)
  FROM (
    SELECT jsonb_agg(e.event ORDER BY e.seq) AS events, min(e.act_at) AS due
    FROM order_events e WHERE e.driver_id = p_driver AND e.state = 'waiting' AND e.act_at <= p_now + interval '1 minute'
  ) w, drivers d
  WHERE d.id = p_driver AND w.due <= p_now;
END $$;

-- A broadcast is what nobody asked for: a turn without messages, its message behind all replies.
--   p_broadcast {driverId, phoneNumberId, conversation: {id, phone, userId, lastTurnId}, turnId, session, message, templates}

-- Holds the conversation, which may be new, until the transaction ends. false: a turn is under way or about to be.
CREATE FUNCTION lock_for_broadcast(p_broadcast jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  conversation text := p_broadcast #>> '{conversation,id}';
  lane record;
BEGIN
  INSERT INTO conversations (id, phone_number_id, phone, wa_id, user_id)
    VALUES (conversation, p_broadcast ->> 'phoneNumberId', p_broadcast #>> '{conversation,phone}',
      p_broadcast #>> '{conversation,phone}', p_broadcast #>> '{conversation,userId}') ON CONFLICT DO NOTHING;
  INSERT INTO lanes (kind, key) VALUES ('inbound', conversation), ('outbound', conversation) ON CONFLICT DO NOTHING;
  -- A statement of its own: the next one sees what was committed while this one waited.
  SELECT * INTO lane FROM lock_lane('inbound', conversation, false);
  RETURN lane.state = 'free'
    AND NOT EXISTS (SELECT 1 FROM inbound i WHERE i.conversation_id = conversation AND i.status = 'waiting')
    AND (SELECT v.last_turn_id FROM conversations v WHERE v.id = conversation)
      IS NOT DISTINCT FROM (p_broadcast #>> '{conversation,lastTurnId}')::uuid;
END $$;

-- Only under that lock.
CREATE FUNCTION record_broadcast(p_broadcast jsonb, p_action text, p_detail jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  conversation text := p_broadcast #>> '{conversation,id}';
  driver text := p_broadcast ->> 'driverId';
  this_turn uuid := (p_broadcast ->> 'turnId')::uuid;
BEGIN
  INSERT INTO turns (id, conversation_id, driver_id, epoch, session)
    SELECT this_turn, conversation, driver, l.epoch, p_broadcast -> 'session'
    FROM lanes l WHERE l.kind = 'inbound' AND l.key = conversation;
  UPDATE conversations SET last_turn_id = this_turn WHERE id = conversation;
  -- A worker that still believes it holds the lane is fenced from here.
  PERFORM release_lane('inbound', conversation, 0, false);
  INSERT INTO outbound (conversation_id, turn_id, part, priority, message, templates)
    VALUES (conversation, this_turn, 1, 'broadcast', p_broadcast -> 'message', p_broadcast -> 'templates');
  INSERT INTO audit (action, conversation_id, driver_id, turn_id, detail)
    VALUES (p_action, conversation, driver, this_turn, p_detail);
END $$;

-- Tells, in one transaction.   p_news: a broadcast, and {eventIds}
-- state: told | over (told already) | busy (come back)
CREATE FUNCTION tell_order_events(p_news jsonb, OUT state text) LANGUAGE plpgsql AS $$
BEGIN
  IF NOT lock_for_broadcast(p_news) THEN state := 'busy'; RETURN; END IF;
  UPDATE order_events e SET state = 'told', turn_id = (p_news ->> 'turnId')::uuid
    WHERE e.id = ANY (ARRAY(SELECT jsonb_array_elements_text(p_news -> 'eventIds'))) AND e.state = 'waiting';
  IF NOT FOUND THEN state := 'over'; RETURN; END IF;
  PERFORM record_broadcast(p_news, 'order-events.told', jsonb_build_object('events', p_news -> 'eventIds'));
  state := 'told';
END $$;

-- What nobody needs to hear any more, or can be told, with why.   p_notices as in raise_notices
CREATE FUNCTION set_aside_order_events(p_driver text, p_ids text[], p_reason text, p_notices jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE order_events SET state = 'moot' WHERE id = ANY (p_ids) AND state = 'waiting';
  IF NOT FOUND THEN RETURN; END IF;
  INSERT INTO audit (action, driver_id, detail)
    VALUES ('order-events.moot', p_driver, jsonb_build_object('events', p_ids, 'reason', p_reason));
  PERFORM raise_notices(NULL, NULL, p_driver, p_notices);
END $$;

-- Down Migration

DROP FUNCTION set_aside_order_events, tell_order_events, record_broadcast, lock_for_broadcast, take_order_events,
  due_order_events, record_order_event, end_of_night;
DROP TABLE order_events;
ALTER TABLE outbound DROP COLUMN templates;
