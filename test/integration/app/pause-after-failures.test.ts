import { describe, expect, test } from 'vitest';
import { listFailingJobs } from '../../../lib/app/list-failing-jobs.ts';
import { claimExecutions } from '../../../lib/db/claim-executions.ts';
import { findJob } from '../../../lib/db/jobs.ts';
import { listMatchingJobIds } from '../../../lib/db/match-jobs.ts';
import type { Pool } from '../../../lib/db/pool.ts';
import { recordOutcomes } from '../../../lib/db/record-outcomes.ts';
import { inTransaction } from '../../../lib/db/transaction.ts';
import { until } from '../../support/waiting.ts';
import { executionsOf, failing, once, runAgain, setUpCallbacks, tick } from './callbacks-fixture.ts';
import { belfry, createDueJob, target, work } from './worker-fixture.ts';

setUpCallbacks();

const TOKENS = [
  '11111111-1111-4111-8111-111111111111',
  '22222222-2222-4222-8222-222222222222',
  '33333333-3333-4333-8333-333333333333',
  '44444444-4444-4444-8444-444444444444',
] as const;

/** A job that runs every ten seconds, and has `count` occurrences that are due and that no worker has claimed. */
async function withDue(count: number) {
  const job = await createDueJob({
    ...once,
    schedule: '@every 10s',
    isRecurring: true,
    pauseAfterFailures: 1,
  });
  await belfry.clock.advanceBy(count * 10_000);
  return { job, due: (await belfry.executions(job.id)).slice(0, count) };
}

type Place = { id: number; executionTime: Date };

async function claim(execution: Place, claimToken: string): Promise<number[]> {
  const now = belfry.clock.now();
  const leaseExpiresAt = new Date(now.getTime() + 60_000);
  const claims = await claimExecutions(belfry.pool, {
    executions: [execution],
    claimToken,
    now,
    dueBy: now,
    leaseExpiresAt,
  });
  return claims.map(({ id }) => id);
}

const aFailure = ({ id, executionTime }: Place, claimToken: string) => ({
  id,
  executionTime,
  claimToken,
  latenessMs: 0,
  status: 'FAILED' as const,
  durationMs: 1,
  statusCode: 500,
  reason: 'STATUS_NOT_SUCCESS' as const,
  errorMessage: 'the target answered 500',
  dueAt: null,
});

describe('a job that fails pauseAfterFailures times in a row', () => {
  test('occurrences of a failing job are claimed until its last failure is stored, and not after it', async () => {
    const { job, due } = await withDue(4);
    const [first, second, third] = due;
    const manual = await belfry.runJob(job.id, { body: undefined });
    expect(await claim(first!, TOKENS[0])).toEqual([first!.id]);
    await inTransaction(belfry.pool, async (tx) => {
      await recordOutcomes(tx, [aFailure(first!, TOKENS[0])], belfry.clock.now());
      expect(await claim(second!, TOKENS[1])).toEqual([second!.id]);
    });
    expect(await claim(third!, TOKENS[2])).toEqual([]);
    expect(await claim(manual, TOKENS[3])).toEqual([manual.id]);
    await tick();
    const claimed = [first!.id, second!.id, manual.id];
    const executions = await belfry.executions(job.id);
    expect(
      executions
        .filter(({ id }) => claimed.includes(id))
        .map(({ status }) => status)
        .toSorted(),
    ).toEqual(['FAILED', 'RUNNING', 'RUNNING']);
    const others = executions.filter(({ id }) => !claimed.includes(id));
    expect(others.map(({ id }) => id)).toContain(third!.id);
    expect(new Set(others.map(({ status, reason }) => `${status} ${reason}`))).toEqual(
      new Set(['CANCELLED JOB_PAUSED']),
    );
    expect(await failing()).toEqual([{ count: 1, paused: true }]);
  });

  test('a worker sends none of the due occurrences that it holds after the last failure is stored', async () => {
    const { job } = await withDue(20);
    target.answerWith(500);
    const { pool } = belfry.parts;
    const isMarked = async (): Promise<boolean> => {
      const { rows } = await pool.query('select from failing_jobs where must_pause or paused_at is not null');
      return rows.length > 0;
    };
    /** How many executions each claim got. */
    const claims: number[] = [];
    let isFirst = true;
    const watched: Pool = new Proxy(pool, {
      get: (of, property) => {
        if (property !== 'query') return Reflect.get(of, property);
        return async (query: { name?: string; text: string; values: unknown[] }) => {
          if (query.name !== 'claim_executions') return pool.query(query);
          // A fast target could otherwise have all requests before the first failure is stored.
          if (!isFirst) await until(isMarked);
          isFirst = false;
          const claimed = await pool.query(query);
          claims.push(claimed.rows.length);
          return claimed;
        };
      },
    });
    const settings = { ...belfry.parts.settings, maxInFlight: 2 };
    await work({ pool: watched, settings });
    expect(claims.length).toBeGreaterThan(1);
    expect(claims.slice(1).filter((count) => count > 0)).toEqual([]);
    const statuses = (await executionsOf(job.id)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 'FAILED')).toHaveLength(target.requests.length);
    expect(new Set(statuses)).toEqual(new Set(['FAILED', 'CANCELLED']));
  });

  test('its due occurrences are cancelled also when a person pauses it before the rule does', async () => {
    const { job, due } = await withDue(4);
    const [first, second] = due;
    await claim(first!, TOKENS[0]);
    await recordOutcomes(belfry.pool, [aFailure(first!, TOKENS[0])], belfry.clock.now());
    await belfry.changeJob(job.id, { isActive: false });
    expect(await claim(second!, TOKENS[1])).toEqual([]);
    await tick();
    const others = (await belfry.executions(job.id)).filter(({ id }) => id !== first!.id);
    expect(others.map(({ id }) => id)).toContain(second!.id);
    expect(new Set(others.map(({ status, reason }) => `${status} ${reason}`))).toEqual(
      new Set(['CANCELLED JOB_PAUSED']),
    );
    await work();
    expect(target.requests).toEqual([]);
  });

  test('refused occurrences run if the job is resumed before a tick pauses it', async () => {
    const { job, due } = await withDue(2);
    await belfry.pool.query(
      `insert into failing_jobs (job_id, failures_in_a_row, failing_since, last_failed_time, must_pause)
       values ($1, 1, $2, $2, true)`,
      [job.id, new Date(belfry.clock.nowMs() - 60_000)],
    );
    await work();
    expect(target.requests).toEqual([]);
    await belfry.pool.query('update failing_jobs set must_pause = false');
    await tick();
    await work();
    expect(target.requests).toHaveLength(due.length);
  });

  test('a run by hand and its retries continue while the job is paused', async () => {
    const { job } = await withDue(1);
    await runAgain(job.id, 500);
    expect(await failing()).toEqual([{ count: 2, paused: true }]);
    const sent = target.requests.length;
    await runAgain(job.id, 200);
    expect(target.requests).toHaveLength(sent + 1);
  });
});

describe('a job that Belfry has paused for its failures', () => {
  /** When it was paused for its failures, and whether it is counted and found as such. */
  async function shown(id: number) {
    const now = belfry.clock.now();
    const filter = { state: 'PAUSED_BY_FAILURES' };
    const { pausedByFailures } = await listFailingJobs(belfry.pool, { limit: 1, maxBytes: 1_000_000 }, now);
    const { ids } = await listMatchingJobIds(belfry.pool, filter, { afterId: 0, limit: 5 }, now);
    const at = (await findJob(belfry.pool, id, now))?.pausedByFailuresAt;
    return { at, count: pausedByFailures.count, isFound: ids.includes(id) };
  }
  const none = { at: null, count: 0, isFound: false };

  async function pausedByRule() {
    const { job } = await withDue(1);
    target.answerWith(500);
    expect(job.pausedByFailuresAt).toBeNull();
    await work();
    await tick();
    const pausedAt = belfry.clock.now();
    expect(await failing()).toEqual([{ count: 1, paused: true }]);
    return { job, pausedAt };
  }

  test('it shows so after a success by hand and other changes, until it is resumed', async () => {
    const { job, pausedAt } = await pausedByRule();
    const paused = { at: pausedAt, count: 1, isFound: true };
    expect(await shown(job.id)).toEqual(paused);
    await runAgain(job.id, 200);
    await tick();
    expect(await failing()).toEqual([]);
    const changed = await belfry.changeJob(job.id, { name: 'renamed', timeoutMs: 5_000, isActive: false });
    expect(changed.pausedByFailuresAt).toEqual(pausedAt);
    expect(await shown(job.id)).toEqual(paused);
    const resumed = await belfry.changeJob(job.id, { isActive: true });
    expect(resumed.pausedByFailuresAt).toBeNull();
    expect(await shown(job.id)).toEqual(none);
    await belfry.changeJob(job.id, { isActive: false });
    expect(await shown(job.id)).toEqual(none);
  });

  test('a resume and a deletion end it while it still fails', async () => {
    const { job } = await pausedByRule();
    await belfry.changeJob(job.id, { isActive: true });
    expect(await shown(job.id)).toEqual(none);
    await runAgain(job.id, 500);
    await tick();
    expect(await shown(job.id)).toMatchObject({ count: 1, isFound: true });
    await belfry.deleteJob(job.id);
    expect(await shown(job.id)).toEqual({ ...none, at: undefined });
  });

  test('a job that a person has paused first is not shown so', async () => {
    const { job, due } = await withDue(1);
    await claim(due[0]!, TOKENS[0]);
    await recordOutcomes(belfry.pool, [aFailure(due[0]!, TOKENS[0])], belfry.clock.now());
    await belfry.changeJob(job.id, { isActive: false });
    await tick();
    expect(await failing()).toEqual([{ count: 1, paused: false }]);
    expect(await shown(job.id)).toEqual(none);
  });
});
