import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { buildBundle } from '../../infra/build-bundle.ts';
import { nodeOptions } from '../../infra/bundling.ts';
import { deployFunctions, functions, type FunctionSettings } from '../../lib/topology.ts';
import type { Bench, Scenario } from '../support/figures.ts';

const STARTS = 15;
/** No service listens there: a function connects only when it is first called. */
const ENV = {
  DATABASE_URL: 'postgresql://bench@127.0.0.1:9/bench',
  REDIS_URL: 'redis://127.0.0.1:9',
  BELFRY_WAKE_UP_QUEUE_URL: 'http://127.0.0.1:9/bench',
  AWS_REGION: 'us-east-1',
  BELFRY_ADMIN_KEY_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:bench',
  BELFRY_DATA_KEYS_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:bench-keys',
};

export const coldStart: Scenario = {
  name: 'cold-start',
  title: 'a function starts: from the import of its bundle to its handler, in a new process, without network',
  run: async (bench) => {
    const directory = await mkdtemp(join(tmpdir(), 'belfry-bundles-'));
    try {
      const all: Record<string, FunctionSettings> = { ...functions, ...deployFunctions };
      for (const [name, settings] of Object.entries(all)) {
        bench.progress(name);
        await measure(bench, name, settings, join(directory, name));
      }
    } finally {
      await rm(directory, { recursive: true });
    }
  },
};

async function measure(bench: Bench, name: string, settings: FunctionSettings, directory: string) {
  const { url, code, sourceMap } = await buildBundle(settings.entry, directory);
  // The first reads the file from the disk.
  await start(url, settings);
  const importMs: number[] = [];
  const rssMb: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const started = await start(url, settings);
    importMs.push(started.importMs);
    rssMb.push(started.rssMb);
  }
  bench.figure(`${name}: import to ready`, 'ms', '1', importMs, { atMost: 250 });
  bench.figure(`${name}: memory then (RSS)`, 'MB', '1', rssMb);
  bench.note(`${name}: bundle ${kilobytes(code)} KB, source map ${kilobytes(sourceMap)} KB`);
}

const kilobytes = (text: string): string =>
  Math.round(Buffer.byteLength(text) / 1_000).toLocaleString('en-US');

// JavaScript on the command line: a TypeScript program would load the compiler into the process.
const MEASURE = `
  const startedMs = performance.now();
  const { handler } = await import(process.argv[1]);
  const importMs = performance.now() - startedMs;
  const rssMb = process.memoryUsage().rss / 1_048_576;
  process.stdout.write(JSON.stringify({ handler: typeof handler, importMs, rssMb }), () => process.exit());`;

const startSchema = z.object({ handler: z.literal('function'), importMs: z.number(), rssMb: z.number() });

async function start(bundle: URL, settings: FunctionSettings) {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', MEASURE, bundle.href],
    { env: { ...ENV, NODE_OPTIONS: nodeOptions(settings) } },
  );
  return startSchema.parse(JSON.parse(stdout));
}
