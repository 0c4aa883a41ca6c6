-- Up Migration

-- As in 0015, but: another time is another death, also when the clock that it was taken from is behind the last one.
CREATE OR REPLACE FUNCTION record_dead_letters(p_letters jsonb) RETURNS void LANGUAGE sql AS $$
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

-- As in 0015, but: what is dropped is forgotten, but for the fact that there was something.
CREATE OR REPLACE FUNCTION settle_dead_letter(p_id bigint, p_deaths int, p_state text, p_by text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE letter dead_letters%ROWTYPE;
BEGIN
  UPDATE dead_letters SET state = p_state, settled_at = clock_timestamp(), settled_by = p_by,
    body = CASE p_state WHEN 'dropped' THEN '' ELSE body END, headers = CASE p_state WHEN 'dropped' THEN '{}' ELSE headers END
    WHERE id = p_id AND deaths = p_deaths AND state = 'open' RETURNING * INTO letter;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM audit_dead_letter(letter, p_state, p_by);
  RETURN true;
END $$;

-- Down Migration

-- The functions stay as they are here: 0015 drops them.
