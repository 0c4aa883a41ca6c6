-- Up Migration

-- What runs for every message, in PL/pgSQL: a function in SQL that is not inlined is parsed and planned each time that it
-- is called (until PostgreSQL 18), which took more time than what it does.

-- As in 0002.
CREATE OR REPLACE FUNCTION lease_lane(p_kind text, p_key text, p_epoch bigint, p_owner text, p_ttl_ms int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE lanes SET owner = p_owner, epoch = p_epoch, not_before = NULL,
    lease_until = clock_timestamp() + milliseconds(p_ttl_ms)
  WHERE kind = p_kind AND key = p_key;
END $$;

-- As in 0002.
CREATE OR REPLACE FUNCTION release_lane(p_kind text, p_key text, p_wait_ms int, p_failed boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE lanes SET owner = NULL, lease_until = NULL, epoch = epoch + 1,
    not_before = CASE WHEN p_wait_ms > 0 THEN clock_timestamp() + milliseconds(p_wait_ms) END,
    failures = CASE WHEN p_failed THEN failures + 1 ELSE 0 END
  WHERE kind = p_kind AND key = p_key;
END $$;

-- As in 0004. Nearly always the key is there.
CREATE OR REPLACE FUNCTION rate_delay(p_key text, p_burst_ms int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE arrival timestamptz;
BEGIN
  SELECT r.arrival_at INTO arrival FROM rates r WHERE r.key = p_key FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    INSERT INTO rates (key, arrival_at) VALUES (p_key, clock_timestamp()) ON CONFLICT DO NOTHING;
    SELECT r.arrival_at INTO arrival FROM rates r WHERE r.key = p_key FOR NO KEY UPDATE;
  END IF;
  RETURN greatest(0, ceil(extract(epoch FROM arrival - clock_timestamp()) * 1000 - p_burst_ms));
END $$;

-- As in 0004.
CREATE OR REPLACE FUNCTION rate_take(p_key text, p_interval_ms numeric) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE rates SET arrival_at = greatest(arrival_at, clock_timestamp()) + p_interval_ms * interval '1 millisecond'
    WHERE key = p_key;
END $$;

-- As in 0011.
CREATE OR REPLACE FUNCTION is_stale_broadcast(o outbound) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF o.priority <> 'broadcast' OR o.created_at >= clock_timestamp() - interval '30 minutes' THEN RETURN false; END IF;
  RETURN o.created_at < clock_timestamp() - interval '2 hours'
    OR EXISTS (SELECT FROM order_events e WHERE e.turn_id = o.turn_id);
END $$;

-- As in 0006.
CREATE OR REPLACE FUNCTION raise_notices(p_conversation text, p_turn_id uuid, p_driver text, p_notices jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF p_notices = '[]' THEN RETURN; END IF;
  INSERT INTO dispatch_notices (id, kind, priority, driver_id, conversation_id, turn_id, text, reason, not_before)
  SELECT n.id, n.kind, n.priority, p_driver, p_conversation, p_turn_id, n.text, n.reason,
    clock_timestamp() + milliseconds(coalesce(n."delayMs", 0))
  FROM ROWS FROM (jsonb_to_recordset(p_notices) AS (id uuid, kind text, priority text, text text, reason text,
    "delayMs" int)) WITH ORDINALITY AS n (id, kind, priority, text, reason, "delayMs", place)
  ORDER BY n.place;
END $$;

-- As in 0009.
CREATE OR REPLACE FUNCTION waiting_for_person(p_conversation text) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN (SELECT max(n.created_at) FROM dispatch_notices n
    WHERE n.conversation_id = p_conversation AND n.kind = 'help' AND n.closed_at IS NULL
      AND n.state IN ('pending', 'sent') AND n.created_at > clock_timestamp() - interval '4 hours');
END $$;

-- As in 0012.
CREATE OR REPLACE FUNCTION record_model_calls(p_conversation text, p_turn_id uuid, p_calls jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF p_calls = '[]' THEN RETURN; END IF;
  INSERT INTO model_calls (conversation_id, turn_id, purpose, model, outcome, prompt_tokens, cached_tokens,
    completion_tokens, cost_usd, latency_ms, is_cache_hit)
  SELECT p_conversation, p_turn_id, c.purpose, c.model, c.outcome, coalesce(c."promptTokens", 0),
    coalesce(c."cachedTokens", 0), coalesce(c."completionTokens", 0), coalesce(c."costUsd", 0), coalesce(c."latencyMs", 0),
    coalesce(c."isCacheHit", false)
  FROM jsonb_to_recordset(p_calls) AS c (purpose text, model text, outcome text, "promptTokens" int,
    "cachedTokens" int, "completionTokens" int, "costUsd" numeric, "latencyMs" int, "isCacheHit" boolean);
END $$;

-- As in 0016, and: no evidence is looked for where there is none.
CREATE OR REPLACE FUNCTION commit_turn(p_conversation text, p_epoch bigint, p_owner text, p_ttl_ms int, p_attempts_max int, p_turn jsonb,
  OUT state text, OUT messages jsonb) LANGUAGE plpgsql AS $$
DECLARE this_turn uuid := (p_turn ->> 'id')::uuid;
BEGIN
  PERFORM record_model_calls(p_conversation, this_turn, p_turn -> 'modelCalls');
  IF NOT lock_held_lane('inbound', p_conversation, p_epoch) THEN state := 'fenced'; RETURN; END IF;

  INSERT INTO turns (id, conversation_id, driver_id, epoch, session)
    VALUES (this_turn, p_conversation, p_turn ->> 'driverId', p_epoch, p_turn -> 'session')
    ON CONFLICT DO NOTHING;
  IF FOUND THEN
    PERFORM record_turn(p_conversation, p_turn);
    IF p_turn -> 'transcripts' <> '[]' OR p_turn -> 'proofs' <> '[]' THEN PERFORM record_evidence(p_conversation, p_turn); END IF;
    IF p_turn ? 'guardrails' THEN PERFORM record_guardrails(p_conversation, p_turn); END IF;
  END IF;

  SELECT * INTO state, messages FROM next_messages(p_conversation, p_attempts_max);
  IF state = 'empty' THEN
    state := 'released';
    PERFORM release_lane('inbound', p_conversation, 0, false);
  ELSE
    PERFORM lease_lane('inbound', p_conversation, p_epoch, p_owner, p_ttl_ms);
  END IF;
END $$;

-- As in 0017, and: most batches have one kind of element, and the conversation of each message is looked up by its index,
-- whatever the planner thinks of how many there are.
CREATE OR REPLACE FUNCTION record_webhooks(p_messages jsonb, p_receipts jsonb, p_events jsonb)
RETURNS TABLE (kind text, conversation_id text, traceparent text, correlation_id text) LANGUAGE plpgsql AS $$
BEGIN
  IF p_events <> '[]' THEN
    INSERT INTO webhook_events (received_us, ingress_id, position, field, reason, value)
      SELECT e.received_us, e.ingress_id, e.position, e.field, e.reason, e.value
      FROM jsonb_to_recordset(p_events)
        AS e (received_us bigint, ingress_id text, position int, field text, reason text, value jsonb)
      ON CONFLICT DO NOTHING;
  END IF;

  -- One person is one conversation, with a phone, a user id or both: the conversation that already knows the
  -- user id, else the one of the phone (also when only another message of this batch has it).
  IF p_messages <> '[]' THEN
    RETURN QUERY
    WITH message AS (
      SELECT m.*, coalesce(known.id, m.phone_number_id || ':' || coalesce(
        CASE WHEN m.user_id IS NOT NULL THEN max(m.phone) OVER (PARTITION BY m.phone_number_id, m.user_id) END,
        m.phone, m.user_id)) AS conversation
      FROM jsonb_to_recordset(p_messages) AS m (wamid text, phone_number_id text, phone text, wa_id text,
        user_id text, kind text, body jsonb, sent_at timestamptz, received_us bigint, position int,
        traceparent text, correlation_id text)
      LEFT JOIN LATERAL (SELECT c.id FROM conversations c
        WHERE c.phone_number_id = m.phone_number_id AND c.user_id = m.user_id LIMIT 1) known ON true
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
      INSERT INTO inbound (wamid, conversation_id, kind, body, sent_at, received_us, position, traceparent, correlation_id)
        SELECT DISTINCT ON (m.wamid) m.wamid, m.conversation, m.kind, m.body, m.sent_at, m.received_us, m.position,
          m.traceparent, m.correlation_id
        FROM message m ORDER BY m.wamid, m.received_us
      ON CONFLICT DO NOTHING
    ), oldest AS (
      SELECT DISTINCT ON (m.conversation) m.conversation, m.traceparent, m.correlation_id
      FROM message m ORDER BY m.conversation, m.sent_at, m.received_us, m.position
    )
    SELECT 'inbound', t.id, o.traceparent, o.correlation_id FROM talked t JOIN oldest o ON o.conversation = t.id;
  END IF;

  IF p_receipts <> '[]' THEN
    RETURN QUERY SELECT DISTINCT r.kind, r.conversation_id, NULL, NULL FROM record_receipts(p_receipts) r;
  END IF;
END $$;

-- As in 0004, and: each row is looked up by its index.
CREATE OR REPLACE FUNCTION record_receipts(p_receipts jsonb) RETURNS TABLE (kind text, conversation_id text) LANGUAGE plpgsql AS $$
DECLARE
  r record;
  o outbound%ROWTYPE;
  is_new boolean;
BEGIN
  FOR r IN
    SELECT t.*, ours.id AS row_id, ours.conversation_id AS conversation
    FROM jsonb_to_recordset(p_receipts) AS t (wamid text, status text, outbound_id uuid, at timestamptz, errors jsonb)
    LEFT JOIN LATERAL (
      SELECT w.id, w.conversation_id, false AS is_guess FROM outbound w WHERE w.id = t.outbound_id
      UNION ALL
      SELECT w.id, w.conversation_id, true FROM outbound w WHERE w.wamid = t.wamid
      ORDER BY is_guess LIMIT 1) ours ON true
    ORDER BY conversation, t.at
  LOOP
    INSERT INTO receipts (wamid, status, outbound_id, at, errors)
      VALUES (r.wamid, r.status, r.row_id, r.at, r.errors) ON CONFLICT DO NOTHING;
    is_new := FOUND;
    CONTINUE WHEN r.row_id IS NULL;

    PERFORM FROM lanes l WHERE l.kind = 'outbound' AND l.key = r.conversation FOR NO KEY UPDATE;
    SELECT * INTO o FROM outbound WHERE id = r.row_id;
    IF is_new AND r.status = 'sent' AND o.wamid <> r.wamid THEN
      RETURN QUERY SELECT 'visible-duplicate', r.conversation;
    END IF;
    CONTINUE WHEN coalesce(outbound_rank(r.status), 0) <= outbound_rank(o.state);
    CONTINUE WHEN r.status = 'failed' AND o.state = 'pending';
    UPDATE outbound SET state = r.status, wamid = coalesce(o.wamid, r.wamid), settle_by = NULL,
      last_error = coalesce(r.errors #>> '{0,title}', last_error) WHERE id = o.id;
    IF o.state = 'unknown' THEN
      UPDATE lanes l SET not_before = NULL WHERE l.kind = 'outbound' AND l.key = r.conversation;
      RETURN QUERY SELECT 'outbound', r.conversation;
    END IF;
  END LOOP;
END $$;

-- Down Migration

-- Nothing is different without it but the time it takes: what made these functions drops them.
SELECT;
