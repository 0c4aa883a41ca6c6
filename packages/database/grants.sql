-- What each role may do. Applied after the migrations, every time: what is not here is taken away.
-- Functions run with the rights of who calls them, so that calling one gives nothing that its tables do not.
-- The owner migrates, erases and repairs; no service is the owner. Nobody but the owner changes or removes a row of the audit.
-- The ingress, the guardrails and the sandbox have no role: they know no database.

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, waybill_intake, waybill_assistant, waybill_sender, waybill_scheduler, waybill_dispatch, waybill_tools;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO waybill_intake, waybill_assistant, waybill_sender, waybill_scheduler, waybill_dispatch, waybill_tools;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO waybill_intake, waybill_assistant, waybill_sender, waybill_scheduler, waybill_dispatch, waybill_tools;

-- Records what came in. Reads no text of anybody.
GRANT INSERT ON inbound, receipts, webhook_events, audit TO waybill_intake;
GRANT SELECT, INSERT, UPDATE ON conversations, lanes, templates TO waybill_intake;
GRANT SELECT, UPDATE ON outbound TO waybill_intake;

-- Answers: whatever a turn reads and leaves behind.
GRANT SELECT, INSERT ON turns, outbound, transcripts, proof_parts, guardrail_events, audit TO waybill_assistant;
GRANT SELECT, INSERT, UPDATE ON conversations, lanes, order_commands, identities, dispatch_notices, check_ins, proofs, order_events TO waybill_assistant;
GRANT SELECT, UPDATE ON inbound, drivers TO waybill_assistant;
GRANT SELECT ON takeovers, receipts, faq_entries, faq_phrases TO waybill_assistant;
GRANT INSERT ON model_calls TO waybill_assistant;

-- Sends what is due, in the form that may be sent.
GRANT SELECT, UPDATE ON outbound, lanes, order_events TO waybill_sender;
GRANT SELECT, INSERT, UPDATE ON rates, templates TO waybill_sender;
GRANT SELECT ON conversations, inbound, turns TO waybill_sender;
GRANT SELECT (id, opted_out_at) ON drivers TO waybill_sender;
GRANT INSERT ON audit, dispatch_notices TO waybill_sender;

-- Says who is due for what, and finds what nobody is on.
GRANT SELECT ON inbound, outbound, order_commands, lanes, dispatch_notices, drivers, identities, conversations, turns TO waybill_scheduler;
GRANT SELECT, INSERT, UPDATE ON check_ins, order_events TO waybill_scheduler;
GRANT SELECT, DELETE ON dead_letters TO waybill_scheduler;
GRANT SELECT, INSERT ON audit, audit_links TO waybill_scheduler;
GRANT USAGE ON SCHEMA archive TO waybill_scheduler;
GRANT SELECT ON archive.rules TO waybill_scheduler;
GRANT EXECUTE ON FUNCTION archive.turn_months, archive.move TO waybill_scheduler;

-- Tells dispatchers, and does what they ask for.
GRANT SELECT, INSERT ON audit, turns, outbound TO waybill_dispatch;
GRANT SELECT, INSERT, UPDATE ON dispatch_notices, takeovers, lanes, dead_letters, faq_entries TO waybill_dispatch;
GRANT SELECT, INSERT, DELETE ON faq_phrases TO waybill_dispatch;
GRANT SELECT, UPDATE ON drivers, identities, inbound, conversations TO waybill_dispatch;
GRANT DELETE ON identities TO waybill_dispatch;
GRANT SELECT ON unanswered_questions TO waybill_dispatch;

-- An operator at a command line: drivers and the FAQ are brought in, the audit is verified. Privacy takes the owner.
GRANT SELECT, INSERT, UPDATE ON drivers TO waybill_tools;
GRANT SELECT, INSERT, DELETE ON identities TO waybill_tools;
GRANT SELECT, INSERT, UPDATE, DELETE ON faq_entries, faq_phrases TO waybill_tools;
GRANT SELECT, INSERT ON audit TO waybill_tools;
GRANT SELECT ON audit_links TO waybill_tools;
