import { isDeepStrictEqual } from 'node:util';
import { createPool } from '../../../lib/db/pool.ts';
import type { makeOpenApiDocument } from '../../../lib/api/openapi.ts';
import { serviceUrls } from '../../support/local-process.ts';
import type { Violations } from '../document/validate.ts';
import type { Send } from '../run/send.ts';
import { readPages } from './read-api.ts';
import { faultsOfJob } from './job-faults.ts';
import { readExecutions, readJobs, readKeys, readSchedules, type StoredJob } from './read-database.ts';

type Options = {
  directory: string;
  document: ReturnType<typeof makeOpenApiDocument>;
  violations: Violations;
  send: Send;
  key: string;
  say: (line: string) => void;
};

/** The most faults to report. */
const MOST_FAULTS = 20;

/**
 * Checks all stored data against the document: in PostgreSQL, in the API's lists, and in the API's answer for each job. Jobs are
 * checked against the schema of requests too: no job may have values that a request could not have.
 */
export async function checkStored(options: Options): Promise<string[]> {
  const { directory, violations, send, key, say } = options;
  const { postgres } = await serviceUrls(directory);
  const pool = createPool(postgres, {
    max: 1,
    statementTimeoutMs: 60_000,
    isReadOnly: true,
    onError: () => {},
  });
  try {
    const jobs = await readJobs(pool);
    const schedules = await readSchedules(pool);
    const executions = await readExecutions(pool);
    const keys = await readKeys(pool);
    say(
      `stored: ${jobs.length} jobs, ${schedules.length} schedules, ${executions.length} executions, ${keys.length} keys`,
    );
    const ofSchema = (name: string, what: string, values: readonly unknown[]): string[] => {
      // One object for all values: each new object would be compiled.
      const schema = { $ref: `#/components/schemas/${name}` };
      return values.flatMap((value) =>
        violations(schema, value).map(
          (text) => `stored ${what}: ${text} in ${JSON.stringify(value).slice(0, 500)}`,
        ),
      );
    };
    const shown = await readPages(send, key, '/api/v1/jobs', '&include=body');
    const faults = [
      ...ofSchema(
        'Job',
        'job',
        jobs.map(({ resource }) => resource),
      ),
      ...ofSchema(
        'NewJob',
        'job as a request',
        jobs.map(({ asRequest }) => asRequest),
      ),
      ...jobs.flatMap(faultsOfJob),
      ...ofSchema('JobSchedule', 'schedule', schedules),
      ...ofSchema(
        'JobExecution',
        'execution',
        executions.map(({ resource }) => resource),
      ),
      ...ofSchema('ApiKey', 'key', keys),
      ...ofSchema('Job', 'job as listed', shown),
      ...ofSchema('ApiKey', 'key as listed', await readPages(send, key, '/api/v1/keys')),
      ...differences(jobs, shown),
      ...(await faultsOfEach(send, key, shown)),
      ...executions
        .filter(({ api, isAnswered }) => isAnswered && api !== null && !isOnThisMachine(api))
        .map(({ api }) => `an execution was answered by ${api}`),
    ];
    return faults.slice(0, MOST_FAULTS);
  } finally {
    await pool.end();
  }
}

const isOnThisMachine = (api: string): boolean =>
  /^(?:localhost|127\..*|\[::1\])$/.test(URL.parse(api)?.hostname ?? '');

/** Compares the API's list with the stored jobs that are not deleted, without what moves during the check. */
function differences(jobs: readonly StoredJob[], shown: readonly unknown[]): string[] {
  const there = jobs.filter(({ isDeleted }) => !isDeleted).map(({ resource }) => resource);
  if (there.length !== shown.length) return [`${there.length} jobs are stored and ${shown.length} listed`];
  const listed = new Map(shown.map((job) => [idOf(job), withoutMoving(job)]));
  return there.flatMap((job) =>
    isDeepStrictEqual(withoutMoving(job), listed.get(job.id))
      ? []
      : [`the list shows job ${job.id} with other values than the database`],
  );
}

/** Concurrent readers: as many as the API has environments here. */
const READERS = 4;

async function faultsOfEach(send: Send, key: string, shown: readonly unknown[]): Promise<string[]> {
  const faults: string[] = [];
  const left = shown.values();
  const read = async (): Promise<void> => {
    for (const job of left) {
      const target = `/api/v1/jobs/${idOf(job)}`;
      const { status, body } = await send({
        method: 'GET',
        target,
        headers: [['x-api-key', key]],
        body: undefined,
        isChunked: false,
      });
      const isSame = status === 200 && isDeepStrictEqual(withoutMoving(JSON.parse(body)), withoutMoving(job));
      if (!isSame)
        faults.push(`GET ${target} answers ${status} and differs from the list: ${body.slice(0, 300)}`);
    }
  };
  await Promise.all(Array.from({ length: READERS }, read));
  return faults;
}

const idOf = (job: unknown): number => Number(Object(job).id);

function withoutMoving(job: unknown): unknown {
  const {
    nextExecutionTime: _,
    failuresInARow: _1,
    lastOutcome: _2,
    pausedByFailuresAt: _3,
    ...rest
  }: Record<string, unknown> = Object(job);
  return rest;
}
