-- Up Migration

-- Answers that were known from others cost nothing and are on record all the same.
ALTER TABLE model_calls ADD COLUMN is_cache_hit boolean NOT NULL DEFAULT false;

CREATE OR REPLACE FUNCTION record_model_calls(p_conversation text, p_turn_id uuid, p_calls jsonb) RETURNS void LANGUAGE sql AS $$
  INSERT INTO model_calls (conversation_id, turn_id, purpose, model, outcome, prompt_tokens, cached_tokens,
    completion_tokens, cost_usd, latency_ms, is_cache_hit)
  SELECT p_conversation, p_turn_id, c.purpose, c.model, c.outcome, coalesce(c."promptTokens", 0),
    coalesce(c."cachedTokens", 0), coalesce(c."completionTokens", 0), coalesce(c."costUsd", 0), coalesce(c."latencyMs", 0),
    coalesce(c."isCacheHit", false)
  FROM jsonb_to_recordset(p_calls) AS c (purpose text, model text, outcome text, "promptTokens" int,
    "cachedTokens" int, "completionTokens" int, "costUsd" numeric, "latencyMs" int, "isCacheHit" boolean)
$$;

-- When a driver was last told that he writes faster than he may.
ALTER TABLE conversations ADD COLUMN limited_at timestamptz;

-- Too much at once: the messages stay, and are answered together when the wait is over.
--   p_limit {driverId, scope, wamids, waitMs, windowMs, turnId, notice?}
-- notice: told at most once in a window. state: fenced | waiting | told
CREATE FUNCTION limit_turn(p_conversation text, p_epoch bigint, p_limit jsonb, OUT state text) LANGUAGE plpgsql AS $$
DECLARE this_turn uuid := (p_limit ->> 'turnId')::uuid;
BEGIN
  IF NOT lock_held_lane('inbound', p_conversation, p_epoch) THEN state := 'fenced'; RETURN; END IF;
  UPDATE inbound i SET attempts = i.attempts - 1
    FROM jsonb_array_elements_text(p_limit -> 'wamids') w WHERE i.wamid = w AND i.status = 'waiting';
  state := 'waiting';
  IF p_limit ? 'notice' THEN
    UPDATE conversations SET limited_at = clock_timestamp() WHERE id = p_conversation
      AND (limited_at IS NULL OR limited_at < clock_timestamp() - milliseconds((p_limit ->> 'windowMs')::bigint));
    IF FOUND THEN
      state := 'told';
      PERFORM enqueue_replies(p_conversation, this_turn, jsonb_build_array(p_limit -> 'notice'));
    END IF;
  END IF;
  INSERT INTO audit (action, conversation_id, driver_id, turn_id, detail)
    VALUES ('rate.limited', p_conversation, p_limit ->> 'driverId', this_turn, jsonb_build_object(
      'scope', p_limit ->> 'scope', 'waitMs', (p_limit ->> 'waitMs')::int,
      'messages', jsonb_array_length(p_limit -> 'wamids'), 'told', state = 'told'));
  PERFORM release_lane('inbound', p_conversation, (p_limit ->> 'waitMs')::int, false);
END $$;

-- Down Migration

DROP FUNCTION limit_turn;
ALTER TABLE conversations DROP COLUMN limited_at;

CREATE OR REPLACE FUNCTION record_model_calls(p_conversation text, p_turn_id uuid, p_calls jsonb) RETURNS void LANGUAGE sql AS $$
  INSERT INTO model_calls (conversation_id, turn_id, purpose, model, outcome, prompt_tokens, cached_tokens,
    completion_tokens, cost_usd, latency_ms)
  SELECT p_conversation, p_turn_id, c.purpose, c.model, c.outcome, coalesce(c."promptTokens", 0),
    coalesce(c."cachedTokens", 0), coalesce(c."completionTokens", 0), coalesce(c."costUsd", 0), coalesce(c."latencyMs", 0)
  FROM jsonb_to_recordset(p_calls) AS c (purpose text, model text, outcome text, "promptTokens" int,
    "cachedTokens" int, "completionTokens" int, "costUsd" numeric, "latencyMs" int)
$$;
ALTER TABLE model_calls DROP COLUMN is_cache_hit;
