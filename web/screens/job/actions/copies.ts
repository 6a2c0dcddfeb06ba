import type { Job } from '../../../api/types.ts';
import type { CommandRequest } from '../../../base/write-command.ts';

/** Fields that Belfry sets. */
const READ_ONLY = new Set([
  'id',
  'nextExecutionTime',
  'createdAt',
  'updatedAt',
  'retriesLastSeconds',
  'failuresInARow',
  'lastOutcome',
]);
const HIDDEN = '[secret]';

const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === 'object' && Object.keys(value).length === 0);

/** Null has a meaning of its own in this field: the job is kept for ever. */
const KEPT = 'deleteFinishedAfterDays';

/** The fields that a request would send to create the same job. Empty ones, which are defaults, are left out. */
function creatingFields(job: Job): Record<string, unknown> {
  const fields = Object.entries(job).filter(
    ([name, value]) => !READ_ONLY.has(name) && (!isEmpty(value) || name === KEPT),
  );
  return Object.fromEntries(fields);
}

/** The names of headers whose values no copy has. */
export const secretNames = (job: Job): string[] =>
  Object.entries(job.headers).flatMap(([name, value]) => (value === HIDDEN ? [name] : []));

/** The request that creates the same job. */
export const toCreation = (job: Job): CommandRequest => ({
  method: 'POST',
  path: '/api/v1/jobs',
  body: creatingFields(job),
});

/** YAML 1.2 takes each JSON string as one of its own, so strings need no rules beyond JSON's. */
const yamlScalar = (value: unknown): string =>
  typeof value === 'string' &&
  /^[A-Za-z][\w./-]*$/.test(value) &&
  !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(value)
    ? value
    : JSON.stringify(value);

function yamlLines(value: unknown, indent: string): string[] {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) {
    return [`${indent}${JSON.stringify(value)}`];
  }
  return Object.entries(value).flatMap(([name, each]) => {
    const key = `${indent}${yamlScalar(name)}:`;
    const isNested = typeof each === 'object' && each !== null && !Array.isArray(each);
    return isNested && Object.keys(each).length > 0
      ? [key, ...yamlLines(each, `${indent}  `)]
      : [`${key} ${typeof each === 'object' ? JSON.stringify(each) : yamlScalar(each)}`];
  });
}

/** The job as YAML. */
export const toYaml = (job: Job): string => yamlLines(creatingFields(job), '').join('\n');

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
