-- Up Migration

-- A driver's word on its way to the order system, in the order in which it was given.
-- state: run | busy | later | empty
CREATE FUNCTION claim_command(p_driver text, p_owner text, p_ttl_ms int, p_steal boolean,
  OUT state text, OUT epoch bigint, OUT command jsonb) LANGUAGE plpgsql AS $$
DECLARE lane record;
BEGIN
  SELECT * INTO lane FROM lock_lane('order-commands', p_driver, p_steal);
  state := lane.state;
  IF state <> 'free' THEN RETURN; END IF;
  epoch := lane.epoch + 1;
  SELECT * INTO state, command FROM next_command(p_driver, p_owner, epoch, p_ttl_ms);
END $$;

-- Only under the lane's lock; leases or releases it.
CREATE FUNCTION next_command(p_driver text, p_owner text, p_epoch bigint, p_ttl_ms int, OUT state text, OUT command jsonb)
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE order_commands SET attempts = attempts + 1
    WHERE id = (SELECT id FROM order_commands o WHERE o.driver_id = p_driver AND o.state = 'pending' ORDER BY seq LIMIT 1)
    RETURNING jsonb_build_object('id', id, 'kind', kind, 'payload', payload, 'attempts', attempts,
      'conversationId', conversation_id) INTO command;
  IF command IS NULL THEN
    state := 'empty';
    PERFORM release_lane('order-commands', p_driver, 0, false);
  ELSE
    state := 'run';
    PERFORM lease_lane('order-commands', p_driver, p_epoch, p_owner, p_ttl_ms);
  END IF;
END $$;

--   p_outcome {kind: done | retry | rejected, error?, delayMs?, reply?: {message}}
-- reply: what the driver is told when the order system has refused. state: fenced | run | later | empty
CREATE FUNCTION settle_command(p_driver text, p_owner text, p_epoch bigint, p_ttl_ms int, p_id uuid, p_outcome jsonb,
  OUT state text, OUT command jsonb) LANGUAGE plpgsql AS $$
DECLARE settled order_commands%ROWTYPE;
BEGIN
  IF NOT lock_held_lane('order-commands', p_driver, p_epoch) THEN state := 'fenced'; RETURN; END IF;
  UPDATE order_commands o SET last_error = left(p_outcome ->> 'error', 500),
    state = CASE p_outcome ->> 'kind' WHEN 'retry' THEN 'pending' ELSE p_outcome ->> 'kind' END,
    settled_at = CASE p_outcome ->> 'kind' WHEN 'retry' THEN NULL ELSE clock_timestamp() END
    WHERE o.id = p_id RETURNING * INTO settled;
  IF p_outcome ->> 'kind' = 'retry' THEN
    state := 'later';
    PERFORM release_lane('order-commands', p_driver, (p_outcome ->> 'delayMs')::int, true);
    RETURN;
  END IF;
  IF p_outcome ? 'reply' THEN
    PERFORM enqueue_replies(settled.conversation_id, gen_random_uuid(), jsonb_build_array(p_outcome -> 'reply'));
  END IF;
  INSERT INTO audit (action, conversation_id, driver_id, turn_id, detail)
    VALUES ('order-command.' || settled.state, settled.conversation_id, p_driver, settled.turn_id,
      jsonb_build_object('commandId', p_id, 'kind', settled.kind, 'attempts', settled.attempts));
  SELECT * INTO state, command FROM next_command(p_driver, p_owner, p_epoch, p_ttl_ms);
END $$;

-- Down Migration

DROP FUNCTION settle_command, next_command, claim_command;
