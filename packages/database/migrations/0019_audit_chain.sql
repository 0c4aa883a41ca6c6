-- Up Migration

-- The audit only grows. What a driver's erasure leaves of a row is that it was there, and which erasure it was.
ALTER TABLE audit ADD COLUMN erased_by bigint;  -- the row of the audit that says so: driver.erased

-- Every row of the audit, in the order in which they were sealed. A chain made when the rows are written would have all
-- writers wait for each other. What is removed, changed or put in later breaks a link, or has none.
CREATE TABLE audit_links (
  seq       bigint PRIMARY KEY,          -- without a gap
  audit_id  bigint NOT NULL UNIQUE,
  sealed_at timestamptz NOT NULL,        -- its UTC day is the day of the chain; the first of a day is linked to the last before
  salt      uuid DEFAULT gen_random_uuid(),  -- so that nobody finds out an erased row by trying; goes with its content
  content   bytea NOT NULL,              -- hash of the row as it was sealed
  link      bytea NOT NULL               -- hash of the link before, and of this row's place, time and content
);
CREATE INDEX audit_links_sealed ON audit_links (sealed_at, audit_id);

-- The fields of a row, one after the other, in a form that no setting changes.
CREATE FUNCTION audit_content(a audit, p_salt uuid) RETURNS bytea LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN sha256(convert_to(jsonb_build_array(p_salt, a.id, to_char(a.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    a.action, a.conversation_id, a.driver_id, a.turn_id, a.detail)::text, 'UTF8'));
END $$;

CREATE FUNCTION audit_link(p_before bytea, p_seq bigint, p_sealed_at timestamptz, p_content bytea) RETURNS bytea
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN sha256(coalesce(p_before, '') || convert_to(p_seq || ' '
    || to_char(p_sealed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || ' ', 'UTF8') || p_content);
END $$;

-- Rows without a link, the lowest ids first. Looked for above the ids that are certain: no statement may take ten minutes to
-- commit, so nothing can come in any more below what was that old when it was sealed, or was sealed that long before the last.
CREATE FUNCTION unsealed_audit(p_limit int) RETURNS TABLE (id bigint, at timestamptz) LANGUAGE plpgsql STABLE AS $$
DECLARE
  last audit_links%ROWTYPE;
  certain bigint;
BEGIN
  SELECT * INTO last FROM audit_links ORDER BY seq DESC LIMIT 1;
  SELECT a.id INTO certain FROM audit a WHERE a.id = last.audit_id AND a.at < last.sealed_at - interval '10 minutes';
  IF certain IS NULL THEN
    SELECT max(l.audit_id) INTO certain FROM audit_links l WHERE l.sealed_at < last.sealed_at - interval '10 minutes';
  END IF;
  RETURN QUERY SELECT a.id, a.at FROM audit a
    WHERE a.id > coalesce(certain, 0) AND NOT EXISTS (SELECT 1 FROM audit_links l WHERE l.audit_id = a.id)
    ORDER BY a.id LIMIT p_limit;
END $$;

-- Adds what has come to the end of the chain, the lowest ids first; how many rows. One at a time: 0 while another does it.
CREATE FUNCTION seal_audit(p_limit int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  last audit_links%ROWTYPE;
  r audit%ROWTYPE;
  new_salt uuid;
  sealed int := 0;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtext('seal_audit')) THEN RETURN 0; END IF;
  SELECT * INTO last FROM audit_links ORDER BY seq DESC LIMIT 1;
  FOR r IN SELECT a.* FROM unsealed_audit(p_limit) u JOIN audit a ON a.id = u.id ORDER BY a.id LOOP
    new_salt := gen_random_uuid();
    last.seq := coalesce(last.seq, 0) + 1;
    last.sealed_at := clock_timestamp();
    last.content := audit_content(r, new_salt);
    last.link := audit_link(last.link, last.seq, last.sealed_at, last.content);
    INSERT INTO audit_links (seq, audit_id, sealed_at, salt, content, link)
      VALUES (last.seq, r.id, last.sealed_at, new_salt, last.content, last.link);
    sealed := sealed + 1;
  END LOOP;
  RETURN sealed;
END $$;

-- Checks so many links after one: what is wrong with each that is not right, and which was the last.
--   problem: missing (a link before it is gone) | link (changed, or the one before) | gone | changed | erased (without a
--   record of it) | late (its time is from long before it was there)
CREATE FUNCTION check_audit(p_after bigint, p_limit int)
RETURNS TABLE (seq bigint, audit_id bigint, sealed_at timestamptz, link bytea, is_erased boolean, problem text)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
  WITH part AS (
    SELECT * FROM audit_links l WHERE l.seq >= p_after ORDER BY l.seq LIMIT p_limit + 1
  ), chained AS (
    SELECT p.*, lag(p.seq) OVER w AS seq_before, lag(p.link) OVER w AS link_before, lag(p.sealed_at) OVER w AS sealed_before
    FROM part p WINDOW w AS (ORDER BY p.seq)
  )
  SELECT c.seq, c.audit_id, c.sealed_at, c.link, a.erased_by IS NOT NULL,
    CASE WHEN c.seq <> coalesce(c.seq_before, 0) + 1 THEN 'missing'
      WHEN c.link <> audit_link(c.link_before, c.seq, c.sealed_at, c.content) THEN 'link'
      WHEN a.id IS NULL THEN 'gone'
      WHEN a.erased_by IS NOT NULL THEN
        CASE WHEN NOT EXISTS (SELECT 1 FROM audit e WHERE e.id = a.erased_by AND e.action = 'driver.erased') THEN 'erased' END
      WHEN c.content <> audit_content(a, c.salt) THEN 'changed'
      WHEN a.at < c.sealed_before - interval '10 minutes' THEN 'late' END
  FROM chained c LEFT JOIN audit a ON a.id = c.audit_id
  WHERE c.seq > p_after ORDER BY c.seq;
END $$;

-- What may be changed is one thing: that a row says no more, and which erasure it was.
CREATE FUNCTION keep_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_TABLE_NAME = 'audit' AND TG_OP = 'UPDATE' THEN
    IF old.erased_by IS NULL AND new.erased_by IS NOT NULL
      AND (new.conversation_id, new.driver_id, new.turn_id) IS NULL AND new.detail = '{}'
      AND (new.id, new.at, new.action) = (old.id, old.at, old.action)
      AND EXISTS (SELECT 1 FROM audit e WHERE e.id = new.erased_by AND e.action = 'driver.erased')
    THEN RETURN new; END IF;
  ELSIF TG_TABLE_NAME = 'audit_links' AND TG_OP = 'UPDATE' THEN
    IF new.salt IS NULL AND (new.seq, new.audit_id, new.sealed_at, new.content, new.link)
      = (old.seq, old.audit_id, old.sealed_at, old.content, old.link)
    THEN RETURN new; END IF;
  END IF;
  RAISE EXCEPTION 'the audit only grows: no % on %', TG_OP, TG_TABLE_NAME;
END $$;
CREATE TRIGGER audit_kept BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION keep_audit();
CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION keep_audit();
CREATE TRIGGER audit_links_kept BEFORE UPDATE OR DELETE ON audit_links FOR EACH ROW EXECUTE FUNCTION keep_audit();
CREATE TRIGGER audit_links_not_emptied BEFORE TRUNCATE ON audit_links FOR EACH STATEMENT EXECUTE FUNCTION keep_audit();

-- Takes from the audit what it says of a driver, in the transaction that erases him. The rows stay, without their content;
-- p_by is the row `driver.erased` that says so. Before the driver's other rows: they say whose it is. How many rows.
CREATE FUNCTION erase_audit(p_driver text, p_by bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE erased bigint;
BEGIN
  -- What has no link yet is sealed as it was: an erased row without a link could be anything.
  PERFORM pg_advisory_xact_lock(hashtext('seal_audit'));
  WHILE seal_audit(10000) > 0 LOOP END LOOP;
  WITH own AS (
    SELECT c.id FROM conversations c WHERE NOT EXISTS (
      SELECT 1 FROM turns t WHERE t.conversation_id = c.id AND t.driver_id <> p_driver)
    AND (EXISTS (SELECT 1 FROM turns t WHERE t.conversation_id = c.id AND t.driver_id = p_driver)
      OR EXISTS (SELECT 1 FROM identities i WHERE i.driver_id = p_driver
        AND (i.kind, i.value) IN (('phone', c.phone), ('user_id', c.user_id))))
  ), gone AS (
    UPDATE audit a SET conversation_id = NULL, driver_id = NULL, turn_id = NULL, detail = '{}', erased_by = p_by
    WHERE a.id < p_by AND a.erased_by IS NULL AND (a.driver_id = p_driver
      OR (a.driver_id IS NULL AND a.conversation_id IN (SELECT own.id FROM own)))
    RETURNING a.id
  ), unsalted AS (
    UPDATE audit_links l SET salt = NULL FROM gone WHERE l.audit_id = gone.id
  )
  SELECT count(*) INTO erased FROM gone;
  RETURN erased;
END $$;

-- Down Migration

DROP TRIGGER audit_not_emptied ON audit;
DROP TRIGGER audit_kept ON audit;
DROP FUNCTION erase_audit, check_audit, seal_audit, unsealed_audit, audit_link, audit_content;
DROP TABLE audit_links;
DROP FUNCTION keep_audit;
ALTER TABLE audit DROP COLUMN erased_by;
