import { openLine } from './tcp-proxy.ts';

/** A line to the database of a URL that names a socket's directory, and the URL that leads over it. */
export async function openPostgresLine(databaseUrl: string) {
  const url = new URL(databaseUrl);
  const directory = url.searchParams.get('host');
  if (directory === null) throw new Error('the tests reach PostgreSQL by its socket');
  const line = await openLine({ to: () => `${directory}/.s.PGSQL.${url.port || '5432'}` });
  return { ...line, url: `postgresql://${url.username}@127.0.0.1:${line.port}${url.pathname}` };
}
