import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createPool } from '../../../../lib/db/pool.ts';
import { makeOpenApiDocument } from '../../../../lib/api/openapi.ts';
import {
  type CurlExample,
  curlExamplesOf,
  shapeOf,
  withNullsOf,
} from '../../../../scripts/docs/curl-examples.ts';
import { makeBehind } from '../../../support/outage.ts';
import { type RunningBelfry, serviceUrls, startLocalRun } from '../../../support/local-process.ts';
import { until } from '../../../support/waiting.ts';
import { makeGuideStates, startFailOnce, STATES_OF_A_TICK, withState } from './guide-states.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
// The page of jobs comes first: it makes the jobs that the others read.
const FIRST_PAGES = ['README.md', 'docs/guide/jobs.md'];
const pages = [...FIRST_PAGES, ...globSync('docs/guide/*.md', { cwd: root }).sort()];
const waitsForTick = (page: readonly CurlExample[]) => page.some(({ needs }) => STATES_OF_A_TICK.has(needs));
const examplesByPage = [...new Set(pages)].map((page) =>
  curlExamplesOf(page, readFileSync(`${root}${page}`, 'utf8')),
);
const examples = [
  ...examplesByPage.filter((page) => !waitsForTick(page)),
  ...examplesByPage.filter(waitsForTick),
].flat();

let directory: string;
let belfry: RunningBelfry;
let failOnce: Awaited<ReturnType<typeof startFailOnce>>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'belfry-docs-'));
  failOnce = await startFailOnce();
  belfry = await startLocalRun(join(directory, '.local'));
});

afterAll(async () => {
  belfry.child.kill('SIGINT');
  await belfry.ended;
  await failOnce.close();
  await rm(directory, { recursive: true, force: true });
});

/** Runs the block as it stands, where `npm start` was run. Each curl also prints its status, on a line of its own. */
async function run({ script }: Pick<CurlExample, 'script'>): Promise<{ status: number; body: string }[]> {
  const wrapper = String.raw`curl() { command curl --max-time 20 -w '\n%{http_code}\n' "$@"; }`;
  const here = script.replaceAll('http://127.0.0.1:8080', belfry.address);
  const { stdout } = await promisify(execFile)('bash', ['-c', `set -eu\n${wrapper}\n${here}`], {
    cwd: directory,
    env: { PATH: process.env['PATH'] ?? '', KEY: belfry.apiKey },
  });
  return [...stdout.matchAll(/([\s\S]*?)\n(\d{3})\n/g)].map(([, body = '', status]) => ({
    status: Number(status),
    body,
  }));
}

/** The status of a problem is in the answer that the page shows; other answers are the operation's success. */
function expectedStatus(shown: unknown): number | undefined {
  if (typeof shown !== 'object' || shown === null || !('code' in shown) || !('status' in shown))
    return undefined;
  return typeof shown.status === 'number' ? shown.status : undefined;
}

test('the documents show requests with curl, and answers to them', () => {
  expect(examples.length).toBeGreaterThan(50);
  expect(examples.filter(({ shown }) => shown !== undefined).length).toBeGreaterThan(30);
});

test('every curl command of the README and the guide works on a local run, and is answered as the page shows', async () => {
  const faults: object[] = [];
  const makeBehindHours = async (jobId: number): Promise<void> => {
    const { postgres } = await serviceUrls(join(directory, '.local'));
    const pool = createPool(postgres, { max: 1, statementTimeoutMs: 10_000, onError: () => {} });
    await makeBehind(pool, jobId, { hours: 300 });
    await pool.end();
  };
  const { states, begin } = makeGuideStates({ ...belfry, failOnce, makeBehind: makeBehindHours });
  for (const { needs, ...described } of examples) {
    if (!FIRST_PAGES.includes(described.page)) await begin();
    const stateId = needs === undefined ? undefined : await states[needs]?.();
    if (needs !== undefined && stateId === undefined) throw new Error(`no state is called ${needs}`);
    const script = stateId === undefined ? described.script : withState(described.script, stateId);
    const example = { ...described, script };
    const { page, line, shown } = example;
    let answers = await run(example);
    // A page that shows an ended execution reads the history of a job that was created before it on the same page.
    if (/history/.test(script) && !script.includes('-X')) {
      await until(
        async () => {
          answers = await run(example);
          return answers.some(({ body }) => !body.includes('"items":[]'));
        },
        { timeoutMs: 15_000, everyMs: 500 },
      ).catch(() => faults.push({ page, line, fault: 'the history stayed empty' }));
    }
    const status = expectedStatus(shown);
    for (const answer of answers) {
      const isExpected =
        status === undefined ? Math.floor(answer.status / 100) === 2 : answer.status === status;
      if (!isExpected) faults.push({ page, line, ...answer });
    }
    if (shown === undefined) continue;
    const [answered, expected] = [shapeOf(JSON.parse(answers.at(-1)?.body ?? 'null')), shapeOf(shown)];
    const shapes = {
      answered: withNullsOf(answered, expected),
      expected: withNullsOf(expected, answered),
    };
    if (!isDeepStrictEqual(shapes.answered, shapes.expected)) faults.push({ page, line, ...shapes });
  }
  expect(faults).toEqual([]);
}, 300_000);

test('every path that a curl command calls is one of the OpenAPI document', () => {
  const known = Object.keys(makeOpenApiDocument().paths ?? {}).map(
    (path) => new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  );
  const called = examples.flatMap(({ script }) =>
    [...script.matchAll(/127\.0\.0\.1:8080(\/(?!_local)[^\s"'?]*)/g)].map(([, path = '']) => path),
  );
  expect(called.filter((path) => !known.some((pattern) => pattern.test(path)))).toEqual([]);
});
