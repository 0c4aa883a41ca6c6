-- Up Migration

-- What was set aside in a dead-letter queue, once: dispatch brings it here, where a person can see to it.
CREATE TABLE dead_letters (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  queue           text NOT NULL,     -- where it was to be worked on
  message_id      text NOT NULL,     -- one that dies again after a replay is the same letter
  reason          text NOT NULL CHECK (reason IN ('permanent', 'exhausted', 'set aside')),
  error           text NOT NULL,
  attempts        int NOT NULL,      -- over all its deaths
  deaths          int NOT NULL DEFAULT 1,
  first_failed_at timestamptz NOT NULL,
  died_at         timestamptz NOT NULL,
  body            bytea NOT NULL,
  headers         jsonb NOT NULL,
  correlation_id  text,
  traceparent     text,
  state           text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'replayed', 'dropped')),
  settled_at      timestamptz,
  settled_by      text,
  UNIQUE (queue, message_id)
);
CREATE INDEX dead_letters_open ON dead_letters (queue, died_at) WHERE state = 'open';

--   p_letters [{queue, messageId, reason, error, attempts, firstFailedAt, diedAt, body (base64), headers, correlationId?, traceparent?}]
-- A letter that the broker delivers twice has died once. Another time is another death, also by a clock that is behind.
CREATE FUNCTION record_dead_letters(p_letters jsonb) RETURNS void LANGUAGE sql AS $$
  INSERT INTO dead_letters AS d (queue, message_id, reason, error, attempts, first_failed_at, died_at, body, headers,
    correlation_id, traceparent)
  SELECT DISTINCT ON (l.queue, l."messageId") l.queue, l."messageId", l.reason, l.error, l.attempts, l."firstFailedAt",
    l."diedAt", decode(l.body, 'base64'), l.headers, l."correlationId", l.traceparent
  FROM jsonb_to_recordset(p_letters) AS l (queue text, "messageId" text, reason text, error text, attempts int,
    "firstFailedAt" timestamptz, "diedAt" timestamptz, body text, headers jsonb, "correlationId" text, traceparent text)
  ORDER BY l.queue, l."messageId", l."diedAt" DESC
  ON CONFLICT (queue, message_id) DO UPDATE SET reason = excluded.reason, error = excluded.error,
    attempts = d.attempts + excluded.attempts, deaths = d.deaths + 1, died_at = excluded.died_at,
    body = excluded.body, headers = excluded.headers, correlation_id = excluded.correlation_id,
    traceparent = excluded.traceparent, state = 'open', settled_at = NULL, settled_by = NULL
  WHERE excluded.died_at <> d.died_at
$$;

-- What a dead letter is about waits again. Whatever was seen to meanwhile is left as it is, so that this may be repeated.
-- Who may be answered is asked by the turn, as ever.
CREATE FUNCTION revive_message(p_wamid text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE conversation text;
BEGIN
  UPDATE inbound SET status = 'waiting', attempts = 0, last_error = NULL, turn_id = NULL
    WHERE wamid = p_wamid AND status = 'dead' RETURNING conversation_id INTO conversation;
  RETURN conversation;
END $$;

CREATE FUNCTION revive_notice(p_id uuid) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  UPDATE dispatch_notices SET state = 'pending', attempts = 0, not_before = clock_timestamp(), settled_at = NULL
    WHERE id = p_id AND state = 'dead';
  RETURN FOUND;
END $$;

-- false: somebody else has settled it meanwhile, or it has died again. What is dropped is forgotten, but for the fact that
-- there was something.
CREATE FUNCTION settle_dead_letter(p_id bigint, p_deaths int, p_state text, p_by text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE letter dead_letters%ROWTYPE;
BEGIN
  UPDATE dead_letters SET state = p_state, settled_at = clock_timestamp(), settled_by = p_by,
    body = CASE p_state WHEN 'dropped' THEN '' ELSE body END,
    headers = CASE p_state WHEN 'dropped' THEN '{}' ELSE headers END
    WHERE id = p_id AND deaths = p_deaths AND state = 'open' RETURNING * INTO letter;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM audit_dead_letter(letter, p_state, p_by);
  RETURN true;
END $$;

CREATE FUNCTION audit_dead_letter(p_letter dead_letters, p_what text, p_by text) RETURNS void LANGUAGE sql AS $$
  INSERT INTO audit (action, detail) VALUES ('dead-letter.' || p_what,
    jsonb_build_object('by', p_by, 'id', p_letter.id, 'queue', p_letter.queue, 'messageId', p_letter.message_id))
$$;

-- Down Migration

DROP FUNCTION audit_dead_letter, settle_dead_letter, revive_notice, revive_message, record_dead_letters;
DROP TABLE dead_letters;
