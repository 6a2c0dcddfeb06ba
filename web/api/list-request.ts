import { apiRoot } from './root.ts';
import { getSession } from './session.ts';

/** The request that reads a page of a list. */
export type ListRequest = { path: string; query: Record<string, string | number | undefined> };

/** Writes the request as a command. It names the variables of the keys, and never has their values. */
export function toListCommand({ path, query }: ListRequest): string {
  const url = new URL(path.slice(1), apiRoot);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, String(value));
  const hasGatewayKey = (getSession()?.gatewayKey ?? '') !== '';
  return [
    // The URL has no quote: the parser of URLs encodes it in a query.
    `curl -s '${url.href}'`,
    '-H "Authorization: Bearer $BELFRY_KEY"',
    ...(hasGatewayKey ? ['-H "X-API-Key: $BELFRY_GATEWAY_KEY"'] : []),
  ].join(' \\\n  ');
}
