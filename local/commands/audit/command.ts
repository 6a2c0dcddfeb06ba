import type { RuleResult } from '../../../lib/audit/rule.ts';
import type { Clock } from '../../../lib/domain/clock.ts';
import { systemClock } from '../../../lib/clock/system-clock.ts';
import { auditDatabase } from './audit-database.ts';
import { describeAudit, describeError, describeResult, describeTotal } from './describe.ts';
import { asksForHelp, helpOf } from '../command-line.ts';
import { auditCommand, readOptions, type AuditOptions } from './options.ts';

/** `tag` is the hash tag of the queue's keys; a test uses its own. */
type Surroundings = {
  write: (line: string) => void;
  complain: (line: string) => void;
  clock?: Clock;
  tag?: string;
};

const CLEAN = 0;
const VIOLATED = 1;
const NOT_RUN = 2;

/** Runs the audit and returns the exit status of the process. */
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
    const results = await auditDatabase(options, {
      ...surroundings,
      onResult: (result) => {
        if (!options.isJson) write(describeResult(result));
      },
    });
    if (options.isJson) write(JSON.stringify(toDocument(options, results), undefined, 2));
    else write(describeTotal(results));
    if (results.some(({ findings }) => findings.length > 0)) return VIOLATED;
    return results.every(({ isComplete }) => isComplete) ? CLEAN : NOT_RUN;
  } catch (error) {
    complain(describeError(error, secrets));
    return NOT_RUN;
  }
}

function toDocument({ settings: { now, since, until } }: AuditOptions, rules: readonly RuleResult[]) {
  return { at: now, since, until, isClean: rules.every(({ findings }) => findings.length === 0), rules };
}
