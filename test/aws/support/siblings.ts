/** Returns the URL of another database of the same PostgreSQL server. */
export function siblingDatabase(databaseUrl: string, name: string): string {
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** The Redis database that comes `offset` places after this one on the same server. */
export function siblingRedis(redisUrl: string, offset: number): string {
  const url = new URL(redisUrl);
  url.pathname = `/${Number(url.pathname.slice(1)) + offset}`;
  return url.href;
}
