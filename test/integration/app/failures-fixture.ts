import { listFailureGroups } from '../../../lib/db/failure-groups.ts';
import { aJob } from '../../support/a-job.ts';
import { belfry, DUE, target } from './worker-fixture.ts';

export const list = (page: Partial<Parameters<typeof listFailureGroups>[1]> = {}) =>
  listFailureGroups(
    belfry.pool,
    { limit: 10, after: undefined, since: undefined, state: undefined, ...page },
    belfry.clock.now(),
  );
export const tick = () => belfry.runTick(belfry.inMs(30_000));
export const failing = (path: string) =>
  aJob({ schedule: DUE, isRecurring: false, maxRetryCount: 0, api: `${target.url}${path}` });
export const BY = { actor: { type: 'API_KEY', id: 1, name: 'ops' } } as const;
export const host = () => new URL(target.url).host;
