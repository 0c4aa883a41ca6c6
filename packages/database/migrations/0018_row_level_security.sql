-- Up Migration

-- A second wall behind the queries of the assistant, which work for one driver at a time: whatever a statement forgets to ask
-- for, it sees and writes only what is of the conversation, or of the driver, that it has said it is for (`within`). Without
-- having said so it sees nothing. The others work across drivers by nature, and their walls are their grants. Who is who
-- (conversations, identities) is what the wall is measured by, and has none.

-- First in FROM, with what follows depending on it: `FROM within($1, NULL) w, claim_turn(w.conversation, …)`. Holds until the
-- transaction ends, so that no connection takes it along.
CREATE FUNCTION within(p_conversation text, p_driver text, OUT conversation text, OUT driver text) LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('app.conversation', coalesce(p_conversation, ''), true),
    set_config('app.driver', coalesce(p_driver, ''), true);
  conversation := p_conversation;
  driver := p_driver;
END $$;

DO $$
DECLARE
  of_conversation text := $q$ conversation_id = current_setting('app.conversation', true) $q$;
  of_driver text := $q$ driver_id = current_setting('app.driver', true) $q$;
  walls jsonb := jsonb_build_object(
    'inbound', of_conversation, 'turns', of_conversation, 'outbound', of_conversation, 'takeovers', of_conversation,
    'check_ins', of_driver, 'order_events', of_driver, 'proofs', of_driver,
    'order_commands', of_driver || 'OR' || of_conversation, 'dispatch_notices', of_driver || 'OR' || of_conversation,
    'guardrail_events', of_driver || 'OR' || of_conversation,
    'proof_parts', 'EXISTS (SELECT 1 FROM proofs p WHERE p.id = proof_id)',
    'drivers', $q$ id = current_setting('app.driver', true) OR EXISTS (
      SELECT 1 FROM conversations c JOIN identities i
        ON (i.kind = 'phone' AND i.value = c.phone) OR (i.kind = 'user_id' AND i.value = c.user_id)
      WHERE c.id = current_setting('app.conversation', true) AND i.driver_id = drivers.id) $q$);
  wall record;
BEGIN
  FOR wall IN SELECT key AS name, value AS condition FROM jsonb_each_text(walls) LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', wall.name);
    EXECUTE format('CREATE POLICY own ON %I TO waybill_assistant USING (%s)', wall.name, wall.condition);
    EXECUTE format('CREATE POLICY across ON %I TO waybill_intake, waybill_sender, waybill_scheduler, waybill_dispatch,
      waybill_tools USING (true)', wall.name);
  END LOOP;
END $$;

-- Down Migration

DO $$
DECLARE wall record;
BEGIN
  FOR wall IN SELECT tablename AS name FROM pg_policies WHERE policyname = 'own' AND schemaname = 'public' LOOP
    EXECUTE format('DROP POLICY own ON %I', wall.name);
    EXECUTE format('DROP POLICY across ON %I', wall.name);
    EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', wall.name);
  END LOOP;
END $$;
DROP FUNCTION within;
