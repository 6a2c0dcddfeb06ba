import { PgBoss } from 'pg-boss';
import { post, requestOf } from '../shared/post.mjs';
import { batches, serve } from '../shared/serve.mjs';
import { untilNone } from '../shared/until-none.mjs';

const boss = new PgBoss({
  connectionString: process.env.DATABASE_URL,
  // No maintenance and no cron during the work.
  supervise: false,
  schedule: false,
});
boss.on('error', (error) => process.stderr.write(`pg-boss: ${error.message}\n`));
await boss.start();
await boss.createQueue('bench');

async function enqueue(first, count) {
  for (const numbers of batches(first, count)) {
    await boss.insert(
      'bench',
      numbers.map((number) => ({ data: requestOf(number) })),
    );
  }
}

async function work(count) {
  const done = Promise.withResolvers();
  let sent = 0;
  const run = async (jobs) => {
    await Promise.all(jobs.map(({ data }) => post(data)));
    sent += jobs.length;
    if (sent === count) done.resolve();
  };
  await boss.work(
    'bench',
    {
      // A batch is fetched by one statement and completed by one.
      batchSize: 100,
      // While one batch is out, the other is being completed and the next one fetched.
      localConcurrency: 2,
      // Full batches follow each other without a pause; else there is one of half a second at least.
      burstWhenBatchFull: true,
      pollingIntervalSeconds: 0.5,
    },
    run,
  );
  await done.promise;
  // The job's own row, completed, is the record.
  await untilNone(`select from pgboss.job where state < 'completed' limit 1`);
  return () => boss.offWork('bench', { wait: true });
}

serve({ enqueue, work });
