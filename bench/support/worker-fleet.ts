import { setTimeout as sleep } from 'node:timers/promises';
import { localSqsClient } from '../../local/services/sqs.ts';
import { startEventSource, type EventSource } from '../../local/event-source.ts';
import { wakeUpQueue } from '../../lib/topology.ts';
import type { Stage } from '../../test/support/services.ts';
import { makeTimedTick } from './timed-tick.ts';
import { DEPLOYED, startWorkerEnvironment, type WorkerEnvironment } from './worker-environment.ts';

const TICK_EVERY_MS = 60_000;

export type WorkerFleet = {
  /** From now on wake-ups are taken, and a tick runs a minute. */
  begin: () => void;
  stop: () => Promise<void>;
};

/**
 * So many worker environments, each a process of its own, woken by the queue as the event source wakes them; and a tick a
 * minute.
 */
export async function startWorkerFleet(stage: Stage, environments: number): Promise<WorkerFleet> {
  const all: WorkerEnvironment[] = [];
  for (let place = 0; place < environments; place++)
    all.push(await startWorkerEnvironment(stage, DEPLOYED, []));
  const idle = [...all];
  const client = localSqsClient(stage.functionEnv['AWS_ENDPOINT_URL_SQS'] ?? '');
  const ending = new AbortController();

  let source: EventSource | undefined;
  let ticking: Promise<void> | undefined;

  const invoke = async (): Promise<unknown> => {
    const environment = idle.pop();
    if (environment === undefined) throw new Error('more invocations than environments');
    const { result } = await environment.wake();
    idle.push(environment);
    return result;
  };

  const tickEachMinute = async (): Promise<void> => {
    const tick = makeTimedTick(stage);
    while (!ending.signal.aborted) {
      await tick();
      await sleep(TICK_EVERY_MS, undefined, { signal: ending.signal }).catch(() => {});
    }
  };

  const begin = (): void => {
    source = startEventSource({
      client,
      queueUrl: stage.queueUrl,
      batchSize: wakeUpQueue.batchSize,
      maxConcurrency: environments,
      invoke,
      report: (line) => process.stderr.write(`${line}\n`),
    });
    ticking = tickEachMinute();
  };

  const stop = async (): Promise<void> => {
    ending.abort();
    await ticking;
    const stopped = source?.stop();
    // Requests to a host that hangs are cut off: the invocations end without a result.
    await Promise.all(all.map((environment) => environment.stop()));
    await stopped;
    client.destroy();
  };
  stage.atEnd(stop);
  return { begin, stop };
}
