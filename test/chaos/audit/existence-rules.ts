import type { AuditRule } from '../../../lib/audit/rule.ts';
import type { AskedJob, AskedRun } from '../journal/types.ts';
import { foundBy } from './found-by.ts';

// A request of which the answer was lost may have taken effect or not, but never in part.
const WRONG_JOBS = /* sql */ `
  with asked as (
    select * from jsonb_to_recordset($1::jsonb) as a (name text, request integer, answer text, id bigint)
  ), stored as (
    select name, count(*) as times, min(id) as id from jobs where name in (select name from asked) group by name
  ), batch as (
    select request, min(s.id) as "jobId", count(*) as asked, count(s.id) as stored
      from asked
      left join stored s using (name)
     group by request
  )
  select coalesce(s.id, a.id) as "jobId", null as "executionId",
         format('%s was %s as %s, and is stored %s times, as %s', a.name, a.answer, a.id, coalesce(s.times, 0), s.id) as detail
    from asked a
    left join stored s using (name)
   where s.times > 1
      or (a.answer = 'acknowledged' and s.id is distinct from a.id)
      or (a.answer = 'refused' and s.id is not null)
  union all
  select "jobId", null, format('request %s has %s jobs, and %s are stored', request, asked, stored)
    from batch
   where stored not in (0, asked)`;

// A request without an answer may have made one execution.
const WRONG_RUNS = /* sql */ `
  with run as (
    select * from jsonb_to_recordset($1::jsonb) as r (name text, trigger text, origin bigint, answer text, id bigint)
  ), stored as (
    select e.job_id, j.name, e.id, e.trigger, e.origin_id
      from job_executions e
      join jobs j on j.id = e.job_id
     where e.trigger in ('MANUAL', 'REDRIVE')
       and j.name in (select name from jsonb_to_recordset($2::jsonb) as n (name text))
  )
  select s.job_id as "jobId", r.id as "executionId",
         format('it was acknowledged as %s of %s, and is %s of %s', r.trigger, r.origin, s.trigger, s.origin_id) as detail
    from run r
    left join stored s using (id)
   where r.answer = 'acknowledged'
     and (s.trigger is distinct from r.trigger or s.origin_id is distinct from r.origin)
  union all
  select min(s.job_id), min(s.id),
         format('%s executions were run by hand without an acknowledgement, and %s requests had no answer', count(*), min(u.requests))
    from stored s
    cross join lateral (
      select count(*) as requests from run r where r.name = s.name and r.answer = 'unknown'
    ) u
   where s.id not in (select id from run where answer = 'acknowledged')
   group by s.name
  having count(*) > min(u.requests)`;

/** Returns the rules about jobs and runs that exist, compared with the requests that asked for them. */
export function existenceRules({
  jobs,
  runs,
}: {
  jobs: readonly AskedJob[];
  runs: readonly AskedRun[];
}): AuditRule[] {
  const names = new Map(jobs.map(({ number, name }) => [number, name]));
  const askedJobs = jobs.map(({ name, request, answer }) => ({
    name,
    request,
    answer: answer.kind,
    id: answer.kind === 'acknowledged' ? answer.id : null,
  }));
  const askedRuns = runs.map(({ job, originId, answer }) => ({
    name: names.get(job),
    trigger: originId === undefined ? 'MANUAL' : 'REDRIVE',
    origin: originId ?? null,
    answer: answer.kind,
    id: answer.kind === 'acknowledged' ? answer.id : null,
  }));
  return [
    foundBy(
      {
        name: 'acknowledged-jobs-exist',
        promise:
          'each acknowledged job exists once, no refused job exists, and a request creates all of its jobs or none',
      },
      WRONG_JOBS,
      [JSON.stringify(askedJobs)],
    ),
    foundBy(
      {
        name: 'acknowledged-runs-exist',
        promise: 'each acknowledged run by hand has its execution, and no other such execution exists',
      },
      WRONG_RUNS,
      [JSON.stringify(askedRuns), JSON.stringify(jobs.map(({ name }) => ({ name })))],
    ),
  ];
}
