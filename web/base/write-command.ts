/** A request as a person sends it from a terminal. */
export type CommandRequest = {
  /** @default 'GET' */
  method?: 'GET' | 'POST' | 'PATCH';
  path: string;
  query?: Record<string, string | number | undefined>;
  body?: object;
};

const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/**
 * Writes a request as a command. It names the variables of the keys, and never has their values.
 *
 * @param options.root the address of the API, with a slash at its end.
 * @param options.hasGatewayKey whether the deployment asks for a key of its gateway, too.
 */
export function writeCommand(
  { method = 'GET', path, query = {}, body }: CommandRequest,
  { root, hasGatewayKey }: { root: string; hasGatewayKey: boolean },
): string {
  const url = new URL(path.slice(1), root);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, String(value));
  const isImplied = method === (body === undefined ? 'GET' : 'POST');
  return [
    `curl -s ${isImplied ? '' : `-X ${method} `}${quote(url.href)}`,
    '-H "Authorization: Bearer $BELFRY_KEY"',
    ...(hasGatewayKey ? ['-H "X-API-Key: $BELFRY_GATEWAY_KEY"'] : []),
    ...(body === undefined
      ? []
      : ["-H 'Content-Type: application/json'", `-d ${quote(JSON.stringify(body, undefined, 2))}`]),
  ].join(' \\\n  ');
}
