import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeOpenApiDocument } from '../../../lib/api/openapi.ts';
import { freePort } from '../../support/free-port.ts';
import { type RunningBelfry, startLocalRun } from '../../support/local-process.ts';
import type { Operation } from '../document/operations.ts';
import { readApi } from '../document/operations.ts';
import { makeViolations } from '../document/validate.ts';
import { rawRequests } from '../raw/raw-requests.ts';
import { makeSendRaw } from '../raw/send-raw.ts';
import { plans } from '../requests/plan.ts';
import { checkLogs } from '../stored/logs.ts';
import { checkStored } from '../stored/stored.ts';
import { makeExchange } from './exchange.ts';
import { runLanes } from './lanes.ts';
import { makeKeys } from './make-keys.ts';
import { makeSend } from './send.ts';
import { makeTally } from './tally.ts';

/** Jobs have generated URLs, and their requests must not leave this machine. */
const LOOPBACK_ONLY = new URL('../../support/loopback-only.ts', import.meta.url).href;
/** Twice the API environments of the local run, so that as many requests wait for one. */
const LANES = 8;
/** One in this number of requests is sent as raw bytes over its own socket. */
const RAW_EVERY = 25;
/** A run with fewer requests may leave out an operation. */
const ENOUGH_FOR_ALL = 5_000;

type Options = { requests: number; seed: number; say: (line: string) => void };

/**
 * Whether a random request is sure to succeed in some thousand. The first failure group comes with the tick after the first
 * failure, an operation is over before most aborts, and an execution has ended before most cancellations.
 */
const canSucceed = ({ key }: Operation): boolean => !/\/failures\/\{id\}|\/abort$|\/cancel$/.test(key);

/** Runs the fuzzer and returns every fault. */
export async function runFuzz(options: Options): Promise<string[]> {
  const directory = await mkdtemp(join(tmpdir(), 'belfry-fuzz-'));
  try {
    // The port must be known before the start, because the jobs call it.
    const port = await freePort();
    const belfry = await startLocalRun(
      directory,
      {
        PORT: String(port),
        // Logs each request, so that the check for secrets has lines to read.
        BELFRY_LOG_LEVEL: 'INFO',
        // The limiter counts as usual, but its limits are never reached.
        BELFRY_RATE_LIMIT_PER_SECOND: '100000',
        BELFRY_RATE_LIMIT_BURST: '200000',
      },
      undefined,
      ['--import', LOOPBACK_ONLY],
    );
    try {
      return await fuzz(belfry, { ...options, port, directory });
    } finally {
      belfry.child.kill('SIGTERM');
      await belfry.ended;
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function fuzz(
  belfry: RunningBelfry,
  { requests, seed, say, port, directory }: Options & { port: number; directory: string },
): Promise<string[]> {
  const document = makeOpenApiDocument();
  const api = readApi(document);
  const violations = makeViolations(document);
  const tally = makeTally();
  const home = { port };
  const { send, close } = makeSend(port, { keepAlive: true });
  try {
    const state = await makeKeys(send, belfry.apiKey);
    const startedMs = performance.now();
    const exchange = makeExchange({ document, api, violations, home, state, send, tally });
    const raw = Math.floor(requests / RAW_EVERY);
    const failures = await Promise.all([
      runLanes({
        seed,
        requests: requests - raw,
        lanes: LANES,
        arbitrary: plans({ api, violations, home }),
        act: exchange,
      }),
      runLanes({
        seed: seed + LANES,
        requests: raw,
        lanes: 2,
        arbitrary: rawRequests(state.keys.all),
        act: makeSendRaw(port, tally),
      }),
    ]);
    const seconds = (performance.now() - startedMs) / 1_000;
    say(`${requests} requests in ${seconds.toFixed(1)} s, ${(requests / seconds).toFixed(0)} a second`);
    for (const line of tally.lines()) say(`  ${line}`);
    const faults = failures.filter((failure) => failure !== undefined);
    if (faults.length > 0) return [...faults, ...deathOf(belfry)];
    const gaps =
      requests < ENOUGH_FOR_ALL ? [] : tally.gaps(api.operations.filter(canSucceed).map(({ key }) => key));
    const secrets = [belfry.apiKey, ...Object.values(state.keys), ...state.madeKeys];
    return [
      ...gaps,
      ...deathOf(belfry),
      ...(await checkStored({
        directory,
        document,
        violations,
        send: makeSend(port, { keepAlive: false }).send,
        key: state.keys.all,
        say,
      })),
      ...(await checkLogs({ directory, output: belfry.stdout() + belfry.stderr(), secrets })),
    ];
  } finally {
    close();
  }
}

function deathOf({ child, stderr }: RunningBelfry): string[] {
  return [
    ...(child.exitCode === null && child.signalCode === null ? [] : ['Belfry ended']),
    // Belfry reports there environments that died, and invalid answers of functions.
    ...(stderr() === '' ? [] : [`Belfry reported an error: ${stderr().slice(0, 2_000)}`]),
  ];
}
