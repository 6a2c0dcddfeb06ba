import { loadavg } from 'node:os';
import { readOwnCommandLine } from '../../../local/commands/command-line.ts';
import { openApiClient } from '../../support/api-client.ts';
import { callSteadily } from '../../support/api-load.ts';
import { describeMachine, machineText } from '../../support/machine.ts';
import { startProgram } from '../../support/processes/program.ts';
import type { Services, Stage } from '../../support/services.ts';
import type { TargetCalls } from '../../support/counting-target.ts';
import { postBacklog, postDistantJobs, watchDrain } from './backlog.ts';
import { greatest, judge, takenPerSecond, type Overloaded } from './measure.ts';
import {
  API_CALLS_PER_SECOND,
  API_ENVIRONMENTS,
  DUE_PER_SECOND,
  EXECUTIONS,
  GIVE_UP_AFTER_MS,
  TARGET_MS,
  WINDOW,
  WORKERS,
} from './settings.ts';
import { poll } from '../../support/waiting.ts';
import { startBelfry } from '../support/belfry.ts';
import { makeMetricKeeper } from '../support/emitted.ts';
import { readQueueDepth } from '../support/queue-depth.ts';
import { runAgainstServices } from '../support/run.ts';
import { printVerdicts } from '../support/verdict.ts';

const WAKE_UPS_GONE_WITHIN_MS = 20_000;
/** Time to post the backlog, before its first job is due. A slow machine needs 15 s. */
const POSTED_AHEAD_MS = 30_000;

readOwnCommandLine({
  name: 'npm run overload',
  does: 'Makes ten times more executions due than the workers take, and checks order, pauses and the API. Takes one and a half minutes.',
  options: {},
  details: [
    'Exit status: 0 when every limit was kept, 1 when not. docs/testing/load.md describes the limits.',
  ],
});

await runAgainstServices(async (services) => {
  console.log(machineText(describeMachine(services)));
  console.log(
    `${EXECUTIONS.toLocaleString('en-US')} executions, ${DUE_PER_SECOND.toLocaleString('en-US')} a second, for ` +
      `${WORKERS} workers with ${WINDOW} open requests each and a target that takes ${TARGET_MS} ms`,
  );
  const run = await overload(services);
  console.log(
    `the workers took ${takenPerSecond(run.arrivals).toFixed(0)} a second; the oldest due execution waited ` +
      `${greatest(run.ages).toFixed(1)} s at most\n`,
  );
  return printVerdicts(judge(run));
});

async function overload(services: Services): Promise<Overloaded> {
  const stage = await services.openStage('overload');
  stage.atEnd(stage.close);
  const target = await startProgram<TargetCalls>(
    new URL('../../support/counting-target.ts', import.meta.url),
  );
  stage.atEnd(target.stop);
  const ages = makeMetricKeeper('oldestDueAge', (line) => console.error(line));
  const belfry = await startBelfry(stage, {
    environments: { api: API_ENVIRONMENTS, scheduler: 1, worker: WORKERS },
    functionEnv: { BELFRY_MAX_IN_FLIGHT: String(WINDOW), BELFRY_DEPLOYMENT: 'overload' },
    // Workers must wake each other. A tick that wakes them would hide a failure to do so.
    isTicking: false,
    onLine: ages.onLine,
    report: (line) => console.error(line),
  });
  const client = openApiClient(belfry, 20);
  stage.atEnd(client.close);

  const api = `${await target.call('listen', undefined)}?after=${TARGET_MS}`;
  const firstMs = Date.now() + POSTED_AHEAD_MS;
  const backlog = { api, count: EXECUTIONS, perSecond: DUE_PER_SECOND, firstMs };
  await postBacklog(client, backlog);
  const calls = { ids: await postDistantJobs(client), perSecond: API_CALLS_PER_SECOND };
  // A job that is posted late is overtaken by others, however well the workers keep the order.
  if (Date.now() > firstMs) throw new Error('the backlog was not posted before its first job was due');
  // The first calls connect and compile, so they are not measured.
  await callSteadily(client, { ...calls, until: () => Date.now() >= firstMs });

  let isOver = false;
  const calling = callSteadily(client, { ...calls, until: () => isOver });
  // Awaited below, after the drain.
  calling.catch(() => {});
  const drained = await watchDrain(
    { stage, client, target },
    {
      count: EXECUTIONS,
      giveUpAtMs: firstMs + GIVE_UP_AFTER_MS,
      // One tick, for its metric; normally there is one each minute.
      onHalf: async () => void (await belfry.tick()),
    },
  );
  isOver = true;
  const latencies = [...(await calling).values()].flat();
  const statuses = await countStatuses(stage);
  // Busy workers have left wake-ups in the queue, for which there is no work.
  let depth = await readQueueDepth(stage);
  await poll(
    async () => {
      depth = await readQueueDepth(stage);
      return depth.wakeUps === 0;
    },
    { timeoutMs: WAKE_UPS_GONE_WITHIN_MS },
  );
  return {
    ...drained,
    metricAges: ages.kept.map(({ atMs, value }) => ({ atMs, withinMs: 0, seconds: value })),
    latencies,
    load: loadavg()[0] ?? 0,
    statuses,
    wakeUpsLeft: depth.wakeUps,
    deadLetters: depth.deadLetters,
  };
}

async function countStatuses({ pool }: Stage): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ status: string; count: number }>(
    'select status, count(*) from job_executions group by status',
  );
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}
