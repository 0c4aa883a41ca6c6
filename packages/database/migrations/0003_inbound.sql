-- Up Migration

-- Intake: records a batch of webhook elements in one transaction and returns what follows: lanes to wake
-- (inbound, outbound), and what WhatsApp has shown a driver twice (visible-duplicate).
--   p_messages [{wamid, phone_number_id, phone, wa_id, user_id, kind, body, sent_at, received_us, position}]
--   p_receipts [{wamid, status, outbound_id, at, errors}]
--   p_events   [{received_us, ingress_id, position, field, reason, value}]
-- Conversations of duplicates are returned too: their wake-up may be what was lost.
CREATE FUNCTION record_webhooks(p_messages jsonb, p_receipts jsonb, p_events jsonb)
RETURNS TABLE (kind text, conversation_id text) LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO webhook_events (received_us, ingress_id, position, field, reason, value)
    SELECT e.received_us, e.ingress_id, e.position, e.field, e.reason, e.value
    FROM jsonb_to_recordset(p_events)
      AS e (received_us bigint, ingress_id text, position int, field text, reason text, value jsonb)
    ON CONFLICT DO NOTHING;

  RETURN QUERY
  -- One person is one conversation, with a phone, a user id or both: the conversation that already knows the
  -- user id, else the one of the phone (also when only another message of this batch has it).
  WITH message AS (
    SELECT m.*, coalesce(known.id, m.phone_number_id || ':' || coalesce(
      CASE WHEN m.user_id IS NOT NULL THEN max(m.phone) OVER (PARTITION BY m.phone_number_id, m.user_id) END,
      m.phone, m.user_id)) AS conversation
    FROM jsonb_to_recordset(p_messages) AS m (wamid text, phone_number_id text, phone text, wa_id text,
      user_id text, kind text, body jsonb, sent_at timestamptz, received_us bigint, position int)
    LEFT JOIN conversations known
      ON known.phone_number_id = m.phone_number_id AND known.user_id = m.user_id
  ), talked AS (
    INSERT INTO conversations AS c (id, phone_number_id, phone, wa_id, user_id, last_message_at)
      SELECT m.conversation, min(m.phone_number_id), max(m.phone), max(m.wa_id), max(m.user_id), max(m.sent_at)
      FROM message m GROUP BY 1 ORDER BY 1
    ON CONFLICT (id) DO UPDATE SET
      phone = coalesce(excluded.phone, c.phone), wa_id = coalesce(excluded.wa_id, c.wa_id),
      user_id = coalesce(excluded.user_id, c.user_id),
      last_message_at = greatest(c.last_message_at, excluded.last_message_at)
    RETURNING c.id
  ), laned AS (
    INSERT INTO lanes (kind, key) SELECT 'inbound', t.id FROM talked t ON CONFLICT DO NOTHING
  ), recorded AS (
    INSERT INTO inbound (wamid, conversation_id, kind, body, sent_at, received_us, position)
      SELECT DISTINCT ON (m.wamid) m.wamid, m.conversation, m.kind, m.body, m.sent_at, m.received_us, m.position
      FROM message m ORDER BY m.wamid, m.received_us
    ON CONFLICT DO NOTHING
  )
  SELECT 'inbound', t.id FROM talked t;

  RETURN QUERY SELECT r.kind, r.conversation_id FROM record_receipts(p_receipts) r;
END $$;

-- Claims the conversation for a turn over everything that waits in it, oldest first.
-- state: run | exhausted (the head has used up its attempts, the last ones without a word from the worker)
--        | busy | later | empty
-- A head that was tried before is taken alone, so that it cannot drag its neighbours down.
CREATE FUNCTION claim_turn(p_conversation text, p_owner text, p_ttl_ms int, p_steal boolean, p_attempts_max int,
  OUT state text, OUT epoch bigint, OUT messages jsonb) LANGUAGE plpgsql AS $$
DECLARE lane record;
BEGIN
  SELECT * INTO lane FROM lock_lane('inbound', p_conversation, p_steal);
  state := lane.state;
  IF state <> 'free' THEN RETURN; END IF;

  epoch := lane.epoch + 1;
  SELECT * INTO state, messages FROM next_messages(p_conversation, p_attempts_max);
  IF state = 'empty' THEN
    PERFORM release_lane('inbound', p_conversation, 0, false);
  ELSE
    PERFORM lease_lane('inbound', p_conversation, epoch, p_owner, p_ttl_ms);
  END IF;
END $$;

-- Only under the lane's lock. At most 20 messages make a turn: the rest waits for the next one.
CREATE FUNCTION next_messages(p_conversation text, p_attempts_max int, OUT state text, OUT messages jsonb) LANGUAGE plpgsql AS $$
BEGIN
  WITH waiting AS (
    SELECT i.*, first_value(i.attempts) OVER w AS head_attempts, row_number() OVER w AS place
    FROM inbound i WHERE i.conversation_id = p_conversation AND i.status = 'waiting'
    WINDOW w AS (ORDER BY i.sent_at, i.received_us, i.position)
    ORDER BY i.sent_at, i.received_us, i.position LIMIT 20
  ), taken AS (
    UPDATE inbound i SET attempts = i.attempts + 1
    FROM waiting w WHERE i.wamid = w.wamid AND (w.place = 1 OR w.head_attempts = 0)
    RETURNING i.wamid, i.kind, i.body, i.sent_at, i.attempts, w.place
  )
  SELECT CASE WHEN min(t.attempts) FILTER (WHERE t.place = 1) > p_attempts_max THEN 'exhausted' ELSE 'run' END,
    jsonb_agg(jsonb_build_object('wamid', t.wamid, 'kind', t.kind, 'body', t.body, 'attempts', t.attempts,
      'sentAt', extract(epoch FROM t.sent_at) * 1000) ORDER BY t.place)
  INTO state, messages FROM taken t;
  IF messages IS NULL THEN state := 'empty'; END IF;
END $$;

-- One transaction: fence, mark answered, reply, command, remember; then step on or release.
--   p_turn {id, driverId?, wamids[], session?, replies[{message, replyTo?}], commands[{id, kind, payload}],
--           audit[{action, detail}], modelCalls[…], isRefusal?, lockReason?}
-- state: fenced | run | exhausted | released
CREATE FUNCTION commit_turn(p_conversation text, p_epoch bigint, p_owner text, p_ttl_ms int, p_attempts_max int, p_turn jsonb,
  OUT state text, OUT messages jsonb) LANGUAGE plpgsql AS $$
DECLARE this_turn uuid := (p_turn ->> 'id')::uuid;
BEGIN
  PERFORM record_model_calls(p_conversation, this_turn, p_turn -> 'modelCalls');
  IF NOT lock_held_lane('inbound', p_conversation, p_epoch) THEN state := 'fenced'; RETURN; END IF;

  INSERT INTO turns (id, conversation_id, driver_id, epoch, session)
    VALUES (this_turn, p_conversation, p_turn ->> 'driverId', p_epoch, p_turn -> 'session')
    ON CONFLICT DO NOTHING;
  IF FOUND THEN PERFORM record_turn(p_conversation, p_turn); END IF;

  SELECT * INTO state, messages FROM next_messages(p_conversation, p_attempts_max);
  IF state = 'empty' THEN
    state := 'released';
    PERFORM release_lane('inbound', p_conversation, 0, false);
  ELSE
    PERFORM lease_lane('inbound', p_conversation, p_epoch, p_owner, p_ttl_ms);
  END IF;
END $$;

CREATE FUNCTION record_turn(p_conversation text, p_turn jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE this_turn uuid := (p_turn ->> 'id')::uuid;
BEGIN
  UPDATE inbound i SET status = 'answered', turn_id = this_turn
    FROM jsonb_array_elements_text(p_turn -> 'wamids') w WHERE i.wamid = w AND i.status = 'waiting';
  UPDATE conversations SET last_turn_id = this_turn,
    refused_at = CASE WHEN (p_turn ->> 'isRefusal')::boolean THEN clock_timestamp() ELSE refused_at END
    WHERE id = p_conversation;
  PERFORM enqueue_replies(p_conversation, this_turn, p_turn -> 'replies');

  INSERT INTO order_commands (id, driver_id, conversation_id, turn_id, kind, payload)
    SELECT (c ->> 'id')::uuid, p_turn ->> 'driverId', p_conversation, this_turn, c ->> 'kind', c -> 'payload'
    FROM jsonb_array_elements(p_turn -> 'commands') WITH ORDINALITY AS t (c, n) ORDER BY n;
  IF FOUND THEN
    INSERT INTO lanes (kind, key) VALUES ('order-commands', p_turn ->> 'driverId') ON CONFLICT DO NOTHING;
  END IF;

  INSERT INTO audit (action, conversation_id, driver_id, turn_id, detail)
    SELECT a ->> 'action', p_conversation, p_turn ->> 'driverId', this_turn, coalesce(a -> 'detail', '{}')
    FROM jsonb_array_elements(p_turn -> 'audit') WITH ORDINALITY AS t (a, n) ORDER BY n;

  IF p_turn ->> 'lockReason' IS NOT NULL THEN
    UPDATE identities SET locked_reason = p_turn ->> 'lockReason'
      FROM conversations c WHERE c.id = p_conversation AND identities.locked_reason IS NULL
      AND ((kind = 'phone' AND value = c.phone) OR (kind = 'user_id' AND value = c.user_id));
  END IF;
END $$;

CREATE FUNCTION enqueue_replies(p_conversation text, p_turn_id uuid, p_replies jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outbound (conversation_id, turn_id, part, message, reply_to)
    SELECT p_conversation, p_turn_id, n, r -> 'message', r ->> 'replyTo'
    FROM jsonb_array_elements(p_replies) WITH ORDINALITY AS t (r, n) ORDER BY n;
  IF FOUND THEN INSERT INTO lanes (kind, key) VALUES ('outbound', p_conversation) ON CONFLICT DO NOTHING; END IF;
END $$;

CREATE FUNCTION record_model_calls(p_conversation text, p_turn_id uuid, p_calls jsonb) RETURNS void LANGUAGE sql AS $$
  INSERT INTO model_calls (conversation_id, turn_id, purpose, model, outcome, prompt_tokens, cached_tokens,
    completion_tokens, cost_usd, latency_ms)
  SELECT p_conversation, p_turn_id, c.purpose, c.model, c.outcome, coalesce(c."promptTokens", 0),
    coalesce(c."cachedTokens", 0), coalesce(c."completionTokens", 0), coalesce(c."costUsd", 0), coalesce(c."latencyMs", 0)
  FROM jsonb_to_recordset(p_calls) AS c (purpose text, model text, outcome text, "promptTokens" int,
    "cachedTokens" int, "completionTokens" int, "costUsd" numeric, "latencyMs" int)
$$;

-- A message could not be answered. The conversation backs off as a whole, or the message is buried.
--   p_failure {wamid, error, backoffMs, untried: [wamid…], turnId, apology, modelCalls[…]}
-- untried: messages of the same turn that it did not get to. apology: told to the driver when buried.
-- state: fenced | retry | dead
CREATE FUNCTION fail_turn(p_conversation text, p_epoch bigint, p_attempts_max int, p_failure jsonb, OUT state text) LANGUAGE plpgsql AS $$
DECLARE
  tried int;
  this_turn uuid := (p_failure ->> 'turnId')::uuid;
BEGIN
  PERFORM record_model_calls(p_conversation, this_turn, p_failure -> 'modelCalls');
  IF NOT lock_held_lane('inbound', p_conversation, p_epoch) THEN state := 'fenced'; RETURN; END IF;

  UPDATE inbound i SET attempts = i.attempts - 1
    FROM jsonb_array_elements_text(p_failure -> 'untried') w WHERE i.wamid = w AND i.status = 'waiting';
  UPDATE inbound i SET last_error = left(p_failure ->> 'error', 500)
    WHERE i.wamid = p_failure ->> 'wamid' AND i.status = 'waiting' RETURNING i.attempts INTO tried;
  state := CASE WHEN tried >= p_attempts_max THEN 'dead' ELSE 'retry' END;
  IF state = 'dead' THEN
    UPDATE inbound i SET status = 'dead', turn_id = this_turn WHERE i.wamid = p_failure ->> 'wamid';
    PERFORM enqueue_replies(p_conversation, this_turn, jsonb_build_array(p_failure -> 'apology'));
    INSERT INTO audit (action, conversation_id, turn_id, detail)
      VALUES ('turn.buried', p_conversation, this_turn,
        jsonb_build_object('wamid', p_failure ->> 'wamid', 'error', left(p_failure ->> 'error', 500)));
  END IF;
  PERFORM release_lane('inbound', p_conversation,
    CASE WHEN state = 'dead' THEN 0 ELSE (p_failure ->> 'backoffMs')::int END, state = 'retry');
END $$;

-- Who writes? One round trip: the driver behind a phone, a user id or both, and where the conversation stands.
-- A phone and a user id that come together for the first time are bound. identity: known | unknown
--   | locked (the two belong to different drivers, or dispatch has yet to confirm a change)
CREATE FUNCTION authenticate(p_conversation text, OUT identity text, OUT driver jsonb, OUT last_turn_id uuid,
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
    'timeZone', d.time_zone, 'permissions', d.permissions) INTO driver FROM drivers d WHERE d.id = found_driver;
  IF identity = 'known' AND matches = 1 AND c.phone IS NOT NULL AND c.user_id IS NOT NULL THEN
    PERFORM bind_identity(c, found_driver);
  END IF;
END $$;

-- A driver whose phone is on file under another user id (or the reverse) is somebody new on an old number.
CREATE FUNCTION bind_identity(c conversations, p_driver text) RETURNS void LANGUAGE sql AS $$
  INSERT INTO identities (kind, value, driver_id)
    VALUES ('phone', c.phone, p_driver), ('user_id', c.user_id, p_driver) ON CONFLICT DO NOTHING
$$;

-- Down Migration

DROP FUNCTION bind_identity, authenticate, fail_turn, record_model_calls, enqueue_replies, record_turn, commit_turn,
  next_messages, claim_turn, record_webhooks;
