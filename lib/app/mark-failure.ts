import { markFailureGroup } from '../db/failure-groups.ts';
import type { Pool } from '../db/pool.ts';
import type { By } from '../domain/audit-log.ts';
import type { Clock } from '../domain/clock.ts';
import { DAY_MS } from '../domain/day.ts';
import { FailureGroupNotFoundError, ValidationError } from '../domain/errors.ts';
import { type FailureGroup, type FailureMark, MAX_IGNORED_DAYS } from '../domain/failure-group.ts';
import { audited } from './audited.ts';
import type { KeepAnswer } from './claim-request.ts';

/**
 * Marks a group of failures as open, ignored or resolved.
 *
 * @throws FailureGroupNotFoundError; ValidationError when the instant until which to ignore it is past or too far.
 */
export type MarkFailure = (
  id: number,
  mark: FailureMark,
  options: { by?: By | undefined },
  keepAnswer?: KeepAnswer<FailureGroup>,
) => Promise<FailureGroup>;

const actions = {
  OPEN: 'FAILURES_REOPENED',
  IGNORED: 'FAILURES_IGNORED',
  RESOLVED: 'FAILURES_RESOLVED',
} as const;

export function makeMarkFailure({ pool, clock }: { pool: Pool; clock: Clock }): MarkFailure {
  return async (id, mark, { by }, keepAnswer) => {
    const now = new Date(clock.nowMs());
    const after = mark.state === 'IGNORED' ? { ignoredUntil: mark.until } : null;
    const marked = await audited<FailureGroup | undefined>(
      pool,
      {
        by,
        now,
        keepAnswer,
        entryOf: () => ({
          action: actions[mark.state],
          subject: 'failureGroup',
          subjectId: id,
          after,
        }),
      },
      async (tx) => {
        const group = await markFailureGroup(tx, id, mark, now);
        // A missing group is the first error. An error undoes the change.
        if (group !== undefined && mark.state === 'IGNORED') checkUntil(mark.until, now);
        return group;
      },
    );
    if (marked === undefined) throw new FailureGroupNotFoundError(id);
    return marked;
  };
}

function checkUntil(until: Date, now: Date): void {
  const days = (until.getTime() - now.getTime()) / DAY_MS;
  if (days > 0 && days <= MAX_IGNORED_DAYS) return;
  const message = `must be in the future, and at most ${MAX_IGNORED_DAYS} days from now`;
  throw new ValidationError([{ field: 'until', message }]);
}
