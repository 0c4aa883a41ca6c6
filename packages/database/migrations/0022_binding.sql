-- Up Migration

-- A number that comes under another user id than the one on file is an old number with somebody new, and so is the reverse:
-- nothing is shown until dispatch confirms the person. false: of that kind there is none on file, and it may be bound.
CREATE FUNCTION lock_identity(c conversations, p_driver text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE missing text;
BEGIN
  SELECT i.kind INTO missing FROM identities i WHERE i.driver_id = p_driver
    AND i.value <> CASE i.kind WHEN 'phone' THEN c.phone ELSE c.user_id END LIMIT 1;
  IF missing IS NULL THEN RETURN false; END IF;
  UPDATE identities SET locked_reason = CASE missing WHEN 'phone' THEN 'another number' ELSE 'another user id' END
    WHERE driver_id = p_driver AND locked_reason IS NULL;
  RETURN true;
END $$;

-- Whatever has locked a driver: dispatch hears of it, once. With the owner's rights: two drivers may be locked at once, and who
-- does it works for one of them.
CREATE FUNCTION tell_of_lock() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM raise_notices(NULL, NULL, n.driver_id, jsonb_build_array(jsonb_build_object('id', gen_random_uuid(),
      'kind', 'identity-locked', 'priority', 'high', 'text',
      format('Somebody else may have this number or account now (%s). Orders are locked until you confirm that it is the driver.', min(n.locked_reason)))))
    FROM now_locked n JOIN before_that o ON o.kind = n.kind AND o.value = n.value
    WHERE n.locked_reason IS NOT NULL AND o.locked_reason IS NULL GROUP BY n.driver_id;
  RETURN NULL;
END $$;
CREATE TRIGGER identities_locked AFTER UPDATE ON identities REFERENCING OLD TABLE AS before_that NEW TABLE AS now_locked
  FOR EACH STATEMENT EXECUTE FUNCTION tell_of_lock();

-- Dispatch has made sure that it is the driver. What was on file and is another one now goes: the next message binds the new
-- one. false: nothing was locked.
CREATE FUNCTION confirm_identity(p_driver text, p_by text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM identities i WHERE i.driver_id = p_driver AND i.locked_reason IS NOT NULL) THEN RETURN false; END IF;
  DELETE FROM identities i WHERE i.driver_id = p_driver
    AND i.locked_reason = CASE i.kind WHEN 'phone' THEN 'another number' ELSE 'another user id' END;
  UPDATE identities SET locked_reason = NULL WHERE driver_id = p_driver AND locked_reason IS NOT NULL;
  INSERT INTO audit (action, driver_id, detail)
    VALUES ('driver.identity-confirmed', p_driver, jsonb_build_object('by', p_by));
  RETURN true;
END $$;

-- As in 0007, and: a number and a user id that do not belong together.
CREATE OR REPLACE FUNCTION authenticate(p_conversation text, OUT identity text, OUT driver jsonb, OUT last_turn_id uuid,
  OUT was_refused_today boolean, OUT has_phone boolean) LANGUAGE plpgsql AS $$
DECLARE
  c conversations%ROWTYPE;
  matches int;
  drivers_found int;
  is_locked boolean;
  found_driver text;
BEGIN
  SELECT * INTO c FROM conversations WHERE id = p_conversation;
  last_turn_id := c.last_turn_id;
  was_refused_today := coalesce(c.refused_at > now() - interval '24 hours', false);
  has_phone := c.phone IS NOT NULL;

  SELECT count(*), count(DISTINCT i.driver_id), coalesce(bool_or(i.locked_reason IS NOT NULL), false), min(i.driver_id)
    INTO matches, drivers_found, is_locked, found_driver
    FROM identities i
    WHERE (i.kind = 'phone' AND i.value = c.phone) OR (i.kind = 'user_id' AND i.value = c.user_id);
  IF drivers_found = 0 THEN identity := 'unknown'; RETURN; END IF;
  identity := CASE WHEN drivers_found > 1 OR is_locked THEN 'locked' ELSE 'known' END;
  SELECT jsonb_build_object('id', d.id, 'name', d.name, 'status', d.status, 'language', d.language,
    'timeZone', d.time_zone, 'permissions', d.permissions,
    'checkInUntil', to_char(d.check_in_until, 'HH24:MI')) INTO driver FROM drivers d WHERE d.id = found_driver;
  IF identity = 'known' AND matches = 1 AND c.phone IS NOT NULL AND c.user_id IS NOT NULL THEN
    IF lock_identity(c, found_driver) THEN identity := 'locked'; ELSE PERFORM bind_identity(c, found_driver); END IF;
  END IF;
END $$;

-- Down Migration

-- authenticate stays as it is here: 0003 drops it.
DROP FUNCTION confirm_identity, lock_identity;
DROP TRIGGER identities_locked ON identities;
DROP FUNCTION tell_of_lock;
