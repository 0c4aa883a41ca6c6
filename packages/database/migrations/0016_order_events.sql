-- Up Migration

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

-- Records an event once.   p_timing {mergeMs, nightFrom, nightUntil}
-- outcome: recorded | repeated | unknown-driver
CREATE FUNCTION record_order_event(p_event jsonb, p_timing jsonb, p_now timestamptz, OUT outcome text) LANGUAGE plpgsql AS $$
DECLARE d drivers%ROWTYPE;
BEGIN
  SELECT * INTO d FROM drivers WHERE id = p_event ->> 'driver_id';
  IF NOT FOUND THEN outcome := 'unknown-driver'; RETURN; END IF;
  INSERT INTO order_events (id, driver_id, event, state, act_at)
    VALUES (p_event ->> 'id', d.id, p_event, CASE p_event ->> 'type' WHEN 'check-in.requested' THEN 'told' ELSE 'waiting' END,
      CASE WHEN p_event ->> 'priority' = 'urgent' THEN p_now ELSE end_of_night(d.time_zone,
        p_now + milliseconds((p_timing ->> 'mergeMs')::bigint), (p_timing ->> 'nightFrom')::time, (p_timing ->> 'nightUntil')::time) END)
    ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN outcome := 'repeated'; RETURN; END IF;
  -- The check-in of the day, now instead of at its time; the row of the day makes it once.
  IF p_event ->> 'type' = 'check-in.requested' AND d.status = 'active' THEN
    INSERT INTO check_ins (driver_id, date, act_at)
      SELECT d.id, local::date, p_now FROM local_time_in(d.time_zone, p_now) AS local WHERE local IS NOT NULL
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

-- What a driver is to be told, oldest first: what is due, and what waits only to be told together with it. No row: nothing is due.
CREATE FUNCTION read_order_events(p_driver text, p_now timestamptz, p_phone_number_id text)
RETURNS TABLE (events jsonb, "dueForMs" double precision, driver jsonb, conversation jsonb) LANGUAGE sql STABLE AS $$
  SELECT w.events, extract(epoch FROM p_now - w.due) * 1000,
    jsonb_build_object('id', d.id, 'name', d.name, 'status', d.status, 'language', d.language,
      'timeZone', d.time_zone, 'permissions', d.permissions, 'checkInUntil', to_char(d.check_in_until, 'HH24:MI')),
    (SELECT to_jsonb(t) FROM conversation_of(p_driver, p_phone_number_id, p_now) t)
  FROM (
    SELECT jsonb_agg(e.event ORDER BY e.seq) AS events, min(e.act_at) AS due
    FROM order_events e WHERE e.driver_id = p_driver AND e.state = 'waiting' AND e.act_at <= p_now + interval '1 minute'
  ) w, drivers d
  WHERE d.id = p_driver AND w.due <= p_now
$$;

-- Tells, in one transaction: a turn without messages, its message behind all replies.
--   p_news {driverId, eventIds, phoneNumberId, conversation: {id, phone, userId, lastTurnId}, turnId, session, message, templates}
-- state: told | over (told already) | busy (a turn is under way or about to be: come back)
CREATE FUNCTION tell_order_events(p_news jsonb, OUT state text) LANGUAGE plpgsql AS $$
DECLARE
  key text := p_news #>> '{conversation,id}';
  this_turn uuid := (p_news ->> 'turnId')::uuid;
  wanted text[] := ARRAY(SELECT jsonb_array_elements_text(p_news -> 'eventIds'));
  lane record;
BEGIN
  INSERT INTO conversations (id, phone_number_id, phone, wa_id, user_id)
    VALUES (key, p_news ->> 'phoneNumberId', p_news #>> '{conversation,phone}',
      p_news #>> '{conversation,phone}', p_news #>> '{conversation,userId}') ON CONFLICT DO NOTHING;
  INSERT INTO lanes (kind, key) VALUES ('inbound', key), ('outbound', key) ON CONFLICT DO NOTHING;
  SELECT * INTO lane FROM lock_lane('inbound', key, false);
  IF lane.state <> 'free' OR EXISTS (SELECT 1 FROM inbound i WHERE i.conversation_id = key AND i.status = 'waiting')
    OR (SELECT v.last_turn_id FROM conversations v WHERE v.id = key)
      IS DISTINCT FROM (p_news #>> '{conversation,lastTurnId}')::uuid
  THEN state := 'busy'; RETURN; END IF;

  UPDATE order_events e SET state = 'told', turn_id = this_turn WHERE e.id = ANY (wanted) AND e.state = 'waiting';
  IF NOT FOUND THEN state := 'over'; RETURN; END IF;
  INSERT INTO turns (id, conversation_id, driver_id, epoch, session)
    VALUES (this_turn, key, p_news ->> 'driverId', lane.epoch, p_news -> 'session');
  UPDATE conversations SET last_turn_id = this_turn WHERE id = key;
  -- A worker that still believes it holds the lane is fenced from here.
  PERFORM release_lane('inbound', key, 0, false);
  INSERT INTO outbound (conversation_id, turn_id, part, priority, message, templates)
    VALUES (key, this_turn, 1, 'broadcast', p_news -> 'message', p_news -> 'templates');
  INSERT INTO audit (action, conversation_id, driver_id, turn_id, detail)
    VALUES ('order-events.told', key, p_news ->> 'driverId', this_turn, jsonb_build_object('events', p_news -> 'eventIds'));
  state := 'told';
END $$;

-- What nobody needs to hear any more, with why.
CREATE FUNCTION drop_order_events(p_driver text, p_ids text[], p_reason text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE order_events SET state = 'moot' WHERE id = ANY (p_ids) AND state = 'waiting';
  IF FOUND THEN
    INSERT INTO audit (action, driver_id, detail)
      VALUES ('order-events.moot', p_driver, jsonb_build_object('events', p_ids, 'reason', p_reason));
  END IF;
END $$;

-- Down Migration

DROP FUNCTION drop_order_events, tell_order_events, read_order_events, due_order_events, record_order_event, end_of_night;
DROP TABLE order_events;
