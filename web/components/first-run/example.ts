import { useSuspenseQuery } from '@tanstack/react-query';
import { ownKeyQuery } from '../../api/queries.ts';
import { apiRoot } from '../../api/root.ts';
import type { NewJob } from '../../api/types.ts';

/** What the example calls. The run on one machine answers its own jobs; elsewhere a person puts in a URL. */
export function useTarget(): { url: string; isOwn: boolean } {
  const { deployment } = useSuspenseQuery(ownKeyQuery).data;
  return deployment === null
    ? { url: new URL('_local/echo', apiRoot).href, isOwn: true }
    : { url: 'https://example.com/hello', isOwn: false };
}

export const exampleJob = (url: string): NewJob => ({ name: 'hello', schedule: '@every 10s', api: url });

export const exampleCommand = (url: string): string => `curl -s ${new URL('api/v1/jobs', apiRoot).href} \\
  -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \\
  -d '${JSON.stringify(exampleJob(url))}'`;
