-- Up Migration

-- What was said in a voice note, as it was understood.
CREATE TABLE transcripts (
  wamid       text PRIMARY KEY,
  turn_id     uuid NOT NULL,
  said        text NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Proof of delivery: photos, documents and places that belong together, and the order that they are for.
CREATE TABLE proofs (
  id              uuid PRIMARY KEY,
  driver_id       text NOT NULL,
  conversation_id text NOT NULL REFERENCES conversations,
  order_id        text,              -- none: the driver was asked which one it is for
  order_date      date NOT NULL,     -- local date of the driver
  latitude        double precision,  -- where the driver was, as far as he said
  longitude       double precision,
  distance_m      int,               -- from there to the stop
  created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  attached_at     timestamptz
);
CREATE INDEX proofs_driver ON proofs (driver_id, created_at);
CREATE INDEX proofs_order ON proofs (order_id, order_date);

CREATE TABLE proof_parts (
  wamid        text PRIMARY KEY,     -- a message is evidence once
  proof_id     uuid NOT NULL REFERENCES proofs ON DELETE CASCADE,
  turn_id      uuid NOT NULL,
  kind         text NOT NULL CHECK (kind IN ('photo', 'document', 'location')),
  sha256       text,                 -- hex, of the bytes as WhatsApp gave them
  content_type text,                 -- as the bytes begin, not as somebody says
  size_bytes   bigint,
  object_key   text,                 -- in the object store
  caption      text,
  latitude     double precision,
  longitude    double precision,
  sent_at      timestamptz NOT NULL, -- the device's time: WhatsApp's timestamp
  recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK ((kind = 'location') = (sha256 IS NULL) AND (kind = 'location') = (latitude IS NOT NULL))
);
CREATE INDEX proof_parts_proof ON proof_parts (proof_id, sent_at);
CREATE INDEX proof_parts_object ON proof_parts (object_key);

-- In the transaction of a turn: what it heard and what it keeps as proof.
--   p_turn {…, transcripts? [{wamid, text}], proofs? [{id, orderId?, orderDate, place? {latitude, longitude},
--           distanceM?, parts [{wamid, kind, sha256?, contentType?, sizeBytes?, objectKey?, caption?, latitude?,
--           longitude?, sentAt (ms)}]}]}
CREATE FUNCTION record_evidence(p_conversation text, p_turn jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE this_turn uuid := (p_turn ->> 'id')::uuid;
BEGIN
  INSERT INTO transcripts (wamid, turn_id, said)
    SELECT t.wamid, this_turn, t.text
    FROM jsonb_to_recordset(coalesce(p_turn -> 'transcripts', '[]')) AS t (wamid text, text text)
    ON CONFLICT DO NOTHING;

  INSERT INTO proofs AS p (id, driver_id, conversation_id, order_id, order_date, latitude, longitude, distance_m,
      attached_at)
    SELECT n.id, p_turn ->> 'driverId', p_conversation, n."orderId", n."orderDate",
      (n.place ->> 'latitude')::float8, (n.place ->> 'longitude')::float8, n."distanceM",
      CASE WHEN n."orderId" IS NOT NULL THEN clock_timestamp() END
    FROM jsonb_to_recordset(coalesce(p_turn -> 'proofs', '[]'))
      AS n (id uuid, "orderId" text, "orderDate" date, place jsonb, "distanceM" int)
    ON CONFLICT (id) DO UPDATE SET order_id = coalesce(excluded.order_id, p.order_id),
      latitude = coalesce(excluded.latitude, p.latitude), longitude = coalesce(excluded.longitude, p.longitude),
      distance_m = coalesce(excluded.distance_m, p.distance_m), attached_at = coalesce(excluded.attached_at, p.attached_at)
    WHERE p.driver_id = excluded.driver_id;

  WITH added AS (
    INSERT INTO proof_parts (wamid, proof_id, turn_id, kind, sha256, content_type, size_bytes, object_key, caption,
        latitude, longitude, sent_at)
      SELECT t.wamid, (n ->> 'id')::uuid, this_turn, t.kind, t.sha256, t."contentType", t."sizeBytes", t."objectKey",
        t.caption, t.latitude, t.longitude, to_timestamp(t."sentAt" / 1000.0)
      FROM jsonb_array_elements(coalesce(p_turn -> 'proofs', '[]')) n
      CROSS JOIN LATERAL jsonb_to_recordset(n -> 'parts') AS t (wamid text, kind text, sha256 text,
        "contentType" text, "sizeBytes" bigint, "objectKey" text, caption text, latitude float8, longitude float8,
        "sentAt" float8)
      ON CONFLICT DO NOTHING
      RETURNING *
  )
  INSERT INTO audit (action, conversation_id, driver_id, turn_id, detail)
    SELECT 'proof.kept', p_conversation, p_turn ->> 'driverId', this_turn, jsonb_strip_nulls(jsonb_build_object(
      'proofId', a.proof_id, 'wamid', a.wamid, 'kind', a.kind, 'sha256', a.sha256, 'contentType', a.content_type,
      'sizeBytes', a.size_bytes, 'latitude', a.latitude, 'longitude', a.longitude, 'sentAt', a.sent_at))
    FROM added a ORDER BY a.sent_at, a.wamid;
  INSERT INTO audit (action, conversation_id, driver_id, turn_id, detail)
    SELECT 'proof.attached', p_conversation, p.driver_id, this_turn, jsonb_strip_nulls(jsonb_build_object(
      'proofId', p.id, 'orderId', p.order_id, 'orderDate', p.order_date, 'latitude', p.latitude,
      'longitude', p.longitude, 'distanceM', p.distance_m))
    FROM jsonb_array_elements(coalesce(p_turn -> 'proofs', '[]')) n
    JOIN proofs p ON p.id = (n ->> 'id')::uuid WHERE n ->> 'orderId' IS NOT NULL;
END $$;

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
  END IF;

  SELECT * INTO state, messages FROM next_messages(p_conversation, p_attempts_max);
  IF state = 'empty' THEN
    state := 'released';
    PERFORM release_lane('inbound', p_conversation, 0, false);
  ELSE
    PERFORM lease_lane('inbound', p_conversation, p_epoch, p_owner, p_ttl_ms);
  END IF;
END $$;

-- Not yet: more of it is coming. Nothing was tried, and the lane looks again after a moment. state: fenced | later
CREATE FUNCTION postpone_turn(p_conversation text, p_epoch bigint, p_wamids text[], p_delay_ms int, OUT state text)
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT lock_held_lane('inbound', p_conversation, p_epoch) THEN state := 'fenced'; RETURN; END IF;
  UPDATE inbound SET attempts = attempts - 1 WHERE wamid = ANY (p_wamids) AND status = 'waiting';
  PERFORM release_lane('inbound', p_conversation, p_delay_ms, false);
  state := 'later';
END $$;

-- A message that is pointed at: quoted, reacted to, edited. author: driver | assistant | null, when there is none.
-- left_behind: the session after its turn. is_question: the open question of that session was asked with it.
-- has_written: its turn gave rise to an order command.
CREATE FUNCTION message_pointed_at(p_conversation text, p_wamid text, OUT author text, OUT content jsonb,
  OUT left_behind jsonb, OUT is_question boolean, OUT has_written boolean) LANGUAGE plpgsql STABLE AS $$
DECLARE
  this_turn uuid;
  this_part int;
  asked_at text;
BEGIN
  SELECT 'assistant', o.message, o.turn_id, o.part INTO author, content, this_turn, this_part
    FROM outbound o WHERE o.wamid = p_wamid AND o.conversation_id = p_conversation LIMIT 1;
  IF author IS NULL THEN
    SELECT 'driver', jsonb_build_object('kind', i.kind, 'body', i.body), i.turn_id INTO author, content, this_turn
      FROM inbound i WHERE i.wamid = p_wamid AND i.conversation_id = p_conversation;
  END IF;
  SELECT t.session, t.session #>> '{pendingQuestion,askedAt}' INTO left_behind, asked_at FROM turns t WHERE t.id = this_turn;
  has_written := EXISTS (SELECT FROM order_commands c WHERE c.turn_id = this_turn);
  -- Asked with the last message of the first turn that left it behind; later turns only kept it open.
  is_question := author = 'assistant' AND asked_at IS NOT NULL
    AND NOT EXISTS (SELECT FROM outbound o WHERE o.turn_id = this_turn AND o.part > this_part)
    AND NOT EXISTS (SELECT FROM turns t JOIN turns self ON self.id = this_turn
      WHERE t.conversation_id = p_conversation AND t.committed_at < self.committed_at
      AND t.session #>> '{pendingQuestion,askedAt}' = asked_at);
END $$;

-- Down Migration

DROP FUNCTION message_pointed_at, postpone_turn, record_evidence;
DROP TABLE proof_parts, proofs, transcripts;
