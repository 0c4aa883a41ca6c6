-- Up Migration

-- Outside the 24-hour window WhatsApp lets only approved templates through. `sent_as`: which form was taken.
ALTER TABLE outbound
  ADD COLUMN needs_template boolean NOT NULL DEFAULT false,  -- WhatsApp said so: its window is the one that counts
  ADD COLUMN sent_as text;

-- What is known of the templates of the account. One that is not here is tried.
CREATE TABLE templates (
  name       text NOT NULL,
  language   text NOT NULL,
  status     text NOT NULL,          -- APPROVED, PAUSED, DISABLED, … as WhatsApp says; MISSING, MISFIT
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (name, language)
);

CREATE FUNCTION note_template(p_name text, p_language text, p_status text) RETURNS void LANGUAGE sql AS $$
  INSERT INTO templates AS t (name, language, status) VALUES (p_name, p_language, p_status)
  ON CONFLICT (name, language) DO UPDATE SET status = excluded.status, changed_at = clock_timestamp()
    WHERE t.status <> excluded.status
$$;

-- The account's list, whole: what is not in it is gone.   p_list [{name, language, status}]
CREATE FUNCTION note_templates(p_list jsonb) RETURNS void LANGUAGE sql AS $$
  SELECT note_template(l.name, l.language, l.status)
    FROM jsonb_to_recordset(p_list) AS l (name text, language text, status text);
  UPDATE templates t SET status = 'MISSING', changed_at = clock_timestamp()
    WHERE t.status <> 'MISSING' AND NOT EXISTS (
      SELECT 1 FROM jsonb_to_recordset(p_list) AS l (name text, language text)
      WHERE l.name = t.name AND l.language = t.language)
$$;

-- A template that is FLAGGED may still be sent.
CREATE FUNCTION note_template_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE event text := new.value ->> 'event';
BEGIN
  IF event <> 'FLAGGED' AND new.value ? 'message_template_name' AND new.value ? 'message_template_language' THEN
    PERFORM note_template(new.value ->> 'message_template_name', new.value ->> 'message_template_language',
      CASE event WHEN 'REINSTATED' THEN 'APPROVED' ELSE event END);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER webhook_events_templates AFTER INSERT ON webhook_events
  FOR EACH ROW WHEN (new.field = 'message_template_status_update' AND new.reason = 'account')
  EXECUTE FUNCTION note_template_event();

CREATE FUNCTION template_key(p_message jsonb) RETURNS text LANGUAGE sql IMMUTABLE
  RETURN (p_message #>> '{template,name}') || '/' || (p_message #>> '{template,language,code}');

-- The first template of a row that may be sent, with its place; no row when there is none. One that is known to be
-- approved goes before one that nobody has heard of.
CREATE FUNCTION usable_template(p_templates jsonb, OUT message jsonb, OUT place bigint) LANGUAGE sql STABLE AS $$
  SELECT c.message, c.place FROM jsonb_array_elements(p_templates) WITH ORDINALITY AS c (message, place)
  LEFT JOIN templates t ON t.name = c.message #>> '{template,name}' AND t.language = c.message #>> '{template,language,code}'
  WHERE t.status IS NULL OR t.status = 'APPROVED'
  ORDER BY t.status NULLS LAST, c.place LIMIT 1
$$;

-- Ten minutes are for the way there.
CREATE FUNCTION is_window_open(p_last_message_at timestamptz) RETURNS boolean LANGUAGE sql STABLE
  RETURN coalesce(p_last_message_at > clock_timestamp() - interval '23 hours 50 minutes', false);

-- A reply that can't reach the driver any more. It is old by now: dispatch hears of it, and the driver of nothing.
CREATE FUNCTION set_aside_reply(o outbound) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE outbound SET state = 'failed', last_error = 'outside the 24-hour window, and no approved template'
    WHERE id = o.id;
  INSERT INTO audit (action, conversation_id, turn_id, detail)
    VALUES ('send.window-closed', o.conversation_id, o.turn_id, jsonb_build_object('outboundId', o.id));
  PERFORM raise_notices(o.conversation_id, o.turn_id, (SELECT t.driver_id FROM turns t WHERE t.id = o.turn_id),
    jsonb_build_array(jsonb_build_object('id', gen_random_uuid(), 'kind', 'unreachable', 'priority', 'normal',
      'text', 'Could not be told something: the last message is older than 24 hours, and no approved template fits.')));
END $$;

-- While WhatsApp is away, or the number is busy, what nobody asked for gets old. A check-in has the two hours that its
-- template lives; news of orders half an hour.
CREATE FUNCTION is_stale_broadcast(o outbound) RETURNS boolean LANGUAGE sql STABLE
  RETURN o.priority = 'broadcast' AND o.created_at < clock_timestamp() - interval '30 minutes'
    AND (o.created_at < clock_timestamp() - interval '2 hours'
      OR EXISTS (SELECT FROM order_events e WHERE e.turn_id = o.turn_id));

-- News are told anew, as the orders are by then. Of a check-in dispatch hears when it stays without an answer.
CREATE FUNCTION expire_broadcast(o outbound) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE outbound SET state = 'failed', last_error = 'too old to be sent' WHERE id = o.id;
  UPDATE order_events SET state = 'waiting', act_at = clock_timestamp(), handed_out_at = NULL, turn_id = NULL
    WHERE turn_id = o.turn_id AND state = 'told';
  INSERT INTO audit (action, conversation_id, turn_id, detail)
    VALUES ('send.expired', o.conversation_id, o.turn_id, jsonb_build_object('outboundId', o.id));
END $$;

-- As in 0004, and: the form that the window allows. What no form is left for is set aside; what was not asked for and is
-- no longer news is not sent.
CREATE OR REPLACE FUNCTION next_send(p_conversation text, p_owner text, p_epoch bigint, p_ttl_ms int, p_pacing jsonb,
  OUT state text, OUT wait_ms int, OUT send jsonb) LANGUAGE plpgsql AS $$
DECLARE
  o outbound%ROWTYPE;
  c conversations%ROWTYPE;
  chosen record;
  form text;
  interval_ms numeric := 1000 / (p_pacing ->> 'numberPerSecond')::numeric;
  pair_ms int := (p_pacing ->> 'pairIntervalMs')::int;
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
    'userId', c.user_id, 'attempt', o.attempts + 1, 'sendAfterMs', wait_ms, 'priority', o.priority,
    'createdAt', extract(epoch FROM o.created_at) * 1000,
    'failures', (SELECT failures FROM lanes WHERE kind = 'outbound' AND key = p_conversation));
END $$;

-- WhatsApp refused the form, not the message: the same row is tried in the next one.
-- 131047 window closed; 132001 no such template, 132015 paused, 132016 disabled, the others: it has changed.
CREATE FUNCTION refuse_form(p_id uuid, p_code int) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE o outbound%ROWTYPE;
BEGIN
  SELECT * INTO o FROM outbound WHERE id = p_id AND state = 'sending';
  IF o.id IS NULL OR o.message ->> 'type' = 'template' THEN RETURN false; END IF;
  IF p_code = 131047 AND NOT o.needs_template THEN
    UPDATE outbound SET state = 'pending', attempts = attempts - 1, needs_template = true,
      last_error = '131047 outside the window' WHERE id = p_id;
    RETURN true;
  END IF;
  IF p_code NOT IN (132000, 132001, 132005, 132007, 132012, 132015, 132016) OR o.sent_as = 'free' THEN RETURN false; END IF;
  PERFORM note_template(split_part(o.sent_as, '/', 1), split_part(o.sent_as, '/', 2),
    CASE p_code WHEN 132001 THEN 'MISSING' WHEN 132015 THEN 'PAUSED' WHEN 132016 THEN 'DISABLED' ELSE 'MISFIT' END);
  UPDATE outbound SET state = 'pending', attempts = attempts - 1, last_error = p_code || ' ' || o.sent_as WHERE id = p_id;
  RETURN true;
END $$;

-- As in 0004, and: a form that was refused.   p_outcome {…, code?}
CREATE OR REPLACE FUNCTION settle_send(p_conversation text, p_owner text, p_epoch bigint, p_ttl_ms int, p_pacing jsonb,
  p_id uuid, p_outcome jsonb, OUT state text, OUT wait_ms int, OUT send jsonb) LANGUAGE plpgsql AS $$
DECLARE
  is_held boolean := lock_held_lane('outbound', p_conversation, p_epoch);
  kind text := p_outcome ->> 'kind';
BEGIN
  IF p_outcome ? 'numberDelayMs' THEN
    PERFORM rate_pause('number:' || c.phone_number_id, (p_outcome ->> 'numberDelayMs')::int)
      FROM conversations c WHERE c.id = p_conversation;
  END IF;
  IF kind = 'accepted' THEN
    UPDATE outbound o SET wamid = coalesce(o.wamid, p_outcome ->> 'wamid'), accepted_at = clock_timestamp(),
      state = CASE WHEN outbound_rank(o.state) < outbound_rank('accepted') THEN 'accepted' ELSE o.state END
      WHERE o.id = p_id;
  ELSIF is_held AND NOT (kind = 'rejected' AND refuse_form(p_id, coalesce((p_outcome ->> 'code')::int, 0))) THEN
    UPDATE outbound o SET last_error = left(p_outcome ->> 'error', 500),
      state = CASE kind WHEN 'retry' THEN 'pending' WHEN 'ambiguous' THEN 'unknown' ELSE 'failed' END,
      attempts = o.attempts - CASE kind WHEN 'retry' THEN 1 ELSE 0 END,
      settle_by = CASE kind WHEN 'ambiguous' THEN clock_timestamp() + milliseconds((p_pacing ->> 'settleMs')::int) END
      WHERE o.id = p_id AND o.state = 'sending';
  END IF;
  IF NOT is_held THEN state := 'fenced'; RETURN; END IF;

  IF kind = 'retry' THEN
    state := 'later';
    wait_ms := (p_outcome ->> 'delayMs')::int;
    PERFORM release_lane('outbound', p_conversation, wait_ms, true);
    RETURN;
  END IF;
  SELECT * INTO state, wait_ms, send FROM next_send(p_conversation, p_owner, p_epoch, p_ttl_ms, p_pacing);
END $$;

-- As in 0007, and: the question in both forms, whichever the window allows when it is sent.
--   p_question: a broadcast, and {date, step: ask | remind, againMs}
-- state: asked | over (the step was taken already) | busy (come back)
CREATE OR REPLACE FUNCTION ask_check_in(p_question jsonb, OUT state text) LANGUAGE plpgsql AS $$
DECLARE c check_ins%ROWTYPE;
BEGIN
  IF NOT lock_for_broadcast(p_question) THEN state := 'busy'; RETURN; END IF;
  SELECT * INTO c FROM check_ins i WHERE i.driver_id = p_question ->> 'driverId'
    AND i.date = (p_question ->> 'date')::date FOR NO KEY UPDATE;
  IF NOT (CASE p_question ->> 'step' WHEN 'ask' THEN c.state = 'due'
    ELSE c.state = 'asked' AND c.reminded_at IS NULL END)
  THEN state := 'over'; RETURN; END IF;

  PERFORM record_broadcast(p_question, 'check-in.asked',
    jsonb_build_object('date', c.date, 'step', p_question ->> 'step'));
  UPDATE check_ins i SET state = 'asked', turn_id = (p_question ->> 'turnId')::uuid,
    conversation_id = p_question #>> '{conversation,id}',
    asked_at = coalesce(i.asked_at, clock_timestamp()),
    reminded_at = CASE p_question ->> 'step' WHEN 'remind' THEN clock_timestamp() END,
    act_at = clock_timestamp() + milliseconds((p_question ->> 'againMs')::bigint)
    WHERE i.driver_id = c.driver_id AND i.date = c.date;
  state := 'asked';
END $$;

-- Down Migration

-- next_send, settle_send and ask_check_in stay as they are here: 0004 and 0007 drop them.
DROP TRIGGER webhook_events_templates ON webhook_events;
DROP FUNCTION note_template_event, refuse_form, expire_broadcast, is_stale_broadcast, set_aside_reply, is_window_open,
  usable_template, template_key, note_templates, note_template;
DROP TABLE templates;
ALTER TABLE outbound DROP COLUMN needs_template, DROP COLUMN sent_as;
