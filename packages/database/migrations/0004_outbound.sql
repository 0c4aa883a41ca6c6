-- Up Migration

-- pending → sending → accepted → sent → delivered → read, forward only. `unknown` is an attempt of which
-- nobody knows whether WhatsApp took it; `review` waits for a person.
CREATE FUNCTION outbound_rank(p_state text) RETURNS int LANGUAGE sql IMMUTABLE
  RETURN array_position(ARRAY['pending', 'sending', 'unknown', 'review', 'accepted', 'failed', 'sent', 'delivered', 'read'], p_state);

-- How fast a key may go (GCRA): `arrival_at` is when the next unit would arrive at the steady rate.
CREATE TABLE rates (
  key        text PRIMARY KEY,       -- 'pair:' conversation id, 'number:' phone number id
  arrival_at timestamptz NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);

-- How long until this key may go again, in ms; holds its row until the transaction ends.
CREATE FUNCTION rate_delay(p_key text, p_burst_ms int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE arrival timestamptz;
BEGIN
  INSERT INTO rates (key, arrival_at) VALUES (p_key, clock_timestamp()) ON CONFLICT DO NOTHING;
  SELECT r.arrival_at INTO arrival FROM rates r WHERE r.key = p_key FOR NO KEY UPDATE;
  RETURN greatest(0, ceil(extract(epoch FROM arrival - clock_timestamp()) * 1000 - p_burst_ms));
END $$;

CREATE FUNCTION rate_take(p_key text, p_interval_ms numeric) RETURNS void LANGUAGE sql AS $$
  UPDATE rates SET arrival_at = greatest(arrival_at, clock_timestamp()) + p_interval_ms * interval '1 millisecond'
  WHERE key = p_key
$$;

CREATE FUNCTION rate_pause(p_key text, p_ms int) RETURNS void LANGUAGE sql AS $$
  INSERT INTO rates AS r (key, arrival_at) VALUES (p_key, clock_timestamp() + milliseconds(p_ms))
  ON CONFLICT (key) DO UPDATE SET arrival_at = greatest(r.arrival_at, excluded.arrival_at)
$$;

-- Claims the head of a conversation's outbound lane and writes `sending` before any socket is touched.
--   p_pacing {numberPerSecond, pairIntervalMs, pairBurst, waitMsMax, settleMs, attemptsMax}
-- state: run (send it, after sendAfterMs) | busy | later (waitMs) | empty
CREATE FUNCTION claim_send(p_conversation text, p_owner text, p_ttl_ms int, p_steal boolean, p_pacing jsonb,
  OUT state text, OUT epoch bigint, OUT wait_ms int, OUT send jsonb) LANGUAGE plpgsql AS $$
DECLARE lane record;
BEGIN
  SELECT * INTO lane FROM lock_lane('outbound', p_conversation, p_steal);
  state := lane.state;
  wait_ms := lane.wait_ms;
  IF state <> 'free' THEN RETURN; END IF;
  epoch := lane.epoch + 1;
  SELECT * INTO state, wait_ms, send FROM next_send(p_conversation, p_owner, epoch, p_ttl_ms, p_pacing);
END $$;

-- Only under the lane's lock; leases or releases it. The row is taken only when both rates allow it.
CREATE FUNCTION next_send(p_conversation text, p_owner text, p_epoch bigint, p_ttl_ms int, p_pacing jsonb,
  OUT state text, OUT wait_ms int, OUT send jsonb) LANGUAGE plpgsql AS $$
DECLARE
  o outbound%ROWTYPE;
  c conversations%ROWTYPE;
  interval_ms numeric := 1000 / (p_pacing ->> 'numberPerSecond')::numeric;
  pair_ms int := (p_pacing ->> 'pairIntervalMs')::int;
BEGIN
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
    EXIT WHEN o.state = 'pending' OR o.attempts < (p_pacing ->> 'attemptsMax')::int;
    UPDATE outbound SET state = 'review' WHERE id = o.id;
    INSERT INTO audit (action, conversation_id, turn_id, detail)
      VALUES ('send.needs-review', p_conversation, o.turn_id, jsonb_build_object('outboundId', o.id));
  END LOOP;

  SELECT * INTO c FROM conversations WHERE id = p_conversation;
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
  UPDATE outbound SET state = 'sending', attempts = attempts + 1, settle_by = NULL WHERE id = o.id;
  PERFORM lease_lane('outbound', p_conversation, p_epoch, p_owner, p_ttl_ms);
  state := 'run';
  send := jsonb_build_object('id', o.id, 'message', o.message, 'replyTo', o.reply_to, 'waId', c.wa_id,
    'userId', c.user_id, 'attempt', o.attempts + 1, 'sendAfterMs', wait_ms, 'priority', o.priority,
    'createdAt', extract(epoch FROM o.created_at) * 1000,
    'failures', (SELECT failures FROM lanes WHERE kind = 'outbound' AND key = p_conversation));
END $$;

-- Writes down what became of an attempt and claims the next row of the lane in the same round trip.
--   p_outcome {kind: accepted | retry | ambiguous | rejected, wamid?, error?, delayMs?, numberDelayMs?}
-- What WhatsApp said is a fact even for a fenced sender: the row moves forward, the lane does not.
-- state: fenced | run | later | empty
CREATE FUNCTION settle_send(p_conversation text, p_owner text, p_epoch bigint, p_ttl_ms int, p_pacing jsonb,
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
  ELSIF is_held THEN
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

-- Receipts, in any order and any number. kind: outbound (a lane that one of them has unblocked)
--   | visible-duplicate (the driver has the same reply twice)
CREATE FUNCTION record_receipts(p_receipts jsonb) RETURNS TABLE (kind text, conversation_id text) LANGUAGE plpgsql AS $$
DECLARE
  r record;
  o outbound%ROWTYPE;
  is_new boolean;
BEGIN
  FOR r IN
    SELECT t.*, coalesce(ours.id, by_wamid.id) AS row_id, coalesce(ours.conversation_id, by_wamid.conversation_id) AS conversation
    FROM jsonb_to_recordset(p_receipts) AS t (wamid text, status text, outbound_id uuid, at timestamptz, errors jsonb)
    LEFT JOIN outbound ours ON ours.id = t.outbound_id
    LEFT JOIN LATERAL (SELECT w.* FROM outbound w WHERE w.wamid = t.wamid LIMIT 1) by_wamid ON true
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

DROP FUNCTION record_receipts, settle_send, next_send, claim_send, rate_pause, rate_take, rate_delay, outbound_rank;
DROP TABLE rates;
