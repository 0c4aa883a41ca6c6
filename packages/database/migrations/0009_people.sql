-- Up Migration

-- A person has taken a conversation over: what is sent in it between `since` and `until` waits for nobody but him.
-- The row stays after its end, so that what was sent meanwhile and is worked on later is left to him as well.
CREATE TABLE takeovers (
  conversation_id text PRIMARY KEY REFERENCES conversations,
  taken_by        text NOT NULL,
  since           timestamptz NOT NULL DEFAULT clock_timestamp(),
  until           timestamptz NOT NULL,
  has_written     boolean NOT NULL DEFAULT false  -- the driver knows, because the person has written to him
);

-- Who wrote it: a person, by name, or null: the assistant.
ALTER TABLE outbound ADD COLUMN written_by text;

-- Of notices of kind `help`: a person has seen to it.
ALTER TABLE dispatch_notices ADD COLUMN closed_at timestamptz;
CREATE INDEX dispatch_notices_help ON dispatch_notices (conversation_id, seq) WHERE kind = 'help' AND closed_at IS NULL;

-- Since when a conversation has been waiting for a person. A request that dispatch never got, or that is hours old,
-- may be made again.
CREATE FUNCTION waiting_for_person(p_conversation text) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT max(n.created_at) FROM dispatch_notices n
  WHERE n.conversation_id = p_conversation AND n.kind = 'help' AND n.closed_at IS NULL
    AND n.state IN ('pending', 'sent') AND n.created_at > clock_timestamp() - interval '4 hours'
$$;

-- Who takes over, for how long from now. Taking over again extends or shortens it. null: there is no such conversation.
CREATE FUNCTION take_over(p_conversation text, p_by text, p_ms bigint) RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE ends timestamptz;
BEGIN
  INSERT INTO takeovers AS t (conversation_id, taken_by, until)
    SELECT c.id, p_by, clock_timestamp() + milliseconds(p_ms) FROM conversations c WHERE c.id = p_conversation
  ON CONFLICT (conversation_id) DO UPDATE SET taken_by = excluded.taken_by, until = excluded.until,
    since = CASE WHEN t.until > clock_timestamp() THEN t.since ELSE clock_timestamp() END,
    has_written = t.has_written AND t.until > clock_timestamp()
  RETURNING t.until INTO ends;
  IF ends IS NULL THEN RETURN NULL; END IF;
  PERFORM audit_person('takeover.set', p_conversation, p_by, jsonb_build_object('until', ends));
  RETURN ends;
END $$;

-- The assistant answers again from here, and what the driver had asked a person for is done. false: nobody had taken over.
CREATE FUNCTION end_takeover(p_conversation text, p_by text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  UPDATE takeovers SET until = clock_timestamp() WHERE conversation_id = p_conversation AND until > clock_timestamp();
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM close_help(p_conversation, p_by);
  PERFORM audit_person('takeover.ended', p_conversation, p_by, '{}');
  RETURN true;
END $$;

-- How many requests for a person are closed by it.
CREATE FUNCTION close_help(p_conversation text, p_by text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE closed int;
BEGIN
  UPDATE dispatch_notices SET closed_at = clock_timestamp()
    WHERE conversation_id = p_conversation AND kind = 'help' AND closed_at IS NULL;
  GET DIAGNOSTICS closed = ROW_COUNT;
  IF closed > 0 THEN
    PERFORM audit_person('help.closed', p_conversation, p_by, jsonb_build_object('requests', closed));
  END IF;
  RETURN closed;
END $$;

-- A person writes to the driver, through the conversation's own lane. The same id is the same message.
-- state: queued | known (was queued before) | unknown (no such conversation) | closed (nobody may be written to freely
-- outside WhatsApp's 24 hours)
CREATE FUNCTION write_as_person(p_conversation text, p_id uuid, p_by text, p_text text, OUT state text) LANGUAGE plpgsql AS $$
DECLARE c conversations%ROWTYPE;
BEGIN
  SELECT * INTO c FROM conversations WHERE id = p_conversation;
  IF c.id IS NULL THEN state := 'unknown'; RETURN; END IF;
  IF EXISTS (SELECT FROM outbound WHERE id = p_id) THEN state := 'known'; RETURN; END IF;
  IF coalesce(c.last_message_at < clock_timestamp() - interval '24 hours', true) THEN state := 'closed'; RETURN; END IF;
  INSERT INTO outbound (id, conversation_id, part, message, written_by)
    VALUES (p_id, p_conversation, 1,
      jsonb_build_object('type', 'text', 'text', jsonb_build_object('body', p_text)), p_by)
    ON CONFLICT (id) DO NOTHING;
  INSERT INTO lanes (kind, key) VALUES ('outbound', p_conversation) ON CONFLICT DO NOTHING;
  UPDATE takeovers SET has_written = true WHERE conversation_id = p_conversation AND until > clock_timestamp();
  PERFORM audit_person('person.wrote', p_conversation, p_by, jsonb_build_object('outboundId', p_id));
  state := 'queued';
END $$;

CREATE FUNCTION audit_person(p_action text, p_conversation text, p_by text, p_detail jsonb) RETURNS void LANGUAGE sql AS $$
  INSERT INTO audit (action, conversation_id, driver_id, detail)
  SELECT p_action, p_conversation, (
    SELECT t.driver_id FROM turns t JOIN conversations c ON c.last_turn_id = t.id WHERE c.id = p_conversation
  ), p_detail || jsonb_build_object('by', p_by)
$$;

-- Down Migration

DROP FUNCTION audit_person, write_as_person, close_help, end_takeover, take_over, waiting_for_person;
DROP INDEX dispatch_notices_help;
ALTER TABLE dispatch_notices DROP COLUMN closed_at;
ALTER TABLE outbound DROP COLUMN written_by;
DROP TABLE takeovers;
