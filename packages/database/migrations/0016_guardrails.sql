-- Up Migration

-- What the guardrails have found, one row a finding. Scores are how sure they were.
CREATE TABLE guardrail_events (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at              timestamptz NOT NULL DEFAULT clock_timestamp(),
  conversation_id text,
  driver_id       text,
  turn_id         uuid,
  wamid           text,              -- null: what goes out
  direction       text NOT NULL CHECK (direction IN ('input', 'output')),
  source          text NOT NULL,     -- driver, caption, transcript, order_note, …; model
  "check"         text NOT NULL,     -- injection, nsfw, pii, …
  kind            text,              -- in particular
  severity        text NOT NULL,     -- log | warn | block | block_and_tell
  score           real NOT NULL,
  span_start      int NOT NULL,
  span_end        int NOT NULL,
  action          text NOT NULL,     -- what was done about the whole text
  policy_version  text NOT NULL,
  text            text,              -- masked; only where the policy has it kept
  text_sha256     bytea              -- where it has only that kept
);
CREATE INDEX guardrail_events_driver ON guardrail_events (driver_id, at);
CREATE INDEX guardrail_events_turn ON guardrail_events (turn_id);

-- p_turn {…, guardrails: [{wamid?, direction, source, action, policyVersion, text?, textSha256?, findings: [{check, kind?,
--   severity, score, span: {start, end}}]}], suspends?}
CREATE FUNCTION record_guardrails(p_conversation text, p_turn jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  this_turn uuid := (p_turn ->> 'id')::uuid;
  driver text := p_turn ->> 'driverId';
BEGIN
  INSERT INTO guardrail_events (conversation_id, driver_id, turn_id, wamid, direction, source, "check", kind, severity,
      score, span_start, span_end, action, policy_version, text, text_sha256)
    SELECT p_conversation, driver, this_turn, g ->> 'wamid', g ->> 'direction', g ->> 'source', f ->> 'check', f ->> 'kind',
      f ->> 'severity', (f ->> 'score')::real, (f #>> '{span,start}')::int, (f #>> '{span,end}')::int, g ->> 'action',
      g ->> 'policyVersion', g ->> 'text', decode(g ->> 'textSha256', 'hex')
    FROM jsonb_array_elements(p_turn -> 'guardrails') WITH ORDINALITY AS t (g, n),
      jsonb_array_elements(g -> 'findings') WITH ORDINALITY AS u (f, m) ORDER BY n, m;
  IF (p_turn ->> 'suspends')::boolean THEN
    UPDATE drivers SET status = 'suspended' WHERE id = driver AND status = 'active';
  END IF;
END $$;

-- As in 0008, and: what the guardrails have found.
CREATE OR REPLACE FUNCTION commit_turn(p_conversation text, p_epoch bigint, p_owner text, p_ttl_ms int, p_attempts_max int, p_turn jsonb,
  OUT state text, OUT messages jsonb) LANGUAGE plpgsql AS $$
DECLARE this_turn uuid := (p_turn ->> 'id')::uuid;
BEGIN
  PERFORM record_model_calls(p_conversation, this_turn, p_turn -> 'modelCalls');
  IF NOT lock_held_lane('inbound', p_conversation, p_epoch) THEN state := 'fenced'; RETURN; END IF;

  INSERT INTO turns (id, conversation_id, driver_id, epoch, session)
    VALUES (this_turn, p_conversation, p_turn ->> 'driverId', p_epoch, p_turn -> 'session')
    ON CONFLICT DO NOTHING;
  IF FOUND THEN
    PERFORM record_turn(p_conversation, p_turn);
    IF p_turn ?| ARRAY['transcripts', 'proofs'] THEN PERFORM record_evidence(p_conversation, p_turn); END IF;
    IF p_turn ? 'guardrails' THEN PERFORM record_guardrails(p_conversation, p_turn); END IF;
  END IF;

  SELECT * INTO state, messages FROM next_messages(p_conversation, p_attempts_max);
  IF state = 'empty' THEN
    state := 'released';
    PERFORM release_lane('inbound', p_conversation, 0, false);
  ELSE
    PERFORM lease_lane('inbound', p_conversation, p_epoch, p_owner, p_ttl_ms);
  END IF;
END $$;

-- Down Migration

DROP FUNCTION record_guardrails;
DROP TABLE guardrail_events;
