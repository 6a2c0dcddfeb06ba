import { Client } from 'pg';

/**
 * The durable record of a peer that keeps none by itself: one row a job in PostgreSQL. Many rows go in one
 * statement, as a careful user would write them: rows that come while a statement is under way go with the next one.
 */
export async function openHistory() {
  const client = new Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  await client.query(/* sql */ `
    create table if not exists history (
      job bigint primary key,
      status smallint not null,
      duration_ms integer not null,
      ended_at timestamptz not null
    )`);

  let waiting = [];
  let isWriting = false;

  const write = async () => {
    isWriting = true;
    while (waiting.length > 0) {
      const rows = waiting.splice(0, 500);
      try {
        await client.query({
          name: 'record',
          text: /* sql */ `
            insert into history (job, status, duration_ms, ended_at)
            select job, status, duration_ms, now()
              from unnest($1::bigint[], $2::smallint[], $3::integer[]) as rows (job, status, duration_ms)`,
          values: [
            rows.map(({ job }) => job),
            rows.map(({ status }) => status),
            rows.map(({ durationMs }) => durationMs),
          ],
        });
        for (const { resolve } of rows) resolve();
      } catch (error) {
        for (const { reject } of rows) reject(error);
      }
    }
    isWriting = false;
  };

  /** Resolves when the row is committed. */
  return (job, status, durationMs) =>
    new Promise((resolve, reject) => {
      waiting.push({ job, status, durationMs, resolve, reject });
      if (!isWriting) void write();
    });
}
