import { makeQueueRule } from '../../../lib/audit/queue-agrees/rule.ts';
import type { AuditRule, RuleResult } from '../../../lib/audit/rule.ts';
import { auditRules, runAudit } from '../../../lib/audit/run-audit.ts';
import { systemClock } from '../../../lib/clock/system-clock.ts';
import { createPool } from '../../../lib/db/pool.ts';
import type { Clock } from '../../../lib/domain/clock.ts';
import { connectRedis } from '../../../lib/redis/client.ts';
import { makeKeys } from '../../../lib/redis/keys.ts';
import { makeReadPlaces, makeReadUnknown } from '../../../lib/redis/places.ts';
import type { AuditOptions } from './options.ts';

/**
 * Checks each rule of the audit, over its own connections.
 *
 * @param surroundings.rules rules of the caller, which are checked too.
 * @param surroundings.tag the tag of the queue's keys; each test has its own.
 * @param surroundings.onResult receives the result of each rule as soon as the rule ends.
 */
export async function auditDatabase(
  { databaseUrl, redisUrl, statementTimeoutMs, settings }: AuditOptions,
  surroundings: {
    clock?: Clock;
    tag?: string;
    rules?: readonly AuditRule[];
    onResult?: (result: RuleResult) => void;
  } = {},
): Promise<RuleResult[]> {
  const { clock = systemClock, tag = 'belfry', rules = [], onResult } = surroundings;
  // Errors of connections are ignored here, because the statement on a broken connection fails.
  const onError = (): void => {};
  const pool = createPool(databaseUrl, { max: 1, statementTimeoutMs, isReadOnly: true, onError });
  const redis = redisUrl === undefined ? undefined : connectRedis(redisUrl, { onError });
  try {
    const keys = makeKeys(tag);
    const queueRules =
      redis === undefined
        ? []
        : [
            makeQueueRule({
              readPlaces: makeReadPlaces(redis, keys),
              readUnknown: makeReadUnknown(redis, keys),
            }),
          ];
    return await runAudit(
      { pool, clock, rules: [...auditRules, ...rules, ...queueRules] },
      settings,
      onResult,
    );
  } finally {
    redis?.disconnect();
    await pool.end();
  }
}
