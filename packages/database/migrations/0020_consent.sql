-- Up Migration

-- A driver who has opted out is not written to first: no check-ins, no reminders, no news. What he writes himself is answered.
ALTER TABLE drivers
  ADD COLUMN opted_out_at timestamptz,
  ADD COLUMN opted_out_by text;      -- the wamid of the message that said so, or 'drivers file'

-- Asked for in every turn: in PL/pgSQL, which plans once.
CREATE FUNCTION has_opted_out(p_driver text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT FROM drivers d WHERE d.id = p_driver AND d.opted_out_at IS NOT NULL);
END $$;

-- In the transaction of a turn: what the driver has said.   p_consent {state: out | in, wamid}
CREATE FUNCTION record_consent(p_driver text, p_consent jsonb) RETURNS void LANGUAGE sql AS $$
  UPDATE drivers SET opted_out_at = CASE p_consent ->> 'state' WHEN 'out' THEN clock_timestamp() END,
    opted_out_by = CASE p_consent ->> 'state' WHEN 'out' THEN p_consent ->> 'wamid' END
  WHERE id = p_driver AND (opted_out_at IS NULL) = (p_consent ->> 'state' = 'out')
$$;

-- Written down before the driver opted out, and not sent since. Nobody tells it later.
CREATE FUNCTION cancel_broadcast(o outbound) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE outbound SET state = 'failed', settle_by = NULL, last_error = 'cancelled: the driver has opted out' WHERE id = o.id;
  UPDATE order_events SET state = 'moot' WHERE turn_id = o.turn_id AND state = 'told';
  INSERT INTO audit (action, conversation_id, driver_id, turn_id, detail)
    SELECT 'send.opted-out', o.conversation_id, t.driver_id, o.turn_id, jsonb_build_object('outboundId', o.id)
    FROM turns t WHERE t.id = o.turn_id;
END $$;

-- As in 0011, and: what was not asked for does not go to a driver who has opted out since. `send` says how many were
-- cancelled on the way, also where nothing is left to send.
CREATE OR REPLACE FUNCTION next_send(p_conversation text, p_owner text, p_epoch bigint, p_ttl_ms int, p_pacing jsonb,
  OUT state text, OUT wait_ms int, OUT send jsonb) LANGUAGE plpgsql AS $$
DECLARE
  o outbound%ROWTYPE;
  c conversations%ROWTYPE;
  chosen record;
  form text;
  interval_ms numeric := 1000 / (p_pacing ->> 'numberPerSecond')::numeric;
  pair_ms int := (p_pacing ->> 'pairIntervalMs')::int;
  cancelled int := 0;
BEGIN
  SELECT * INTO c FROM conversations WHERE id = p_conversation;
  LOOP
    SELECT * INTO o FROM outbound WHERE outbound.conversation_id = p_conversation
      AND outbound.state IN ('pending', 'sending', 'unknown') ORDER BY seq LIMIT 1;
    IF NOT FOUND THEN
      state := 'empty';
      PERFORM release_lane('outbound', p_conversation, 0, false);
      RETURN;
    END IF;
    -- Whoever was sending this has gone: only a receipt can tell whether WhatsApp has it.
    IF o.state = 'sending' THEN
      UPDATE outbound SET state = 'unknown', last_error = 'sender lost',
        settle_by = clock_timestamp() + milliseconds((p_pacing ->> 'settleMs')::int)
        WHERE id = o.id RETURNING * INTO o;
    END IF;
    IF o.state = 'unknown' AND o.settle_by > clock_timestamp() THEN
      state := 'later';
      wait_ms := ceil(extract(epoch FROM o.settle_by - clock_timestamp()) * 1000);
      PERFORM release_lane('outbound', p_conversation, wait_ms, false);
      RETURN;
    END IF;
    IF o.priority = 'broadcast' AND has_opted_out((SELECT t.driver_id FROM turns t WHERE t.id = o.turn_id)) THEN
      PERFORM cancel_broadcast(o);
      cancelled := cancelled + 1;
      send := jsonb_build_object('cancelled', cancelled);
      CONTINUE;
    END IF;
    IF o.state = 'unknown' AND o.attempts >= (p_pacing ->> 'attemptsMax')::int THEN
      UPDATE outbound SET state = 'review' WHERE id = o.id;
      INSERT INTO audit (action, conversation_id, turn_id, detail)
        VALUES ('send.needs-review', p_conversation, o.turn_id, jsonb_build_object('outboundId', o.id));
      CONTINUE;
    END IF;
    IF o.state = 'pending' AND is_stale_broadcast(o) THEN
      PERFORM expire_broadcast(o);
      CONTINUE;
    END IF;
    form := 'free';
    EXIT WHEN o.message ->> 'type' = 'template' OR (is_window_open(c.last_message_at) AND NOT o.needs_template);
    SELECT * INTO chosen FROM usable_template(coalesce(o.templates, '[]'));
    IF chosen.message IS NOT NULL THEN
      o.message := chosen.message;
      form := CASE WHEN chosen.place = 1 THEN 'template' ELSE 'fallback' END;
      EXIT;
    END IF;
    PERFORM set_aside_reply(o);
  END LOOP;

  wait_ms := rate_delay('pair:' || p_conversation, pair_ms * ((p_pacing ->> 'pairBurst')::int - 1));
  IF wait_ms > 0 THEN
    state := 'later';
    PERFORM release_lane('outbound', p_conversation, wait_ms, false);
    RETURN;
  END IF;
  wait_ms := rate_delay('number:' || c.phone_number_id, ceil(interval_ms * 4)::int);
  -- Broadcasts only take what replies leave over.
  IF wait_ms > (CASE o.priority WHEN 'reply' THEN (p_pacing ->> 'waitMsMax')::int ELSE 0 END) THEN
    state := 'later';
    PERFORM release_lane('outbound', p_conversation, wait_ms, false);
    RETURN;
  END IF;
  PERFORM rate_take('pair:' || p_conversation, pair_ms);
  PERFORM rate_take('number:' || c.phone_number_id, interval_ms);
  UPDATE outbound SET state = 'sending', attempts = attempts + 1, settle_by = NULL,
    sent_as = coalesce(template_key(o.message), 'free') WHERE id = o.id;
  PERFORM lease_lane('outbound', p_conversation, p_epoch, p_owner, p_ttl_ms);
  state := 'run';
  send := jsonb_build_object('id', o.id, 'message', o.message, 'form', form, 'replyTo', o.reply_to, 'waId', c.wa_id,
    'userId', c.user_id, 'attempt', o.attempts + 1, 'sendAfterMs', wait_ms, 'priority', o.priority, 'cancelled', cancelled,
    'createdAt', extract(epoch FROM o.created_at) * 1000,
    'failures', (SELECT failures FROM lanes WHERE kind = 'outbound' AND key = p_conversation));
END $$;

-- As in 0006, and: whether the driver may be written to first.   p_turn {…, consent?: {state, wamid}}
CREATE OR REPLACE FUNCTION record_turn(p_conversation text, p_turn jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  this_turn uuid := (p_turn ->> 'id')::uuid;
  driver text := p_turn ->> 'driverId';
BEGIN
  UPDATE inbound i SET status = 'answered', turn_id = this_turn
    FROM jsonb_array_elements_text(p_turn -> 'wamids') w WHERE i.wamid = w AND i.status = 'waiting';
  UPDATE conversations SET last_turn_id = this_turn,
    refused_at = CASE WHEN (p_turn ->> 'isRefusal')::boolean THEN clock_timestamp() ELSE refused_at END
    WHERE id = p_conversation;
  PERFORM enqueue_replies(p_conversation, this_turn, p_turn -> 'replies');

  PERFORM withdraw(driver, coalesce(p_turn -> 'withdraws', '[]'));
  INSERT INTO order_commands (id, driver_id, conversation_id, turn_id, kind, payload, not_before)
    SELECT (c ->> 'id')::uuid, driver, p_conversation, this_turn, c ->> 'kind', c -> 'payload',
      clock_timestamp() + milliseconds((c ->> 'delayMs')::int)
    FROM jsonb_array_elements(p_turn -> 'commands') WITH ORDINALITY AS t (c, n) ORDER BY n;
  IF FOUND THEN
    INSERT INTO lanes (kind, key) VALUES ('order-commands', driver) ON CONFLICT DO NOTHING;
  END IF;
  PERFORM raise_notices(p_conversation, this_turn, driver, coalesce(p_turn -> 'notices', '[]'));
  IF p_turn ->> 'checkIn' IS NOT NULL THEN
    PERFORM answer_check_in(driver, (p_turn #>> '{checkIn,date}')::date, p_turn #>> '{checkIn,state}');
  END IF;
  IF p_turn ->> 'consent' IS NOT NULL THEN PERFORM record_consent(driver, p_turn -> 'consent'); END IF;

  INSERT INTO audit (action, conversation_id, driver_id, turn_id, detail)
    SELECT a ->> 'action', p_conversation, driver, this_turn, coalesce(a -> 'detail', '{}')
    FROM jsonb_array_elements(p_turn -> 'audit') WITH ORDINALITY AS t (a, n) ORDER BY n;

  IF p_turn ->> 'lockReason' IS NOT NULL THEN
    UPDATE identities SET locked_reason = p_turn ->> 'lockReason'
      FROM conversations c WHERE c.id = p_conversation AND identities.locked_reason IS NULL
      AND ((kind = 'phone' AND value = c.phone) OR (kind = 'user_id' AND value = c.user_id));
  END IF;
END $$;

-- As in 0007, and: not for a driver who has opted out.
CREATE OR REPLACE FUNCTION due_check_ins(p_now timestamptz, p_limit int) RETURNS TABLE (driver_id text, date date) LANGUAGE plpgsql AS $$
BEGIN
  WITH zone AS MATERIALIZED (
    SELECT z.time_zone, local_time_in(z.time_zone, p_now) AS local
    FROM (SELECT DISTINCT d.time_zone FROM drivers d WHERE d.status = 'active' AND d.check_in_at IS NOT NULL) z
  )
  INSERT INTO check_ins (driver_id, date, act_at)
    SELECT d.id, z.local::date, p_now FROM drivers d JOIN zone z ON z.time_zone = d.time_zone
    WHERE d.status = 'active' AND d.opted_out_at IS NULL AND z.local::time >= d.check_in_at
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

-- Down Migration

-- next_send, record_turn and due_check_ins stay as they are here: 0004, 0003 and 0007 drop them.
DROP FUNCTION cancel_broadcast, record_consent, has_opted_out;
ALTER TABLE drivers DROP COLUMN opted_out_at, DROP COLUMN opted_out_by;
