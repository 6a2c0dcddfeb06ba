import { Queue, Worker } from 'bullmq';
import { openHistory } from '../shared/history.mjs';
import { post, requestOf } from '../shared/post.mjs';
import { batches, serve } from '../shared/serve.mjs';

// A worker blocks on its connection, for which BullMQ asks for this setting.
const connection = { url: process.env.REDIS_URL, maxRetriesPerRequest: null };

const queue = new Queue('bench', {
  connection,
  // The record is the row in PostgreSQL; to keep the job in Redis too would be a second one.
  defaultJobOptions: { removeOnComplete: true },
});
const record = await openHistory();

async function enqueue(first, count) {
  for (const numbers of batches(first, count)) {
    await queue.addBulk(
      numbers.map((number) => ({ name: 'post', data: { number, request: requestOf(number) } })),
    );
  }
}

async function work(count) {
  const done = Promise.withResolvers();
  const run = async ({ data: { number, request } }) => {
    const startedMs = performance.now();
    const status = await post(request);
    await record(number, status, Math.round(performance.now() - startedMs));
  };
  // BullMQ's documentation recommends a concurrency of 100 to 300 for jobs that wait for I/O.
  const worker = new Worker('bench', run, { connection, concurrency: 100 });
  let completed = 0;
  worker.on('completed', () => {
    completed += 1;
    if (completed === count) done.resolve();
  });
  worker.on('failed', (_job, error) => done.reject(error));
  worker.on('error', done.reject);
  await done.promise;
  return () => worker.close();
}

serve({ enqueue, work });
