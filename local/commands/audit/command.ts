import { makeQueueRule } from '../../../lib/audit/queue-agrees/rule.ts';
import type { RuleResult } from '../../../lib/audit/rule.ts';
import { auditRules, runAudit } from '../../../lib/audit/run-audit.ts';
import { createPool } from '../../../lib/db/pool.ts';
import type { Clock } from '../../../lib/domain/clock.ts';
import { connectRedis } from '../../../lib/redis/client.ts';
import { makeKeys } from '../../../lib/redis/keys.ts';
import { makeReadPlaces, makeReadUnknown } from '../../../lib/redis/places.ts';
import { systemClock } from '../../../lib/clock/system-clock.ts';
import { describeAudit, describeError, describeResult, describeTotal } from './describe.ts';
import { asksForHelp, helpOf } from '../../command-line.ts';
import { auditCommand, readOptions, type AuditOptions } from './options.ts';

/** `tag` is that of the queue's keys; a test has its own. */
type Surroundings = {
  write: (line: string) => void;
  complain: (line: string) => void;
  clock?: Clock;
  tag?: string;
};

const CLEAN = 0;
const VIOLATED = 1;
const NOT_RUN = 2;

/** Returns what the process is to exit with. */
export async function runAuditCommand(
  args: string[],
  env: Record<string, string | undefined>,
  surroundings: Surroundings,
): Promise<number> {
  const { write, complain, clock = systemClock } = surroundings;
  let secrets: string[] = [];
  try {
    if (asksForHelp(args)) {
      write(helpOf(auditCommand));
      return CLEAN;
    }
    const options = readOptions(args, env, new Date(clock.nowMs()));
    secrets = [options.databaseUrl, options.redisUrl ?? ''];
    if (!options.isJson) write(describeAudit(options));
    const results = await audit(options, surroundings);
    if (options.isJson) write(JSON.stringify(toDocument(options, results), undefined, 2));
    else write(describeTotal(results));
    if (results.some(({ findings }) => findings.length > 0)) return VIOLATED;
    return results.every(({ isComplete }) => isComplete) ? CLEAN : NOT_RUN;
  } catch (error) {
    complain(describeError(error, secrets));
    return NOT_RUN;
  }
}

async function audit(
  { databaseUrl, redisUrl, statementTimeoutMs, isJson, settings }: AuditOptions,
  { write, clock = systemClock, tag = 'belfry' }: Surroundings,
): Promise<RuleResult[]> {
  // A connection that breaks lets its statement fail, which is heard of there.
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
    return await runAudit({ pool, clock, rules: [...auditRules, ...queueRules] }, settings, (result) => {
      if (!isJson) write(describeResult(result));
    });
  } finally {
    redis?.disconnect();
    await pool.end();
  }
}

function toDocument({ settings: { now, since, until } }: AuditOptions, rules: readonly RuleResult[]) {
  return { at: now, since, until, isClean: rules.every(({ findings }) => findings.length === 0), rules };
}
