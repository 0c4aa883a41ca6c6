-- Up Migration

-- While WhatsApp is away, or the number is busy, what nobody asked for gets old. A check-in has the two hours that its
-- template lives; news of orders half an hour.
CREATE FUNCTION is_stale_broadcast(o outbound) RETURNS boolean LANGUAGE sql STABLE
  RETURN o.priority = 'broadcast' AND o.created_at < clock_timestamp() - interval '30 minutes'
    AND (o.created_at < clock_timestamp() - interval '2 hours'
      OR EXISTS (SELECT FROM order_events e WHERE e.turn_id = o.turn_id));

CREATE INDEX order_events_turn ON order_events (turn_id) WHERE turn_id IS NOT NULL;

-- News are told anew, as the orders are by then. Of a check-in dispatch hears when it stays without an answer.
CREATE FUNCTION expire_broadcast(o outbound) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE outbound SET state = 'failed', last_error = 'too old to be sent' WHERE id = o.id;
  UPDATE order_events SET state = 'waiting', act_at = clock_timestamp(), handed_out_at = NULL, turn_id = NULL
    WHERE turn_id = o.turn_id AND state = 'told';
  INSERT INTO audit (action, conversation_id, turn_id, detail)
    VALUES ('send.expired', o.conversation_id, o.turn_id, jsonb_build_object('outboundId', o.id));
END $$;

-- As in 0011, and: what was not asked for and is no longer news is not sent.
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

-- Down Migration

-- next_send stays as it is here: 0004 drops it.
DROP INDEX order_events_turn;
DROP FUNCTION expire_broadcast, is_stale_broadcast;
