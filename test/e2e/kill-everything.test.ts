import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import * as z from 'zod';
import { openDataDir } from '../../local/data-dir/data-dir.ts';
import { until } from '../support/waiting.ts';
import { startTarget } from '../support/target.ts';
import { runAuditCommand } from '../../local/commands/audit/command.ts';
import {
  endLocal,
  serviceUrls,
  servicePids,
  startLocalRun,
  type RunningBelfry,
} from '../support/local-process.ts';

const KILLS = 3;
const JOBS_PER_BATCH = 20;
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
}, 60_000);

const startOn = (dataDir: string): Promise<RunningBelfry> =>
  startLocalRun(dataDir, {}, (started) => void cleanups.push(() => endLocal(started)));

/** Kills the process, PostgreSQL with its backends, and Redis together, without warning. */
async function killEverything(belfry: RunningBelfry, dataDir: string): Promise<void> {
  const services = Object.values(await servicePids(dataDir));
  belfry.child.kill('SIGKILL');
  for (const pid of services) process.kill(-pid, 'SIGKILL');
  await belfry.ended;
}

const created = z.object({ items: z.array(z.object({ id: z.number(), name: z.string() })) });
const history = z.object({ items: z.array(z.object({ status: z.string() })) });

/**
 * Jobs of both types, each due at an instant, are posted without pause while everything is killed, wherever it may be,
 * and started again. What was answered 201 must then have exactly one execution each, and AT_MOST_ONCE at most one call.
 */
test('nothing acknowledged is lost and no AT_MOST_ONCE job is sent twice when everything is killed', async () => {
  // It outlives every Belfry, and logs each request.
  const target = await startTarget();
  cleanups.push(target.close);
  const dataDir = await mkdtemp(join(tmpdir(), 'belfry-kill-'));
  cleanups.push(async () => {
    await (await openDataDir(dataDir)).close();
    await rm(dataDir, { recursive: true, force: true });
  });
  const acknowledged: { id: number; name: string }[] = [];
  let batch = 0;

  const postUntilItDies = async (belfry: RunningBelfry): Promise<void> => {
    while (belfry.child.exitCode === null && belfry.child.signalCode === null) {
      batch += 1;
      const jobs = Array.from({ length: JOBS_PER_BATCH }, (_, n) => {
        const type = n % 2 === 0 ? 'AT_MOST_ONCE' : 'AT_LEAST_ONCE';
        const name = `/${type}/${batch}/${n}`;
        const schedule = new Date(Date.now() + 200 + n * 150).toISOString();
        return { name, schedule, type, api: `${target.url}${name}`, timeoutMs: 1_000 };
      });
      try {
        acknowledged.push(...created.parse(await belfry.call('POST', '/api/v1/jobs/batch', { jobs })).items);
      } catch {
        // Either killed, or a service that has not started yet on a slow machine: neither has acknowledged anything.
      }
      await sleep(50);
    }
  };

  for (let kill = 0; kill < KILLS; kill += 1) {
    const belfry = await startOn(dataDir);
    const known = acknowledged.length;
    const posting = postUntilItDies(belfry);
    // During the traffic, however slow the machine is, at another place each time.
    await until(() => acknowledged.length >= known + 2 * JOBS_PER_BATCH, { timeoutMs: 30_000 });
    await sleep(Math.random() * 2_500);
    await killEverything(belfry, dataDir);
    await posting;
  }

  const belfry = await startOn(dataDir);
  expect(acknowledged.length).toBeGreaterThan(KILLS * JOBS_PER_BATCH);
  const statusesOf = async (id: number) =>
    history.parse(await belfry.call('GET', `/api/v1/jobs/${id}/history`)).items.map(({ status }) => status);
  const callsOf = (name: string) => target.requests.filter(({ path }) => path === name);

  // The claims of a killed worker end with its lease (21 s) and the next tick; everything else runs at once.
  const open = new Map(acknowledged.map(({ id, name }) => [id, name]));
  await until(
    async () => {
      for (const [id, name] of open) {
        const statuses = await statusesOf(id);
        if (statuses.length === 1 && (statuses[0] === 'SUCCESS' || statuses[0] === 'FAILED')) open.delete(id);
        else throw new Error(`${name} is ${statuses.join(', ') || 'without an execution'}`);
      }
      return true;
    },
    { timeoutMs: 110_000, everyMs: 250 },
  );
  for (const { id, name } of acknowledged) {
    const calls = callsOf(name);
    expect(new Set(calls.map(({ headers }) => headers['x-belfry-execution-id'])).size).toBeLessThanOrEqual(1);
    if (name.startsWith('/AT_MOST_ONCE'))
      expect([name, calls.length]).toEqual([name, Math.min(calls.length, 1)]);
    else expect([id, name, calls.length]).not.toEqual([id, name, 0]);
  }

  // The history is checked here; the audit checks that nothing is stuck or left in the queue.
  const { postgres, redis } = await serviceUrls(dataDir);
  await until(
    async () => {
      const said: string[] = [];
      const write = (line: string): void => void said.push(line);
      const args = ['--database-url', postgres, '--redis-url', redis];
      if ((await runAuditCommand(args, {}, { write, complain: write })) !== 0)
        throw new Error(said.join('\n'));
      return true;
    },
    // Work that a killed worker held is recovered by the next tick and the worker that it wakes.
    { timeoutMs: 70_000, everyMs: 1_000 },
  );
}, 250_000);
