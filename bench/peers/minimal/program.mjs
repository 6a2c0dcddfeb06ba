import { Pool } from 'pg';
import { post, requestOf } from '../shared/post.mjs';
import { batches, serve } from '../shared/serve.mjs';

/**
 * The limit: the least that a Node worker can do with PostgreSQL. It claims by 100, has 100 requests out, and records the
 * requests that ended meanwhile, by 500 at most. No retry, no lease, no time-out, no schedule.
 */

const CLAIMED_AT_ONCE = 100;
const IN_FLIGHT = 100;
const RECORDED_AT_ONCE = 500;

/**
 * The plans are pinned. By itself PostgreSQL reads and sorts the whole table for a claim as long as it takes the table for
 * small, and joins a batch of outcomes with all of it.
 */
const PINNED =
  '-c enable_seqscan=off -c enable_bitmapscan=off -c enable_sort=off -c enable_hashjoin=off -c enable_mergejoin=off';

const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 2, options: PINNED });
await pool.query(/* sql */ `
  create table if not exists work (
    id bigint primary key,
    request text not null,
    state smallint not null default 0,
    status smallint,
    duration_ms integer,
    ended_at timestamptz
  );
  create index if not exists waiting_work on work (id) where state = 0`);

const CLAIM = /* sql */ `
  update work
     set state = 1
   where id = any (array(
           select id from work where state = 0 order by id limit $1 for update skip locked
         ))
  returning id, request`;

const RECORD = /* sql */ `
  update work
     set state = 2, status = ended.status, duration_ms = ended.duration_ms, ended_at = now()
    from unnest($1::bigint[], $2::smallint[], $3::integer[]) as ended (id, status, duration_ms)
   where work.id = ended.id`;

async function enqueue(first, count) {
  for (const numbers of batches(first, count)) {
    const requests = numbers.map((number) => JSON.stringify(requestOf(number)));
    await pool.query('insert into work (id, request) select * from unnest($1::bigint[], $2::text[])', [
      numbers,
      requests,
    ]);
  }
}

function work(count) {
  return new Promise((resolve, reject) => {
    let claimed = [];
    let ended = [];
    let inFlight = 0;
    let recorded = 0;
    let isClaiming = false;
    let isRecording = false;
    let isEmpty = false;

    const send = async ({ id, request }) => {
      const startedMs = performance.now();
      const status = await post(JSON.parse(request));
      ended.push({ id, status, durationMs: Math.round(performance.now() - startedMs) });
      inFlight -= 1;
      next();
    };

    const claim = async () => {
      const { rows } = await pool.query({ name: 'claim', text: CLAIM, values: [CLAIMED_AT_ONCE] });
      isEmpty = rows.length === 0;
      claimed = claimed.concat(rows);
      isClaiming = false;
      next();
    };

    const record = async () => {
      const batch = ended.splice(0, RECORDED_AT_ONCE);
      const columns = [
        batch.map((one) => one.id),
        batch.map((one) => one.status),
        batch.map((one) => one.durationMs),
      ];
      await pool.query({ name: 'record', text: RECORD, values: columns });
      recorded += batch.length;
      isRecording = false;
      if (recorded === count) resolve();
      else next();
    };

    const next = () => {
      while (inFlight < IN_FLIGHT && claimed.length > 0) {
        inFlight += 1;
        send(claimed.pop()).catch(reject);
      }
      if (!isClaiming && !isEmpty && claimed.length < CLAIMED_AT_ONCE) {
        isClaiming = true;
        claim().catch(reject);
      }
      // Few at a time only at the end, when nothing more will come.
      if (!isRecording && (ended.length >= CLAIMED_AT_ONCE || (ended.length > 0 && inFlight === 0))) {
        isRecording = true;
        record().catch(reject);
      }
    };
    next();
  });
}

serve({ enqueue, work });
