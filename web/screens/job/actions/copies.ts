import type { Job } from '../../../api/types.ts';
import type { CommandRequest } from '../../../base/write-command.ts';
import { writeYaml } from './yaml.ts';

/** Fields that Belfry sets. */
const READ_ONLY = new Set([
  'id',
  'nextExecutionTime',
  'createdAt',
  'updatedAt',
  'retriesLastSeconds',
  'failuresInARow',
  'lastOutcome',
  'pausedByFailuresAt',
]);
const HIDDEN = '[secret]';

/** Null has a meaning of its own in this field: the job is kept for ever. */
const KEPT = 'deleteFinishedAfterDays';
/** Lists and records that are empty unless a request has them. Elsewhere an empty one differs from none, as in a body. */
const EMPTY_BY_DEFAULT = new Set(['tags', 'headers', 'secretHeaders']);

function isDefault(name: string, value: unknown): boolean {
  if (value === null || value === undefined) return name !== KEPT;
  return EMPTY_BY_DEFAULT.has(name) && Object.keys(value).length === 0;
}

/** The fields that a request would send to create the same job. Empty ones, which are defaults, are left out. */
const creatingFields = (job: Job): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(job).filter(([name, value]) => !READ_ONLY.has(name) && !isDefault(name, value)),
  );

/** The names of headers whose values no copy has. */
export const secretNames = (job: Job): string[] =>
  Object.entries(job.headers).flatMap(([name, value]) => (value === HIDDEN ? [name] : []));

/** The request that creates the same job. */
export const toCreation = (job: Job): CommandRequest => ({
  method: 'POST',
  path: '/api/v1/jobs',
  body: creatingFields(job),
});

/** The job as YAML. */
export const toYaml = (job: Job): string => writeYaml(creatingFields(job));

/** A reference that CloudFormation resolves when it deploys. `NAME` stands for the name of the secret. */
const toReference = (header: string): string => `{{resolve:secretsmanager:NAME:SecretString:${header}}}`;

/** The call that declares the job in a stack of the AWS CDK. The stack is then its owner. */
export function toCdk(job: Job): string {
  const { key, owner: _, ...fields } = creatingFields(job);
  const headers = Object.entries(job.headers).map(([name, value]): [string, string] => [
    name,
    value === HIDDEN ? toReference(name) : value,
  ]);
  const declared = key ?? job.name ?? `job-${job.id}`;
  const declaration = { ...fields, ...(headers.length > 0 && { headers: Object.fromEntries(headers) }) };
  return `scheduler.addJob(${JSON.stringify(declared)}, ${JSON.stringify(declaration, undefined, 2)});`;
}
