import { setTimeout as sleep } from 'node:timers/promises';
import { insertJobs } from '../../lib/db/jobs.ts';
import type { Bench, Scenario } from '../support/figures.ts';
import type { HangingCalls } from '../../test/support/hanging-target.ts';
import { sampleJob } from '../support/prepare.ts';
import { startProgram } from '../../test/support/processes/program.ts';
import type { Stage } from '../../test/support/services.ts';
import { percentile } from '../../test/support/stats.ts';
import type { TargetCalls } from '../../test/support/counting-target.ts';
import { startWorkerFleet } from '../support/worker-fleet.ts';

const ENVIRONMENTS = 4;
const SLOTS = ENVIRONMENTS * 100;
/** The default of a job. */
const TIMEOUT_MS = 30_000;
/** The jobs of each second on hosts that hang: 3 of 10. */
const HANGING_TENTHS = 3;
const FIRST_IN_MS = 7_000;
/** The time after the end in which late requests still count. */
const GRACE_MS = 5_000;

type Case = {
  name: string;
  /** Hosts that hang. */
  hosts: number;
  /** The names of the target that answers. With 50 names, a worker sends less than one request a second to each. */
  healthyHosts: number;
  perSecond: number;
  seconds: number;
};

const cases: Case[] = [
  { name: 'windows with room', hosts: 1, healthyHosts: 50, perSecond: 30, seconds: 40 },
  // Longer than an invocation takes executions and waits for its last requests.
  { name: 'one host, windows full', hosts: 1, healthyHosts: 1, perSecond: 100, seconds: 140 },
  { name: '20 hosts, windows full', hosts: 20, healthyHosts: 50, perSecond: 100, seconds: 50 },
];

export const hanging: Scenario = {
  name: 'hanging',
  title: `30 % of jobs on hosts that hang for ${TIMEOUT_MS / 1_000} s, ${ENVIRONMENTS} worker environments`,
  run: async (bench) => {
    for (const one of cases) await measure(bench, one);
    bench.note('lateness of the jobs on the host that answers: measured where the request arrives');
    bench.note('what has not been sent 5 s after the last is due counts as late until then');
  },
};

async function measure(bench: Bench, { name, hosts, healthyHosts, perSecond, seconds }: Case): Promise<void> {
  const stage = await bench.services.openStage('hanging');
  const target = await startProgram<TargetCalls>(
    new URL('../../test/support/counting-target.ts', import.meta.url),
  );
  const dead = await startProgram<HangingCalls>(
    new URL('../../test/support/hanging-target.ts', import.meta.url),
  );
  const fleet = await startWorkerFleet(stage, ENVIRONMENTS);
  try {
    const healthyUrl = await target.call('listen', undefined);
    const deadUrls = await dead.call('listen', hosts);
    const wanted = (perSecond * HANGING_TENTHS * TIMEOUT_MS) / 10_000;
    bench.progress(`${name}: hanging requests would hold ${wanted} of ${SLOTS} places, without retries`);

    const firstMs = Math.ceil((Date.now() + FIRST_IN_MS) / 1_000) * 1_000;
    const hangs = (place: number): boolean => place % 10 < HANGING_TENTHS;
    for (let second = 0; second < seconds; second++) {
      const due = new Date(firstMs + second * 1_000);
      const jobs = Array.from({ length: perSecond }, (_, place) => {
        const number = second * perSecond + place;
        const healthyHost = `h${number % healthyHosts}.localhost`;
        const deadNumber = Math.floor(number / 10) * HANGING_TENTHS + (place % 10);
        const api = hangs(place)
          ? (deadUrls[deadNumber % hosts] ?? '')
          : healthyUrl.replace('127.0.0.1', healthyHost);
        return { ...sampleJob(place, api, due.toISOString()), nextExecutionTime: due };
      });
      await insertJobs(stage.pool, jobs, new Date());
    }
    fleet.begin();
    const isLate = Date.now() > firstMs - 1_000;
    if (isLate) bench.note(`${name}: the workers were not ready in time for the first jobs`);
    const commandsBefore = await countCommands(stage);
    await sleep(firstMs + seconds * 1_000 + GRACE_MS - Date.now());

    const commands = (await countCommands(stage)) - commandsBefore;
    const { latenesses, repeated } = await target.call('collect', undefined);
    const late = await findUnsent(stage);
    const sent = await dead.call('collect', undefined);
    const waiting = await countWaiting(stage);
    const worst = await findWorst(stage);
    const all = Float64Array.from([...latenesses, ...late]).sort();
    const n = all.length.toLocaleString('en-US');
    bench.figure(`${name}: lateness p50`, 'ms', n, [percentile(all, 50)]);
    bench.figure(`${name}: lateness p99`, 'ms', n, [percentile(all, 99)], { atMost: 1_000 });
    bench.figure(`${name}: lateness, the latest`, 'ms', n, [percentile(all, 100)]);
    bench.figure(`${name}: claimed late, p99 of the worst 10 s`, 'ms', n, [worst]);
    bench.figure(`${name}: healthy jobs not sent at all`, 'jobs', n, [late.length], { atMost: 0 });
    bench.figure(`${name}: sent more than once`, 'jobs', n, [repeated], { atMost: 0 });
    bench.figure(`${name}: requests to hosts that hang`, 'requests', `${seconds} s`, [sent]);
    bench.figure(`${name}: due on these and waiting, at the end`, 'jobs', `${seconds} s`, [waiting]);
    bench.figure(`${name}: Redis`, 'commands/s', `${seconds} s`, [commands / (seconds + GRACE_MS / 1_000)]);
  } finally {
    await fleet.stop();
    await target.stop();
    await dead.stop();
    await stage.close();
  }
}

/** Returns the lateness of the due executions that have not been claimed, on hosts that answer, in milliseconds. */
async function findUnsent({ pool }: Stage): Promise<number[]> {
  const { rows } = await pool.query<{ executionTime: Date }>(
    `select e.execution_time as "executionTime"
       from job_executions e
       join jobs j on j.id = e.job_id
      where j.api like '%localhost%' and e.status = 'SCHEDULED' and e.execution_time <= now()`,
  );
  return rows.map(({ executionTime }) => Date.now() - executionTime.getTime());
}

/** Returns the p99 of the lateness of claims on hosts that answer, in the worst ten seconds, in milliseconds. */
async function findWorst({ pool }: Stage): Promise<number> {
  const { rows } = await pool.query<{ p99: number }>(
    `select percentile_disc(0.99) within group (order by extract(epoch from e.started_at - e.execution_time))::float8 * 1000 as p99
       from job_executions e
       join jobs j on j.id = e.job_id
      where j.api like '%localhost%' and e.started_at is not null
      group by floor(extract(epoch from e.execution_time) / 10)
      order by p99 desc
      limit 1`,
  );
  return rows[0]?.p99 ?? Number.NaN;
}

async function countWaiting({ pool }: Stage): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `select count(*) as count from job_executions where status in ('SCHEDULED', 'RETRYING') and due_at <= now()`,
  );
  return rows[0]?.count ?? 0;
}

/** Returns the number of commands that Redis has run, including commands of scripts. */
async function countCommands({ redis }: Stage): Promise<number> {
  const info = await redis.info('commandstats');
  return [...info.matchAll(/:calls=(\d+)/g)].reduce((sum, [, calls]) => sum + Number(calls), 0);
}
