import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import { openHistory } from '../shared/history.mjs';
import { post, requestOf } from '../shared/post.mjs';
import { batches, serve } from '../shared/serve.mjs';
import { untilNone } from '../shared/until-none.mjs';

const connectionString = process.env.DATABASE_URL;
const logger = new Logger(() => () => {});
const utils = await makeWorkerUtils({ connectionString, logger });
await utils.migrate();
const record = await openHistory();

async function enqueue(first, count) {
  for (const numbers of batches(first, count)) {
    await utils.addJobs(
      numbers.map((number) => ({ identifier: 'post', payload: { number, request: requestOf(number) } })),
    );
  }
}

async function work(count) {
  const done = Promise.withResolvers();
  let ran = 0;
  const task = async ({ number, request }) => {
    const startedMs = performance.now();
    const status = await post(request);
    await record(number, status, Math.round(performance.now() - startedMs));
    ran += 1;
    if (ran === count) done.resolve();
  };
  const runner = await run({
    taskList: { post: task },
    parsedCronItems: [],
    noHandleSignals: true,
    preset: {
      worker: {
        connectionString,
        logger,
        concurrentJobs: 100,
        // The settings of its performance page: jobs are fetched by 500, and jobs that end together are deleted together.
        localQueue: { size: 500 },
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
        maxPoolSize: 25,
      },
    },
  });
  await done.promise;
  // A job that is done is deleted.
  await untilNone('select from graphile_worker._private_jobs limit 1');
  return () => runner.stop();
}

serve({ enqueue, work });
