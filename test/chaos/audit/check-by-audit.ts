import { attemptsWithinAge } from '../../../lib/audit/executions/attempts-within-age.ts';
import type { AuditRule, AuditSettings, RuleResult } from '../../../lib/audit/rule.ts';
import { timings } from '../../../lib/topology.ts';
import { auditDatabase } from '../../../local/commands/audit/audit-database.ts';
import { describeError, describeFinding } from '../../../local/commands/audit/describe.ts';
import { readOptions } from '../../../local/commands/audit/options.ts';
import { isByOldVersion, isClaim } from '../check/evidence.ts';
import type { Journal, Violation } from '../journal/types.ts';
import { administrationRules } from './administration-rules.ts';
import { existenceRules } from './existence-rules.ts';
import { knownOccurrences } from './known-occurrences.ts';
import { logRules } from './log-rules.ts';
import { operationRules } from './operation-rules.ts';
import { stopRules } from './stop-rules.ts';

const COMPLETE = 'the audit finishes';

/** The rules that compare the database with the requests of a journal, and the rules of the log of transitions. */
export const journalRules = (journal: Journal): AuditRule[] => [
  ...existenceRules(journal),
  ...logRules,
  ...stopRules(journal),
  ...operationRules(journal.operations),
  ...administrationRules(journal.administration),
];

/** Feeds a journal to the rules of the audit, and extends their window by the executions that were dispatched ahead. */
export const withJournal = (settings: AuditSettings, journal: Journal): AuditSettings => ({
  ...settings,
  until: new Date(settings.now.getTime() + timings.lookAheadMs),
  journal: { occurrences: knownOccurrences(journal) },
});

/**
 * Returns the findings of all rules of the audit. A schedule or an execution may be late by a minute at most.
 *
 * @param urls.redis only while nothing is due: work in progress gives findings.
 */
export async function checkByAudit(
  journal: Journal,
  urls: { database: string; redis?: string },
): Promise<Violation[]> {
  const redis = urls.redis === undefined ? [] : ['--redis-url', urls.redis];
  try {
    const options = readOptions(
      ['--database-url', urls.database, ...redis, '--overdue-minutes', '1'],
      {},
      new Date(),
    );
    const settings = withJournal(options.settings, journal);
    const results = await auditDatabase({ ...options, settings }, { rules: journalRules(journal) });
    return toViolations(results, journal);
  } catch (error) {
    return [{ rule: COMPLETE, detail: describeError(error, [urls.database]) }];
  }
}

/** Workers of the old version do not know the age of an execution, so their executions are left out of the rule about it. */
function toViolations(
  results: readonly Pick<RuleResult, 'name' | 'promise' | 'findings' | 'isComplete'>[],
  { transitions }: Journal,
): Violation[] {
  const claimedByOld = new Set(
    transitions
      .filter((transition) => isClaim(transition) && isByOldVersion(transition))
      .map(({ executionId }) => executionId),
  );
  return results.flatMap(({ name, promise, findings, isComplete }) => [
    ...findings
      .filter(({ executionId = NaN }) => name !== attemptsWithinAge.name || !claimedByOld.has(executionId))
      .map((finding) => ({ rule: promise, detail: describeFinding(finding) })),
    ...(isComplete ? [] : [{ rule: COMPLETE, detail: `${name} stopped at a limit` }]),
  ]);
}
