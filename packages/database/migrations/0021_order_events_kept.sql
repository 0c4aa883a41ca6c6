-- Up Migration

-- As in 0016, and: a check-in that is asked for at night is due in the morning, on the day that it is then. An event that
-- was set aside may come again: then somebody has put right what was wrong, and it is looked at anew.
CREATE OR REPLACE FUNCTION record_order_event(p_event jsonb, p_timing jsonb, p_now timestamptz, OUT outcome text) LANGUAGE plpgsql AS $$
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

-- What a driver is to be told. What was due by day and could not be told until it was night waits for the morning.
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
  RETURN QUERY SELECT r.events, r."dueForMs", r.driver, r.conversation FROM read_order_events(p_driver, p_now, p_phone_number_id) r;
END $$;

-- As drop_order_events, and dispatch hears of it.   p_notices as in raise_notices
CREATE FUNCTION set_aside_order_events(p_driver text, p_ids text[], p_reason text, p_notices jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM order_events e WHERE e.id = ANY (p_ids) AND e.state = 'waiting' FOR UPDATE) THEN RETURN; END IF;
  PERFORM drop_order_events(p_driver, p_ids, p_reason);
  PERFORM raise_notices(NULL, NULL, p_driver, p_notices);
END $$;

-- As in 0011, and: one that is known to be approved before one that nobody has heard of.
CREATE OR REPLACE FUNCTION usable_template(p_templates jsonb, OUT message jsonb, OUT place bigint) LANGUAGE sql STABLE AS $$
  SELECT c.message, c.place FROM jsonb_array_elements(p_templates) WITH ORDINALITY AS c (message, place)
  LEFT JOIN templates t ON t.name = c.message #>> '{template,name}' AND t.language = c.message #>> '{template,language,code}'
  WHERE t.status IS NULL OR t.status = 'APPROVED'
  ORDER BY t.status NULLS LAST, c.place LIMIT 1
$$;

-- Down Migration

-- record_order_event and usable_template stay as they are here: 0016 and 0011 drop them.
DROP FUNCTION set_aside_order_events, take_order_events;
