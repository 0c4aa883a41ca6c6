-- Up Migration

-- What waits, for metrics and autoscaling. Every row comes from a partial index of open work.
CREATE FUNCTION backlog()
RETURNS TABLE (work text, waiting bigint, oldest_seconds double precision) LANGUAGE sql STABLE AS $$
  SELECT work, count(since), coalesce(extract(epoch FROM clock_timestamp() - min(since)), 0)
  FROM (VALUES ('messages'), ('replies'), ('broadcasts'), ('order-commands'), ('notices'), ('check-ins')) named (work)
  LEFT JOIN LATERAL (
    SELECT recorded_at AS since FROM inbound WHERE status = 'waiting' AND work = 'messages'
    UNION ALL
    SELECT created_at FROM outbound
    WHERE state IN ('pending', 'sending', 'unknown') AND work = CASE priority WHEN 'reply' THEN 'replies' ELSE 'broadcasts' END
    UNION ALL
    SELECT coalesce(not_before, created_at) FROM order_commands
    WHERE state = 'pending' AND (not_before IS NULL OR not_before <= clock_timestamp()) AND work = 'order-commands'
    UNION ALL
    SELECT not_before FROM dispatch_notices
    WHERE state = 'pending' AND not_before <= clock_timestamp() AND work = 'notices'
    UNION ALL
    SELECT act_at FROM check_ins WHERE state = 'due' AND act_at <= clock_timestamp() AND work = 'check-ins'
  ) open ON true
  GROUP BY work
$$;

-- Down Migration

DROP FUNCTION backlog;
