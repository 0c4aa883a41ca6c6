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

-- Down Migration

CREATE OR REPLACE FUNCTION record_model_calls(p_conversation text, p_turn_id uuid, p_calls jsonb) RETURNS void LANGUAGE sql AS $$
  INSERT INTO model_calls (conversation_id, turn_id, purpose, model, outcome, prompt_tokens, cached_tokens,
    completion_tokens, cost_usd, latency_ms)
  SELECT p_conversation, p_turn_id, c.purpose, c.model, c.outcome, coalesce(c."promptTokens", 0),
    coalesce(c."cachedTokens", 0), coalesce(c."completionTokens", 0), coalesce(c."costUsd", 0), coalesce(c."latencyMs", 0)
  FROM jsonb_to_recordset(p_calls) AS c (purpose text, model text, outcome text, "promptTokens" int,
    "cachedTokens" int, "completionTokens" int, "costUsd" numeric, "latencyMs" int)
$$;
ALTER TABLE model_calls DROP COLUMN is_cache_hit;
