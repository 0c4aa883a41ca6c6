-- Up Migration

-- What a row is part of: its place in a trace (W3C traceparent, nothing where there are none), and the id by which all lines
-- of the log about it are found.
ALTER TABLE inbound ADD COLUMN traceparent text, ADD COLUMN correlation_id text;
ALTER TABLE outbound ADD COLUMN traceparent text, ADD COLUMN correlation_id text;

-- As in 0003, and: of each message what it is part of, and of each conversation to wake that of its oldest message.
--   p_messages [{…, traceparent, correlation_id}]
DROP FUNCTION record_webhooks;
CREATE FUNCTION record_webhooks(p_messages jsonb, p_receipts jsonb, p_events jsonb)
RETURNS TABLE (kind text, conversation_id text, traceparent text, correlation_id text) LANGUAGE plpgsql AS $$
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
      user_id text, kind text, body jsonb, sent_at timestamptz, received_us bigint, position int,
      traceparent text, correlation_id text)
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

  RETURN QUERY SELECT DISTINCT r.kind, r.conversation_id, NULL, NULL FROM record_receipts(p_receipts) r;
END $$;

-- As in 0003, and: what each message is part of.
CREATE OR REPLACE FUNCTION next_messages(p_conversation text, p_attempts_max int, OUT state text, OUT messages jsonb) LANGUAGE plpgsql AS $$
BEGIN
  WITH waiting AS (
    SELECT i.*, first_value(i.attempts) OVER w AS head_attempts, row_number() OVER w AS place
    FROM inbound i WHERE i.conversation_id = p_conversation AND i.status = 'waiting'
    WINDOW w AS (ORDER BY i.sent_at, i.received_us, i.position)
    ORDER BY i.sent_at, i.received_us, i.position LIMIT 20
  ), taken AS (
    UPDATE inbound i SET attempts = i.attempts + 1
    FROM waiting w WHERE i.wamid = w.wamid AND (w.place = 1 OR w.head_attempts = 0)
    RETURNING i.wamid, i.kind, i.body, i.sent_at, i.attempts, i.traceparent, i.correlation_id, w.place
  )
  SELECT CASE WHEN min(t.attempts) FILTER (WHERE t.place = 1) > p_attempts_max THEN 'exhausted' ELSE 'run' END,
    jsonb_agg(jsonb_build_object('wamid', t.wamid, 'kind', t.kind, 'body', t.body, 'attempts', t.attempts,
      'sentAt', extract(epoch FROM t.sent_at) * 1000, 'traceparent', t.traceparent,
      'correlationId', t.correlation_id) ORDER BY t.place)
  INTO state, messages FROM taken t;
  IF messages IS NULL THEN state := 'empty'; END IF;
END $$;

-- As in 0003, and: what a reply is part of.
--   p_replies [{message, replyTo?, traceparent?, correlationId?}]
CREATE OR REPLACE FUNCTION enqueue_replies(p_conversation text, p_turn_id uuid, p_replies jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outbound (conversation_id, turn_id, part, message, reply_to, traceparent, correlation_id)
    SELECT p_conversation, p_turn_id, n, r -> 'message', r ->> 'replyTo', r ->> 'traceparent',
      r ->> 'correlationId'
    FROM jsonb_array_elements(p_replies) WITH ORDINALITY AS t (r, n) ORDER BY n;
  IF FOUND THEN INSERT INTO lanes (kind, key) VALUES ('outbound', p_conversation) ON CONFLICT DO NOTHING; END IF;
END $$;

-- As in 0010, and: what it is part of.
--   p_broadcast {…, traceparent?, correlationId?}
CREATE OR REPLACE FUNCTION record_broadcast(p_broadcast jsonb, p_action text, p_detail jsonb) RETURNS void LANGUAGE plpgsql AS $$
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
  INSERT INTO outbound (conversation_id, turn_id, part, priority, message, templates, traceparent, correlation_id)
    VALUES (conversation, this_turn, 1, 'broadcast', p_broadcast -> 'message', p_broadcast -> 'templates',
      p_broadcast ->> 'traceparent', p_broadcast ->> 'correlationId');
  INSERT INTO audit (action, conversation_id, driver_id, turn_id, detail)
    VALUES (p_action, conversation, driver, this_turn, p_detail);
END $$;

-- What `claim_send` and `settle_send` have handed out, with what it is part of. The row may be newer than the statement that
-- called them: within PL/pgSQL it is looked for anew.
CREATE FUNCTION with_origin(p_send jsonb) RETURNS jsonb STRICT LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT p_send || jsonb_build_object('traceparent', o.traceparent, 'correlationId', o.correlation_id)
    FROM outbound o WHERE o.id = (p_send ->> 'id')::uuid);
END $$;

-- Down Migration

-- record_webhooks, next_messages, enqueue_replies and record_broadcast go with what made them: 0003 and 0010 drop them.
DROP FUNCTION with_origin;
ALTER TABLE outbound DROP COLUMN traceparent, DROP COLUMN correlation_id;
ALTER TABLE inbound DROP COLUMN traceparent, DROP COLUMN correlation_id;
