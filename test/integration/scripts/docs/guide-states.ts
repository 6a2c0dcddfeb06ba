import { createServer } from 'node:http';
import * as z from 'zod';
import { closeServer, listen } from '../../../support/listen.ts';
import type { RunningBelfry } from '../../../support/local-process.ts';
import { until } from '../../../support/waiting.ts';

type Target = { query: string; group?: string; maxRetryCount?: number };

const id = z.object({ id: z.int() });
const executions = z.object({ items: z.array(z.object({ id: z.int(), status: z.string() })) });
const status = z.object({ status: z.string() });
const groups = z.object({ items: z.array(z.looseObject({ id: z.int() })) });
const outcomes = z.object({
  items: z.array(
    z.object({ group: z.string(), outcomes: z.object({ executions: z.object({ succeeded: z.int() }) }) }),
  ),
});

const SOON = { timeoutMs: 20_000, everyMs: 100 };
/** A tick, which comes within a minute, counts failures and outcomes, and records what a schedule skips. */
const NEXT_TICK = { timeoutMs: 80_000, everyMs: 500 };
/** The states that the next tick makes. A page that needs one belongs behind the pages that do not. */
export const STATES_OF_A_TICK: ReadonlySet<string | undefined> = new Set([
  'a skipped execution',
  'a failure group',
  'a group with outcomes',
]);

/** Starts a target that fails once, and tells the secret that it was sent. */
export async function startFailOnce() {
  let hasFailed = false;
  const server = createServer((_request, response) => {
    response.statusCode = hasFailed ? 200 : 503;
    hasFailed = true;
    response.setHeader('content-type', 'application/json');
    response.setHeader('set-cookie', 'session=1');
    response.end('{"error":"the report server is down","you":"Bearer s3cret"}');
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}/`, close: () => closeServer(server) };
}

/**
 * Makes the states that blocks of the guide need. Each function returns the id to put into the block.
 *
 * @param belfry.failOnce a target that fails once.
 * @param belfry.makeBehind makes the schedule of a job hours behind, as after an outage.
 */
export function makeGuideStates({
  call,
  address,
  apiKey,
  failOnce,
  makeBehind,
}: Pick<RunningBelfry, 'call' | 'address' | 'apiKey'> & {
  failOnce: { url: string };
  makeBehind: (jobId: number) => Promise<void>;
}) {
  /** Creates a job by a request that belongs to a trace. */
  const createTraced = async (job: object) => {
    const response = await fetch(`${address}/api/v1/jobs`, {
      method: 'POST',
      headers: {
        'x-api-key': apiKey,
        'content-type': 'application/json',
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      },
      body: JSON.stringify(job),
    });
    return id.parse(await response.json());
  };
  const run = async ({ query, group, maxRetryCount = 0 }: Target, wanted: string): Promise<number> => {
    const job = id.parse(
      await call('POST', '/api/v1/jobs', {
        schedule: '@yearly',
        api: `${address}/_local/echo?${query}`,
        maxRetryCount,
        ...(group !== undefined && { group }),
      }),
    );
    const execution = id.parse(await call('POST', `/api/v1/jobs/${job.id}/run`));
    await until(
      async () => status.parse(await call('GET', `/api/v1/executions/${execution.id}`)).status === wanted,
      SOON,
    );
    return execution.id;
  };
  /** Runs the executions that the next tick counts. */
  const runCounted = once(() =>
    Promise.all([
      run({ query: 'status=503', group: 'billing' }, 'FAILED'),
      run({ query: 'a=b', group: 'billing' }, 'SUCCESS'),
    ]),
  );
  /** Creates a job whose occurrences the next tick skips. */
  const createSkipping = once(async () => {
    const job = id.parse(
      await call('POST', '/api/v1/jobs', { schedule: '@every 1h', api: `${address}/_local/echo` }),
    );
    await makeBehind(job.id);
    return job;
  });
  const states: Record<string, () => Promise<number>> = {
    'a failed execution': () => run({ query: 'status=503' }, 'FAILED'),
    'a running execution': () => run({ query: 'delayMs=15000' }, 'RUNNING'),
    'a retried execution': once(async () => {
      const { id: jobId } = await createTraced({
        schedule: new Date(Date.now() + 2_000).toISOString(),
        api: failOnce.url,
        headers: { Authorization: 'Bearer s3cret' },
      });
      const ended = async () =>
        executions
          .parse(await call('GET', `/api/v1/jobs/${jobId}/history`))
          .items.find((execution) => execution.status === 'SUCCESS');
      return (await until(ended, SOON)).id;
    }),
    'a skipped execution': async () => {
      const job = await createSkipping();
      const skipped = async () =>
        executions.parse(await call('GET', `/api/v1/jobs/${job.id}/history?status=SKIPPED`)).items[0];
      return (await until(skipped, NEXT_TICK)).id;
    },
    'a failure group': async () => {
      await runCounted();
      const list = async () => groups.parse(await call('GET', '/api/v1/failures')).items[0];
      return (await until(list, NEXT_TICK)).id;
    },
    'a group with outcomes': async () => {
      await runCounted();
      const isCounted = async () => {
        const { items } = outcomes.parse(await call('GET', '/api/v1/groups?span=1h'));
        return items[0]?.group === 'billing' && items[0].outcomes.executions.succeeded > 0;
      };
      await until(isCounted, NEXT_TICK);
      return 0;
    },
    'a paused job': async () =>
      id.parse(
        await call('PUT', '/api/v1/jobs/by-key/shop%2Farchive', {
          name: 'archive of orders',
          tags: ['shop'],
          group: 'orders',
          schedule: '@daily',
          api: `${address}/_local/echo`,
          isActive: false,
        }),
      ).id,
  };
  /** Begins the states of a tick all at once, so that they wait for the same one, while the test continues. */
  const begin = once(async () => {
    await Promise.all([runCounted(), createSkipping()]);
  });
  return { states, begin };
}

/** Returns the function that calls the given one the first time, and has the same result from then on. */
function once<Result>(make: () => Promise<Result>): () => Promise<Result> {
  let made: Promise<Result> | undefined;
  return () => (made ??= make());
}

/** Puts the id of a state, and an instant in the future, in place of the ones that a block shows. */
export const withState = (script: string, stateId: number): string =>
  script
    .replaceAll(/(\/(?:executions|failures)\/)\d+/g, `$1${stateId}`)
    .replace(/"until": "[^"]+"/, `"until": "${new Date(Date.now() + 86_400_000).toISOString()}"`);
