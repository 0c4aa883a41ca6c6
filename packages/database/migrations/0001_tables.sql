-- Up Migration

CREATE TABLE drivers (
  id          text PRIMARY KEY,
  name        text NOT NULL,
  status      text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'inactive', 'suspended')),
  language    text CHECK (language IN ('en', 'pt', 'es')),
  time_zone   text NOT NULL,
  permissions text[] NOT NULL DEFAULT '{}',
  created_at  timestamptz NOT NULL DEFAULT now()
);

-- Who WhatsApp says it is. A phone is canonical (see canonicalPhone), a user_id is business-scoped.
CREATE TABLE identities (
  kind          text NOT NULL CHECK (kind IN ('phone', 'user_id')),
  value         text NOT NULL,
  driver_id     text NOT NULL REFERENCES drivers ON DELETE CASCADE,
  locked_reason text,        -- set: private data stays locked until dispatch confirms the person
  created_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (kind, value)
);

CREATE TABLE conversations (
  id              text PRIMARY KEY,  -- <phone number id>:<canonical phone, or the user id of someone without>
  phone_number_id text NOT NULL,
  phone           text,              -- canonical
  wa_id           text,              -- as received: replies go to it
  user_id         text,
  last_message_at timestamptz,       -- WhatsApp's time of the newest message: opens the 24-hour window
  last_turn_id    uuid,
  refused_at      timestamptz,       -- last time that an unknown person was told so
  created_at      timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX conversations_user_id ON conversations (phone_number_id, user_id) WHERE user_id IS NOT NULL;

CREATE TABLE inbound (
  wamid           text PRIMARY KEY,  -- Meta's retries and the broker's redeliveries end here
  conversation_id text NOT NULL REFERENCES conversations,
  kind            text NOT NULL,
  body            jsonb NOT NULL,
  sent_at         timestamptz NOT NULL,  -- WhatsApp's time, whole seconds
  received_us     bigint NOT NULL,       -- ingress clock, microseconds
  position        int NOT NULL,          -- place in its webhook
  status          text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'answered', 'dead')),
  attempts        int NOT NULL DEFAULT 0,
  last_error      text,
  turn_id         uuid,
  recorded_at     timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 80);
CREATE INDEX inbound_waiting ON inbound (conversation_id, sent_at, received_us, position) WHERE status = 'waiting';
CREATE INDEX inbound_conversation ON inbound (conversation_id, sent_at);

CREATE TABLE turns (
  id              uuid PRIMARY KEY,
  conversation_id text NOT NULL REFERENCES conversations,
  driver_id       text,
  epoch           bigint NOT NULL,
  session         jsonb,             -- after the turn: what Redis is rebuilt from
  committed_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX turns_conversation ON turns (conversation_id, committed_at);

CREATE TABLE outbound (
  id              uuid PRIMARY KEY DEFAULT gen_random_uuid(),  -- travels as biz_opaque_callback_data
  conversation_id text NOT NULL REFERENCES conversations,
  seq             bigint GENERATED ALWAYS AS IDENTITY,
  turn_id         uuid,
  part            int NOT NULL,
  priority        text NOT NULL DEFAULT 'reply' CHECK (priority IN ('reply', 'broadcast')),
  reply_to        text,              -- wamid that the phone shows as quoted
  message         jsonb NOT NULL,
  state           text NOT NULL DEFAULT 'pending' CHECK (state IN
    ('pending', 'sending', 'unknown', 'accepted', 'sent', 'delivered', 'read', 'failed', 'review')),
  attempts        int NOT NULL DEFAULT 0,
  settle_by       timestamptz,       -- unknown: how long a receipt may still prove that it was sent
  wamid           text,
  last_error      text,
  created_at      timestamptz NOT NULL DEFAULT now(),
  accepted_at     timestamptz,
  UNIQUE (turn_id, part)             -- replaying a commit cannot create a second reply
) WITH (fillfactor = 70);
CREATE INDEX outbound_open ON outbound (conversation_id, seq) WHERE state IN ('pending', 'sending', 'unknown');
CREATE INDEX outbound_wamid ON outbound (wamid);

-- Every receipt as it came. Two wamids for one outbound row are a duplicate that the driver sees.
CREATE TABLE receipts (
  wamid       text NOT NULL,
  status      text NOT NULL,
  outbound_id uuid,
  at          timestamptz NOT NULL,
  errors      jsonb,
  PRIMARY KEY (wamid, status)
);
CREATE INDEX receipts_outbound ON receipts (outbound_id);

CREATE VIEW visible_duplicates AS
  SELECT outbound_id, count(DISTINCT wamid) AS copies
  FROM receipts WHERE status IN ('sent', 'delivered', 'read') AND outbound_id IS NOT NULL
  GROUP BY outbound_id HAVING count(DISTINCT wamid) > 1;

CREATE TABLE order_commands (
  id              uuid PRIMARY KEY,  -- the Idempotency-Key
  driver_id       text NOT NULL,
  conversation_id text NOT NULL REFERENCES conversations,
  turn_id         uuid NOT NULL,
  seq             bigint GENERATED ALWAYS AS IDENTITY,
  kind            text NOT NULL,
  payload         jsonb NOT NULL,
  state           text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'rejected')),
  attempts        int NOT NULL DEFAULT 0,
  last_error      text,
  created_at      timestamptz NOT NULL DEFAULT now(),
  settled_at      timestamptz
);
CREATE INDEX order_commands_open ON order_commands (driver_id, seq) WHERE state = 'pending';

-- What came in that is neither a message nor a receipt of ours, and why it is here.
CREATE TABLE webhook_events (
  received_us bigint NOT NULL,
  ingress_id  text NOT NULL,
  position    int NOT NULL,
  field       text NOT NULL,
  reason      text NOT NULL CHECK (reason IN ('account', 'foreign number')),
  value       jsonb NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (received_us, ingress_id, position)
);

CREATE TABLE audit (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at              timestamptz NOT NULL DEFAULT clock_timestamp(),
  action          text NOT NULL,     -- turn.tool-called, auth.refused, …
  conversation_id text,
  driver_id       text,
  turn_id         uuid,
  detail          jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_driver ON audit (driver_id, at);
CREATE INDEX audit_turn ON audit (turn_id);

CREATE TABLE model_calls (
  id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at                timestamptz NOT NULL DEFAULT clock_timestamp(),
  conversation_id   text,
  turn_id           uuid,
  purpose           text NOT NULL,
  model             text NOT NULL,
  outcome           text NOT NULL,
  prompt_tokens     int NOT NULL DEFAULT 0,
  cached_tokens     int NOT NULL DEFAULT 0,
  completion_tokens int NOT NULL DEFAULT 0,
  cost_usd          numeric(12, 8) NOT NULL DEFAULT 0,
  latency_ms        int NOT NULL DEFAULT 0
);
CREATE INDEX model_calls_turn ON model_calls (turn_id);

-- Down Migration

DROP TABLE model_calls, audit, webhook_events, order_commands, receipts, outbound, turns, inbound,
  conversations, identities, drivers CASCADE;
