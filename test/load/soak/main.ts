import { writeFile } from 'node:fs/promises';
import { orEnd, readOwnCommandLine } from '../../../local/commands/command-line.ts';
import { openApiClient } from '../../support/api-client.ts';
import { describeMachine, machineText } from '../../support/machine.ts';
import { startProgram } from '../../support/processes/program.ts';
import type { Services } from '../../support/services.ts';
import { percentile } from '../../support/stats.ts';
import type { TargetCalls } from '../../support/counting-target.ts';
import { close } from './closing.ts';
import { FULL_SPEED_JOBS, measureFullSpeed } from './full-speed.ts';
import { judgeClosing } from './judge-closing.ts';
import { judgeConnections } from './judge-connections.ts';
import { judgeMemory } from './judge-memory.ts';
import { judgeTables } from './judge-tables.ts';
import { putOldHistory, RETENTION_DAYS } from './old-history.ts';
import { readSoakOptions, soakCommand, type SoakOptions } from './options.ts';
import { keepTargetLog } from './target-log.ts';
import { callApi, postRecurring } from './traffic.ts';
import { watch } from './watch.ts';
import { startBelfry } from '../support/belfry.ts';
import { runAgainstServices } from '../support/run.ts';
import { exactly, printVerdicts } from '../support/verdict.ts';

const ENVIRONMENTS = { api: 2, scheduler: 1, worker: 4 };

/** The shortest run that can show whether resident memory and tables grow. */
const LONG_MINUTES = 10;
const UNTOLD = `A run of less than ${LONG_MINUTES} minutes cannot show growth of resident memory or tables, or slow leaks.\n`;

const say = (line: string): void => console.log(line);

const { values } = readOwnCommandLine(soakCommand);
const options = orEnd(() => readSoakOptions(values));
await runAgainstServices((services) => {
  console.log(machineText(describeMachine(services)));
  return soak(services, options);
});

async function soak(
  services: Services,
  { minutes, perSecond, samples: file }: SoakOptions,
): Promise<boolean> {
  const stage = await services.openStage('soak');
  stage.atEnd(stage.close);
  const target = await startProgram<TargetCalls>(
    new URL('../../support/counting-target.ts', import.meta.url),
  );
  stage.atEnd(target.stop);
  await putOldHistory(stage.pool, new Date());
  const complaints: string[] = [];
  const complain = (line: string): void => {
    complaints.push(line);
    console.error(line);
  };
  const belfry = await startBelfry(stage, {
    environments: ENVIRONMENTS,
    functionEnv: { BELFRY_RETENTION_DAYS: String(RETENTION_DAYS) },
    isTicking: true,
    onLine: (line) => (isError(line) ? complain(line) : console.error(line)),
    report: complain,
  });
  const client = openApiClient(belfry, 20);
  stage.atEnd(client.close);
  const readLog = keepTargetLog(target);
  const api = await target.call('listen', undefined);

  const fullSpeed = await measureFullSpeed({ stage, client }, api);
  const rate = perSecond ?? fullSpeed / 2;
  say(
    `full speed: ${fullSpeed.toFixed(0)} executions a second; now ${rate.toFixed(0)} for ${minutes} minutes`,
  );
  const recurring = await postRecurring(client, { api, perSecond: rate });
  let isOver = false;
  const calling = callApi(client, { api, recurring, isOver: () => isOver });
  // Awaited below.
  calling.catch(() => {});
  const samples = await watch({ stage, belfry, readLog }, { minutes, say });
  isOver = true;
  const latencies = (await calling).sort((a, b) => a - b);
  if (file !== undefined) await writeFile(file, JSON.stringify(samples));

  const closing = await close({ stage, belfry, client, readLog }, { recurring, say });
  const isLong = minutes >= LONG_MINUTES;
  const warm = samples.filter(({ atMinutes }) => atMinutes >= warmUpOf(minutes));
  say(
    `\n${closing.log.requests.toLocaleString('en-US')} requests; the API's p99 ${percentile(latencies, 99).toFixed(0)} ms; ` +
      `${samples.length} samples, ${warm.length} of them after the warm-up\n`,
  );
  if (!isLong) say(UNTOLD);
  return printVerdicts([
    ...judgeMemory(warm, { isLong }),
    ...judgeConnections(samples, ENVIRONMENTS),
    ...judgeTables(warm, { mostSchedules: FULL_SPEED_JOBS + recurring.length, isLong }),
    ...judgeClosing(closing, new Date()),
    exactly('errors reported by functions, gateway and event source', complaints.length, 0, ''),
  ]);
}

/** Whether a line is an error. Warnings are not: Belfry continues by itself, and on a busy machine a command may time out. */
function isError(line: string): boolean {
  return !line.includes('"level":"WARN"');
}

/** Minutes in which code is compiled and connections and caches fill: a quarter of the run, at most five minutes. */
function warmUpOf(minutes: number): number {
  return Math.min(minutes / 4, 5);
}
