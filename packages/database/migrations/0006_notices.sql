-- Up Migration

-- What dispatchers are to hear. Written with the turn that gave rise to it; told by webhook and e-mail.
CREATE TABLE dispatch_notices (
  id              uuid PRIMARY KEY,  -- the Idempotency-Key of the webhook
  seq             bigint GENERATED ALWAYS AS IDENTITY,
  kind            text NOT NULL,     -- declined, accepted-after-decline, check-in-unanswered, …
  priority        text NOT NULL DEFAULT 'normal' CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
  driver_id       text,
  conversation_id text REFERENCES conversations,
  turn_id         uuid,
  text            text NOT NULL,     -- for the dispatcher: what happened
  reason          text,              -- the driver's own words, where there are any
  state           text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'dead', 'withdrawn')),
  not_before      timestamptz NOT NULL DEFAULT clock_timestamp(),
  lease_until     timestamptz,
  told            text[] NOT NULL DEFAULT '{}',  -- channels that have it: a retry leaves them alone
  attempts        int NOT NULL DEFAULT 0,
  last_error      text,
  created_at      timestamptz NOT NULL DEFAULT now(),
  settled_at      timestamptz
);
CREATE INDEX dispatch_notices_open ON dispatch_notices (driver_id, seq) WHERE state = 'pending';

-- A held command can still be taken back by the driver: until then the order system does not hear of it.
ALTER TABLE order_commands ADD COLUMN not_before timestamptz,
  DROP CONSTRAINT order_commands_state_check,
  ADD CONSTRAINT order_commands_state_check CHECK (state IN ('pending', 'done', 'rejected', 'withdrawn'));

-- A driver's notices are told in their order: the second may be about the first.
CREATE FUNCTION is_notice_due(n dispatch_notices) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT n.state = 'pending' AND n.not_before <= clock_timestamp()
    AND (n.lease_until IS NULL OR n.lease_until < clock_timestamp())
    AND NOT EXISTS (SELECT 1 FROM dispatch_notices e
      WHERE e.driver_id = n.driver_id AND e.state = 'pending' AND e.seq < n.seq)
$$;

-- No row: not due, withdrawn, told already, or in somebody's hands.
CREATE FUNCTION claim_notice(p_id uuid, p_ttl_ms int)
RETURNS TABLE (notice jsonb) LANGUAGE plpgsql AS $$
DECLARE n dispatch_notices%ROWTYPE;
BEGIN
  SELECT * INTO n FROM dispatch_notices d WHERE d.id = p_id FOR NO KEY UPDATE;
  IF n.id IS NULL OR NOT is_notice_due(n) THEN RETURN; END IF;
  UPDATE dispatch_notices d SET attempts = d.attempts + 1, lease_until = clock_timestamp() + milliseconds(p_ttl_ms)
    WHERE d.id = p_id RETURNING * INTO n;
  RETURN QUERY SELECT jsonb_build_object('id', n.id, 'kind', n.kind, 'priority', n.priority, 'driverId', n.driver_id,
    'driverName', (SELECT name FROM drivers WHERE drivers.id = n.driver_id), 'text', n.text, 'reason', n.reason,
    'told', to_jsonb(n.told), 'attempts', n.attempts);
END $$;

--   p_outcome {kind: sent | retry | dead, told: [channel…], error?, delayMs?}
CREATE FUNCTION settle_notice(p_id uuid, p_attempt int, p_outcome jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE settled dispatch_notices%ROWTYPE;
BEGIN
  UPDATE dispatch_notices n SET lease_until = NULL, last_error = left(p_outcome ->> 'error', 500),
    told = ARRAY(SELECT jsonb_array_elements_text(p_outcome -> 'told')),
    state = CASE p_outcome ->> 'kind' WHEN 'retry' THEN 'pending' ELSE p_outcome ->> 'kind' END,
    not_before = clock_timestamp() + milliseconds(coalesce((p_outcome ->> 'delayMs')::int, 0)),
    settled_at = CASE p_outcome ->> 'kind' WHEN 'retry' THEN NULL ELSE clock_timestamp() END
    WHERE n.id = p_id AND n.state = 'pending' AND n.attempts = p_attempt RETURNING * INTO settled;
  IF NOT FOUND THEN RETURN false; END IF;
  IF settled.state <> 'pending' THEN
    INSERT INTO audit (action, conversation_id, driver_id, turn_id, detail)
      VALUES ('dispatch-notice.' || settled.state, settled.conversation_id, settled.driver_id, settled.turn_id,
        jsonb_build_object('noticeId', p_id, 'kind', settled.kind, 'attempts', settled.attempts));
  END IF;
  RETURN true;
END $$;

-- Notices that nobody is on: held back until now, a hint was lost, or a back-off is over. Oldest first.
CREATE FUNCTION stranded_notices(p_grace_ms int, p_limit int) RETURNS TABLE (id uuid) LANGUAGE sql STABLE AS $$
  SELECT n.id FROM dispatch_notices n
  WHERE n.state = 'pending' AND n.not_before < clock_timestamp() - milliseconds(p_grace_ms) AND is_notice_due(n)
  ORDER BY n.seq LIMIT p_limit
$$;

--   p_notices [{id, kind, priority, text, reason?, delayMs?}]
CREATE FUNCTION raise_notices(p_conversation text, p_turn_id uuid, p_driver text, p_notices jsonb) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO dispatch_notices (id, kind, priority, driver_id, conversation_id, turn_id, text, reason, not_before)
  SELECT n.id, n.kind, n.priority, p_driver, p_conversation, p_turn_id, n.text, n.reason,
    clock_timestamp() + milliseconds(coalesce(n."delayMs", 0))
  FROM ROWS FROM (jsonb_to_recordset(p_notices) AS (id uuid, kind text, priority text, text text, reason text,
    "delayMs" int)) WITH ORDINALITY AS n (id, kind, priority, text, reason, "delayMs", place)
  ORDER BY n.place
$$;

-- Takes back what is still held, commands and notices. Throws when one of them has gone out meanwhile: the turn
-- then starts again, and finds that it is too late.
CREATE FUNCTION withdraw(p_driver text, p_ids jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  wanted uuid[] := ARRAY(SELECT jsonb_array_elements_text(p_ids)::uuid);
  commands_withdrawn int;
  notices_withdrawn int;
BEGIN
  IF cardinality(wanted) = 0 THEN RETURN; END IF;
  -- What stands behind a held command need not wait for it any more.
  UPDATE lanes SET not_before = NULL WHERE kind = 'order-commands' AND key = p_driver;
  UPDATE order_commands SET state = 'withdrawn', settled_at = clock_timestamp()
    WHERE id = ANY (wanted) AND driver_id = p_driver AND state = 'pending' AND attempts = 0;
  GET DIAGNOSTICS commands_withdrawn = ROW_COUNT;
  UPDATE dispatch_notices SET state = 'withdrawn', settled_at = clock_timestamp()
    WHERE id = ANY (wanted) AND driver_id = p_driver AND state = 'pending' AND attempts = 0;
  GET DIAGNOSTICS notices_withdrawn = ROW_COUNT;
  IF commands_withdrawn + notices_withdrawn <> cardinality(wanted) THEN
    RAISE EXCEPTION 'too late to withdraw';
  END IF;
END $$;

-- As in 0003, and: withdrawals, held commands, notices, and what the turn says of the day's check-in.
--   p_turn {…, commands[{…, delayMs?}], notices?[{…}], withdraws?[id…], checkIn?: {date, state}}
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

  INSERT INTO audit (action, conversation_id, driver_id, turn_id, detail)
    SELECT a ->> 'action', p_conversation, driver, this_turn, coalesce(a -> 'detail', '{}')
    FROM jsonb_array_elements(p_turn -> 'audit') WITH ORDINALITY AS t (a, n) ORDER BY n;

  IF p_turn ->> 'lockReason' IS NOT NULL THEN
    UPDATE identities SET locked_reason = p_turn ->> 'lockReason'
      FROM conversations c WHERE c.id = p_conversation AND identities.locked_reason IS NULL
      AND ((kind = 'phone' AND value = c.phone) OR (kind = 'user_id' AND value = c.user_id));
  END IF;
END $$;

-- As in 0005, and: a held command holds the lane, so that nothing overtakes it.
CREATE OR REPLACE FUNCTION next_command(p_driver text, p_owner text, p_epoch bigint, p_ttl_ms int,
  OUT state text, OUT command jsonb) LANGUAGE plpgsql AS $$
DECLARE head order_commands%ROWTYPE;
BEGIN
  SELECT * INTO head FROM order_commands o WHERE o.driver_id = p_driver AND o.state = 'pending' ORDER BY seq LIMIT 1;
  IF head.id IS NULL THEN
    state := 'empty';
    PERFORM release_lane('order-commands', p_driver, 0, false);
  ELSIF head.not_before > clock_timestamp() THEN
    state := 'later';
    PERFORM release_lane('order-commands', p_driver,
      ceil(extract(epoch FROM head.not_before - clock_timestamp()) * 1000)::int, false);
  ELSE
    UPDATE order_commands o SET attempts = o.attempts + 1 WHERE o.id = head.id;
    state := 'run';
    command := jsonb_build_object('id', head.id, 'kind', head.kind, 'payload', head.payload,
      'attempts', head.attempts + 1, 'conversationId', head.conversation_id);
    PERFORM lease_lane('order-commands', p_driver, p_epoch, p_owner, p_ttl_ms);
  END IF;
END $$;

-- Down Migration

-- record_turn and next_command stay as they are here: 0003 and 0005 drop them.
DROP FUNCTION withdraw, raise_notices, stranded_notices, settle_notice, claim_notice, is_notice_due;
DROP TABLE dispatch_notices;
