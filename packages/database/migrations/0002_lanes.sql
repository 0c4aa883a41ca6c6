-- Up Migration

-- A lane is a sequence of rows that one worker at a time works off, oldest first. Whoever holds it may die,
-- freeze or lose its network: every effect is written in a transaction that checks the epoch under the row
-- lock, so an old holder cannot write. All times are the database's.
CREATE TABLE lanes (
  kind        text NOT NULL CHECK (kind IN ('inbound', 'outbound', 'order-commands')),
  key         text NOT NULL,         -- conversation id, or driver id for order commands
  owner       text,
  epoch       bigint NOT NULL DEFAULT 0,  -- fencing token: every claim adds one
  lease_until timestamptz,
  not_before  timestamptz,           -- back-off of the whole lane keeps its order
  failures    int NOT NULL DEFAULT 0,
  PRIMARY KEY (kind, key)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);

CREATE FUNCTION milliseconds(p_ms bigint) RETURNS interval LANGUAGE sql IMMUTABLE
  RETURN p_ms * interval '1 millisecond';

-- Takes the row lock on which claim and release meet, so that no wake-up is lost: a claimer that is told
-- 'busy' held the lock before the holder's last look for work. FOR NO KEY UPDATE leaves foreign keys alone.
-- A redelivered hint may steal the lease at once: effects are fenced.
CREATE FUNCTION lock_lane(p_kind text, p_key text, p_steal boolean, OUT state text, OUT epoch bigint, OUT wait_ms int)
LANGUAGE plpgsql AS $$
DECLARE lane lanes%ROWTYPE;
BEGIN
  SELECT * INTO lane FROM lanes l WHERE l.kind = p_kind AND l.key = p_key FOR NO KEY UPDATE;
  epoch := lane.epoch;
  IF lane.key IS NULL THEN
    state := 'empty';
  ELSIF lane.lease_until > clock_timestamp() AND NOT p_steal THEN
    state := 'busy';
  ELSIF lane.not_before > clock_timestamp() THEN
    state := 'later';
    wait_ms := ceil(extract(epoch FROM lane.not_before - clock_timestamp()) * 1000);
  ELSE
    state := 'free';
  END IF;
END $$;

-- The same lock for the holder: 'fenced' when somebody else has claimed the lane since.
CREATE FUNCTION lock_held_lane(p_kind text, p_key text, p_epoch bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE current_epoch bigint;
BEGIN
  SELECT l.epoch INTO current_epoch FROM lanes l WHERE l.kind = p_kind AND l.key = p_key FOR NO KEY UPDATE;
  RETURN current_epoch IS NOT DISTINCT FROM p_epoch;
END $$;

CREATE FUNCTION lease_lane(p_kind text, p_key text, p_epoch bigint, p_owner text, p_ttl_ms int) RETURNS void LANGUAGE sql AS $$
  UPDATE lanes SET owner = p_owner, epoch = p_epoch, not_before = NULL,
    lease_until = clock_timestamp() + milliseconds(p_ttl_ms)
  WHERE kind = p_kind AND key = p_key
$$;

-- The epoch moves on release too: what the last holder still has in flight is fenced from here.
CREATE FUNCTION release_lane(p_kind text, p_key text, p_wait_ms int, p_failed boolean) RETURNS void LANGUAGE sql AS $$
  UPDATE lanes SET owner = NULL, lease_until = NULL, epoch = epoch + 1,
    not_before = CASE WHEN p_wait_ms > 0 THEN clock_timestamp() + milliseconds(p_wait_ms) END,
    failures = CASE WHEN p_failed THEN failures + 1 ELSE 0 END
  WHERE kind = p_kind AND key = p_key
$$;

CREATE FUNCTION renew_lane(p_kind text, p_key text, p_epoch bigint, p_ttl_ms int) RETURNS boolean LANGUAGE sql AS $$
  WITH renewed AS (
    UPDATE lanes SET lease_until = clock_timestamp() + milliseconds(p_ttl_ms)
    WHERE kind = p_kind AND key = p_key AND epoch = p_epoch RETURNING 1
  ) SELECT EXISTS (SELECT 1 FROM renewed)
$$;

-- Lanes with work that nobody is on: a hint was lost, or a back-off is over. Oldest work first.
CREATE FUNCTION stranded_lanes(p_grace_ms int, p_limit int)
RETURNS TABLE (kind text, key text, is_broadcast boolean) LANGUAGE sql STABLE AS $$
  WITH work AS (
    SELECT 'inbound' AS kind, i.conversation_id AS key, false AS is_broadcast, min(i.recorded_at) AS since
    FROM inbound i WHERE i.status = 'waiting' GROUP BY 2
    UNION ALL
    SELECT 'outbound', o.conversation_id, bool_and(o.priority = 'broadcast'), min(o.created_at)
    FROM outbound o WHERE o.state IN ('pending', 'sending', 'unknown') GROUP BY 2
    UNION ALL
    SELECT 'order-commands', c.driver_id, false, min(c.created_at)
    FROM order_commands c WHERE c.state = 'pending' GROUP BY 2
  )
  SELECT w.kind, w.key, w.is_broadcast FROM work w JOIN lanes l ON l.kind = w.kind AND l.key = w.key
  WHERE w.since < clock_timestamp() - milliseconds(p_grace_ms)
    AND (l.lease_until IS NULL OR l.lease_until < clock_timestamp())
    AND (l.not_before IS NULL OR l.not_before <= clock_timestamp())
  ORDER BY w.since LIMIT p_limit
$$;

-- Down Migration

DROP FUNCTION stranded_lanes, renew_lane, release_lane, lease_lane, lock_held_lane, lock_lane, milliseconds;
DROP TABLE lanes;
