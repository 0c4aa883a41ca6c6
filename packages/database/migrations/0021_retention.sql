-- Up Migration

-- What is over and older than the hot period, by month. A month that is older than the archive period is dropped as a whole.
-- The rows are kept as they were, so that a table may change without its past.
CREATE SCHEMA archive;
CREATE TABLE archive.records (
  source          text NOT NULL,     -- the table that it was a row of
  at              timestamptz NOT NULL,
  conversation_id text,
  driver_id       text,
  content         jsonb NOT NULL
) PARTITION BY RANGE (at);
CREATE INDEX records_driver ON archive.records (driver_id);
CREATE INDEX records_conversation ON archive.records (conversation_id);

-- What leaves a table, in the order in which it may: by its key, its time, and when it is over. Nothing leaves that somebody
-- is still at: unanswered, unsent, uncommanded, waited for by a person, or among the dead letters that are open. `whose`: what
-- the row itself does not say of whose it is, for whoever looks for a driver's rows in the archive. $1 is the end of the period.
CREATE VIEW archive.rules AS
SELECT * FROM (VALUES
  ('transcripts', 'wamid', 'recorded_at', $$NOT EXISTS (SELECT FROM inbound i WHERE i.wamid = t.wamid
    AND (i.status = 'waiting' OR i.sent_at >= $1))$$,
    $$jsonb_build_object('conversation_id', (SELECT i.conversation_id FROM inbound i WHERE i.wamid = t.wamid))$$),
  ('inbound', 'wamid', 'sent_at', $$(status = 'answered' OR (status = 'dead' AND NOT archive.is_open_letter(wamid)))
    AND NOT EXISTS (SELECT FROM transcripts s WHERE s.wamid = t.wamid)$$, $$'{}'$$),
  ('receipts', 'wamid, status', 'at', $$NOT EXISTS (SELECT FROM outbound o WHERE o.id = t.outbound_id
    AND (o.state IN ('pending', 'sending', 'unknown') OR o.created_at >= $1))$$,
    $$jsonb_build_object('conversation_id', (SELECT o.conversation_id FROM outbound o WHERE o.id = t.outbound_id))$$),
  ('outbound', 'id', 'created_at', $$state NOT IN ('pending', 'sending', 'unknown')
    AND NOT EXISTS (SELECT FROM receipts r WHERE r.outbound_id = t.id)$$, $$'{}'$$),
  ('order_commands', 'id', 'created_at', $$state <> 'pending'$$, $$'{}'$$),
  ('dispatch_notices', 'id', 'created_at', $$state <> 'pending' AND (kind <> 'help' OR closed_at IS NOT NULL OR state = 'withdrawn')
    AND NOT (state = 'dead' AND archive.is_open_letter(id::text))$$, $$'{}'$$),
  ('check_ins', 'driver_id, date', $$(date::timestamp AT TIME ZONE 'UTC')$$, $$state NOT IN ('due', 'asked')$$, $$'{}'$$),
  ('order_events', 'id', 'received_at', $$state <> 'waiting' AND NOT archive.is_open_letter(id)$$, $$'{}'$$),
  -- Their proof is read again for as long as the order system does not have it.
  ('proof_parts', 'wamid', 'recorded_at', $$NOT EXISTS (SELECT FROM proofs p JOIN order_commands c ON c.driver_id = p.driver_id
    AND c.state = 'pending' WHERE p.id = t.proof_id)$$,
    $$jsonb_build_object('driver_id', (SELECT p.driver_id FROM proofs p WHERE p.id = t.proof_id))$$),
  ('proofs', 'id', 'created_at', 'NOT EXISTS (SELECT FROM proof_parts p WHERE p.proof_id = t.id)', $$'{}'$$),
  -- A session is made anew of the last turn of a conversation, and says whose the conversation is.
  ('turns', 'id', 'committed_at', $$NOT EXISTS (SELECT FROM conversations c WHERE c.id = t.conversation_id AND c.last_turn_id = t.id)
    AND NOT EXISTS (SELECT FROM outbound o WHERE o.turn_id = t.id)$$, $$'{}'$$),
  ('model_calls', 'id', 'at', 'true', $$'{}'$$),
  ('guardrail_events', 'id', 'at', 'true', $$'{}'$$),
  ('webhook_events', 'received_us, ingress_id, position', 'recorded_at', 'true', $$'{}'$$)
) AS rule (source, key, at, is_over, whose);

CREATE FUNCTION archive.is_open_letter(p_message text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN EXISTS (SELECT FROM dead_letters d WHERE d.message_id = p_message AND d.state = 'open');
END $$;
CREATE INDEX dead_letters_message ON dead_letters (message_id) WHERE state = 'open';

-- The next rows to leave are found by their time, without reading those that stay.
CREATE INDEX inbound_sent ON inbound (sent_at);
CREATE INDEX transcripts_recorded ON transcripts (recorded_at);
CREATE INDEX outbound_created ON outbound (created_at);
CREATE INDEX receipts_at ON receipts (at);
CREATE INDEX order_commands_created ON order_commands (created_at);
CREATE INDEX dispatch_notices_created ON dispatch_notices (created_at);
CREATE INDEX check_ins_date ON check_ins ((date::timestamp AT TIME ZONE 'UTC'));
CREATE INDEX order_events_received ON order_events (received_at);
CREATE INDEX proof_parts_recorded ON proof_parts (recorded_at);
CREATE INDEX proofs_created ON proofs (created_at);
CREATE INDEX turns_committed ON turns (committed_at);
CREATE INDEX model_calls_at ON model_calls (at);
CREATE INDEX guardrail_events_at ON guardrail_events (at);
CREATE INDEX webhook_events_recorded ON webhook_events (recorded_at);

-- WhatsApp repeats a webhook for 7 days: until then its row says that it was there.
CREATE FUNCTION archive.refuse_young(p_before timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF p_before > clock_timestamp() - interval '8 days' THEN RAISE EXCEPTION 'too young to leave'; END IF;
END $$;

-- Creates the months from p_from to the next one, and drops those that end before it; their names.
-- One at a time: none while another does it.
CREATE FUNCTION archive.turn_months(p_from timestamptz) RETURNS TABLE (dropped text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  month timestamptz := date_trunc('month', p_from);
  old text;
BEGIN
  PERFORM archive.refuse_young(p_from);
  IF NOT pg_try_advisory_xact_lock(hashtext('archive')) THEN RETURN; END IF;
  FOR old IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'archive.records'::regclass AND c.relname < 'records_' || to_char(month, 'YYYY_MM') ORDER BY 1
  LOOP
    EXECUTE format('DROP TABLE archive.%I', old);
    dropped := old;
    RETURN NEXT;
  END LOOP;
  WHILE month <= clock_timestamp() + interval '1 month' LOOP
    IF to_regclass('archive.records_' || to_char(month, 'YYYY_MM')) IS NULL THEN
      EXECUTE format('CREATE TABLE archive.%I PARTITION OF archive.records FOR VALUES FROM (%L) TO (%L)',
        'records_' || to_char(month, 'YYYY_MM'), month, month + interval '1 month');
    END IF;
    month := month + interval '1 month';
  END LOOP;
END $$;

-- Takes so many rows out of a table that are over and older than p_before, the oldest first, and keeps them in the archive,
-- unless they are older than p_from. How many. One at a time: 0 while another does it.
CREATE FUNCTION archive.move(p_source text, p_before timestamptz, p_from timestamptz, p_limit int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  rule archive.rules%ROWTYPE;
  moved int;
BEGIN
  PERFORM archive.refuse_young(p_before);
  IF NOT pg_try_advisory_xact_lock(hashtext('archive')) THEN RETURN 0; END IF;
  SELECT * INTO STRICT rule FROM archive.rules r WHERE r.source = p_source;
  EXECUTE format($sql$
    WITH old AS (
      SELECT %2$s FROM %1$I t WHERE %3$s < $1 AND (%4$s) ORDER BY %3$s LIMIT $3 FOR UPDATE SKIP LOCKED
    ), gone AS (
      DELETE FROM %1$I t WHERE (%2$s) IN (SELECT %2$s FROM old) RETURNING %3$s AS left_at, to_jsonb(t) || %5$s AS content
    ), kept AS (
      INSERT INTO archive.records (source, at, conversation_id, driver_id, content)
      SELECT %1$L, g.left_at, g.content ->> 'conversation_id', g.content ->> 'driver_id', g.content FROM gone g
      WHERE g.left_at >= date_trunc('month', $2)
    )
    SELECT count(*) FROM gone$sql$, rule.source, rule.key, rule.at, rule.is_over, rule.whose)
  INTO moved USING p_before, p_from, p_limit;
  RETURN moved;
END $$;
REVOKE EXECUTE ON FUNCTION archive.turn_months, archive.move FROM PUBLIC;

-- Down Migration

DROP FUNCTION archive.move, archive.turn_months, archive.refuse_young;
DROP INDEX webhook_events_recorded, guardrail_events_at, model_calls_at, turns_committed, proofs_created,
  proof_parts_recorded, order_events_received, check_ins_date, dispatch_notices_created, order_commands_created, receipts_at,
  outbound_created, transcripts_recorded, inbound_sent, dead_letters_message;
DROP FUNCTION archive.is_open_letter;
DROP VIEW archive.rules;
DROP TABLE archive.records;
DROP SCHEMA archive;
