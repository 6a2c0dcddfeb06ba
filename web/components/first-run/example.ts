import { useSuspenseQuery } from '@tanstack/react-query';
import { ownKeyQuery } from '../../api/queries.ts';
import { apiRoot } from '../../api/root.ts';
import type { NewJob } from '../../api/types.ts';
import type { CommandRequest } from '../../base/write-command.ts';

/** What the example calls. The run on one machine answers its own jobs; elsewhere a person puts in a URL. */
export function useTarget(): { url: string; isOwn: boolean } {
  const { deployment } = useSuspenseQuery(ownKeyQuery).data;
  return deployment === null
    ? { url: new URL('_local/echo', apiRoot).href, isOwn: true }
    : { url: 'https://example.com/hello', isOwn: false };
}

export const exampleJob = (url: string): NewJob => ({ name: 'hello', schedule: '@every 10s', api: url });

/** The request that creates a job. */
export const creating = (body: NewJob): CommandRequest => ({ method: 'POST', path: '/api/v1/jobs', body });
