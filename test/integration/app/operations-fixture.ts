import { afterAll, beforeAll } from 'vitest';
import { composeRunOperations } from '../../../functions/compose/operations.ts';
import { makeOperations } from '../../../lib/app/start-operation.ts';
import { findJob } from '../../../lib/db/jobs.ts';
import type { By } from '../../../lib/domain/audit-log.ts';
import type { NewOperation } from '../../../lib/domain/operation.ts';
import { aJob } from '../../support/a-job.ts';
import { type Belfry, compose, createBelfry } from '../../support/belfry.ts';

export const BY: By = { actor: { type: 'API_KEY', id: 3, name: 'ops' }, reason: 'the target moves' };

export let belfry: Belfry;

/** Sets up a Belfry for the file that calls it. */
export function setUpOperations(): void {
  beforeAll(async () => {
    belfry = await createBelfry('2030-03-02T12:00:00Z');
  });
  afterAll(() => belfry.close());
}

export const use = () => {
  const runOperations = composeRunOperations(belfry.parts, compose(belfry.parts));
  return { ...makeOperations({ ...belfry.parts, runOperations, ensureTicks: undefined }), runOperations };
};
export const asked = (fields: Partial<NewOperation>): NewOperation => ({
  action: 'pause',
  filter: {},
  tags: { add: [], remove: [] },
  group: null,
  spread: null,
  ratePerSecond: 1_000,
  ...fields,
});
export const start = async (fields: Partial<NewOperation>) => {
  const { dryRun, start: begin } = use();
  const operation = asked(fields);
  return begin({ ...operation, token: (await dryRun(operation)).token }, BY);
};
export const createTagged = (tag: string, count: number, fields = {}) =>
  belfry.createJobs(
    Array.from({ length: count }, () => aJob({ schedule: '0 3 * * *', tags: [tag], ...fields })),
  );
export const activeOf = async (ids: readonly number[]) => {
  const jobs = await Promise.all(ids.map((id) => findJob(belfry.pool, id, belfry.clock.now())));
  return jobs.map((job) => job?.isActive);
};
