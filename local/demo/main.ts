import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { readOwnCommandLine } from '../commands/command-line.ts';
import { LocalRunError } from '../data-dir/data-dir.ts';
import { type Client, connectToRunning } from './client.ts';
import { makeFollower } from './events.ts';
import { planDemo } from './plan.ts';

readOwnCommandLine({
  name: 'npm run demo',
  does: 'Creates three jobs in the Belfry that `npm start` runs, prints their executions, and deletes them. Takes a few seconds.',
  options: {},
  details: [
    'Variables: BELFRY_DATA_DIR, the data directory of that Belfry (.local by default); or BELFRY_URL and BELFRY_API_KEY,',
    'the address and the key of another Belfry.',
  ],
});

const LIMIT_MS = 60_000;
const LOOK_EVERY_MS = 150;

const print = (line: string) => void process.stdout.write(`${line}\n`);
const interrupted = new AbortController();

async function show(client: Client, jobIds: number[]): Promise<void> {
  const jobs = planDemo(client.address, Date.now(), randomUUID().slice(0, 8));
  print(`Three jobs for the Belfry at ${client.address}, each calling its echo target.\n`);
  const followed = [];
  for (const job of jobs) {
    const id = await client.createJob(job.body);
    jobIds.push(id);
    print(`  job ${id}: ${job.name}`);
    followed.push({ job, id, newEvents: makeFollower(job.name), summary: '' });
  }
  print('');
  const deadline = performance.now() + LIMIT_MS;
  while (followed.some(({ summary }) => summary === '')) {
    if (performance.now() > deadline) {
      const missing = followed.filter(({ summary }) => summary === '').map(({ job }) => job.name);
      throw new LocalRunError(
        `these jobs did not finish within ${LIMIT_MS / 1_000} s: ${missing.join(', ')}`,
      );
    }
    for (const entry of followed) {
      const history = await client.listHistory(entry.id);
      for (const line of entry.newEvents(history)) print(line);
      if (entry.job.hasShown(history)) entry.summary = entry.job.summary(history);
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal: interrupted.signal });
  }
  print('');
  for (const { job, summary } of followed) print(`  ${job.name.padEnd(12)}  ${summary}`);
}

async function main(): Promise<void> {
  const client = await connectToRunning(process.env);
  const jobIds: number[] = [];
  try {
    await show(client, jobIds);
  } finally {
    await Promise.all(jobIds.map((id) => client.deleteJob(id)));
    if (jobIds.length > 0) print('\nThe jobs are deleted.');
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // The second signal ends the process at once and leaves the jobs behind.
    if (interrupted.signal.aborted) process.exit(1);
    interrupted.abort();
  });
}

try {
  await main();
} catch (error) {
  if (!interrupted.signal.aborted) {
    const isPlain = error instanceof LocalRunError || !(error instanceof Error);
    process.stderr.write(`belfry: ${isPlain ? String(error).replace(/^\w+: /, '') : error.stack}\n`);
  }
  process.exitCode = 1;
}
