import { openTcpProxy } from './tcp-proxy.ts';

/** A proxy in front of the database of a URL that names a socket's directory, and the URL that leads through it. */
export async function openPostgresProxy(databaseUrl: string, change?: (packet: Buffer) => Buffer) {
  const url = new URL(databaseUrl);
  const directory = url.searchParams.get('host');
  if (directory === null) throw new Error('the tests reach PostgreSQL by its socket');
  const to = (): string => `${directory}/.s.PGSQL.${url.port || '5432'}`;
  const proxy = await openTcpProxy({ to, ...(change === undefined ? {} : { change }) });
  return { ...proxy, url: `postgresql://${url.username}@127.0.0.1:${proxy.port}${url.pathname}` };
}
