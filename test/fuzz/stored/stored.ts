import { isDeepStrictEqual } from 'node:util';
import { createPool } from '../../../lib/db/pool.ts';
import type { makeOpenApiDocument } from '../../../lib/api/openapi.ts';
import { serviceUrls } from '../../support/local-process.ts';
import type { Violations } from '../document/validate.ts';
import type { Send } from '../run/send.ts';
import { isHome, type Home } from '../values/known-good.ts';
import { readPages } from './read-api.ts';
import { faultsOfJob, isFarAway } from './job-faults.ts';
import { readExecutions, readJobs, readKeys, readSchedules, type StoredJob } from './read-database.ts';

type Options = {
  directory: string;
  document: ReturnType<typeof makeOpenApiDocument>;
  violations: Violations;
  send: Send;
  key: string;
  home: Home;
  say: (line: string) => void;
};

/** Enough to see what is wrong. */
const MOST_FAULTS = 20;

/**
 * Holds everything that is stored against the document: as PostgreSQL has it, as the API lists it and as the API shows each.
 * Jobs are held against the schema of requests as well: nothing is there that could not have been sent.
 */
export async function checkStored(options: Options): Promise<string[]> {
  const { directory, violations, send, key, home, say } = options;
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
      // One object: the schema is compiled for each that is new.
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
        .filter(({ api }) => api !== null && !isHome(home, api))
        .map(({ api }) => `an execution was made for ${api}`),
      ...jobs
        .filter(({ resource }) => !isHome(home, resource.api) && !isFarAway(resource))
        .map(({ resource }) => `job ${resource.id} is soon to call ${resource.api}`),
    ];
    return faults.slice(0, MOST_FAULTS);
  } finally {
    await pool.end();
  }
}

/** The API is to show the jobs that are not deleted, as they are. Their next times move on while this looks. */
function differences(jobs: readonly StoredJob[], shown: readonly unknown[]): string[] {
  const there = jobs.filter(({ isDeleted }) => !isDeleted).map(({ resource }) => resource);
  if (there.length !== shown.length) return [`${there.length} jobs are stored and ${shown.length} listed`];
  const listed = new Map(shown.map((job) => [idOf(job), withoutTimes(job)]));
  return there.flatMap((job) =>
    isDeepStrictEqual(withoutTimes(job), listed.get(job.id))
      ? []
      : [`job ${job.id} is listed otherwise than it is stored`],
  );
}

/** Readers at once, as many as the API has environments here. */
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
      const isSame = status === 200 && isDeepStrictEqual(withoutTimes(JSON.parse(body)), withoutTimes(job));
      if (!isSame)
        faults.push(`GET ${target} answers ${status}, otherwise than the list: ${body.slice(0, 300)}`);
    }
  };
  await Promise.all(Array.from({ length: READERS }, read));
  return faults;
}

const idOf = (job: unknown): number => Number(Object(job).id);

function withoutTimes(job: unknown): unknown {
  const { nextExecutionTime: _, ...rest }: { nextExecutionTime?: unknown } = Object(job);
  return rest;
}
