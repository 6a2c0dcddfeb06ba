// Generated from lib/redis/scripts and lib/db/migrations by `npm run embed`. Change those, not this.

export const luaScripts = {
  'admit': `-- Admits one request of an API key, or says how long the request has to wait. It is the generic cell rate algorithm in its
-- virtual scheduling form (ITU-T I.371, annex A; with Redis: https://brandur.org/rate-limiting). It stores only the
-- theoretical arrival time (TAT): the instant of the next request if the caller sends at the sustained rate. Each request
-- moves the TAT on by the interval. A request that would move it further ahead of now than the window has to wait.
-- KEYS  1 rate of the key
-- ARGV  1 now (µs), 2 interval between requests at the sustained rate (µs), 3 window (µs): the interval times the requests
--       of the burst, 4 how long the key outlives its TAT (ms)
-- Reply flat array of integers: 1 if the request is admitted, otherwise 0; number of further requests that would be
--       admitted now; how long the request has to wait (µs, 0 if admitted); time until the whole burst is available (µs)
local now, interval, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local tat = tonumber(redis.call('GET', KEYS[1]) or 0)
-- A TAT far in the future comes from a wrong clock (ours was set back, or another caller's is wrong). It must not block.
if tat < now or tat > now + 2 * window then tat = now end

local nextTat = tat + interval
local wait = nextTat - window - now
if wait > 0 then return { 0, 0, wait, tat - now } end

local expiryMs = math.ceil((nextTat - now) / 1000) + tonumber(ARGV[4])
-- string.format keeps all 16 digits; tostring would keep only 14.
redis.call('SET', KEYS[1], string.format('%.0f', nextTat), 'PX', expiryMs)
return { 1, math.floor(-wait / interval), 0, nextTat - now }
`,
  'enqueue': `-- Adds executions to the queue. It does not change an execution that the queue already knows (its payload exists).
-- KEYS  1 ready, 2 scheduled, 3 retry, then the payload of each entry, in the order of ARGV
-- ARGV  1 now (ms), 2 how long a payload outlives its due instant (ms),
--       then for each entry: id, due (ms), 'scheduled' or 'retry' (the set in which it waits if it is not due), payload
-- Reply integer: number of new executions
local now = tonumber(ARGV[1])
local graceMs = tonumber(ARGV[2])
local ready, scheduled, retry = {}, {}, {}
local new = 0

for entry = 1, #KEYS - 3 do
  local base = 4 * entry - 2
  local id, due, queue, payload = ARGV[base + 1], ARGV[base + 2], ARGV[base + 3], ARGV[base + 4]
  local ttlMs = math.max(tonumber(due) - now, 0) + graceMs
  if redis.call('SET', KEYS[3 + entry], payload, 'NX', 'PX', ttlMs) then
    new = new + 1
    if tonumber(due) <= now then
      ready[#ready + 1] = id
    else
      local waiting = queue == 'retry' and retry or scheduled
      waiting[#waiting + 1] = due
      waiting[#waiting + 1] = id
    end
  end
end

if #ready > 0 then redis.call('RPUSH', KEYS[1], unpack(ready)) end
if #scheduled > 0 then redis.call('ZADD', KEYS[2], unpack(scheduled)) end
if #retry > 0 then redis.call('ZADD', KEYS[3], unpack(retry)) end
return new
`,
  'find-absent': `-- Finds the executions that the queue does not know. It also keeps the payloads of the others from expiring while they wait.
-- KEYS  the payloads
-- ARGV  1 minimum time for which a payload is kept from now (ms)
-- Reply flat array of integers: the positions of the missing payloads in KEYS, from 1
local absent = {}
for position = 1, #KEYS do
  -- PEXPIRE GT returns 0 for a payload that is already kept for longer, and for a missing payload.
  if redis.call('PEXPIRE', KEYS[position], ARGV[1], 'GT') == 0 and redis.call('EXISTS', KEYS[position]) == 0 then
    absent[#absent + 1] = position
  end
end
return absent
`,
  'hand-back': `-- Returns the executions of stopped workers to the head of ready, in the order in which each worker took them. A worker is
-- removed with its last execution. While its list is not empty it stays in workers, where the next call finds it.
-- KEYS  1 ready, 2 workers, then the processing list of each worker, in the order of ARGV
-- ARGV  1 instant by which a lease must have ended (ms; '+inf' if the worker itself asks), 2 limit (1 to 1,000), then the
--       worker ids
-- Reply integer: number of returned executions
local leaseEndedBy, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
local moved = 0

for worker = 1, #KEYS - 2 do
  if moved == limit then break end
  local processing, id = KEYS[2 + worker], ARGV[2 + worker]
  local leaseEnd = redis.call('ZSCORE', KEYS[2], id)
  if not leaseEnd or tonumber(leaseEnd) <= leaseEndedBy then
    local ids = redis.call('RPOP', processing, limit - moved) or {}
    if #ids > 0 then redis.call('LPUSH', KEYS[1], unpack(ids)) end
    if redis.call('LLEN', processing) == 0 then redis.call('ZREM', KEYS[2], id) end
    moved = moved + #ids
  end
end
return moved
`,
  'release': `-- Returns executions that a worker took but will not run now. It ignores executions that the worker no longer holds. An
-- execution without a payload was withdrawn: it leaves the worker's list and goes nowhere.
-- KEYS  1 processing of the worker, 2 ready, 3 scheduled, then the payload of each entry, in the order of ARGV
-- ARGV  1 now (ms), then for each entry: id, due (ms); due executions go to the head of ready, in this order
-- Reply integer: number of returned executions
local now = tonumber(ARGV[1])
local ready, scheduled = {}, {}

-- Goes backwards, because LPUSH reverses the order.
for entry = #KEYS - 3, 1, -1 do
  local id, due = ARGV[2 * entry], ARGV[2 * entry + 1]
  if redis.call('LREM', KEYS[1], 1, id) == 1 and redis.call('EXISTS', KEYS[3 + entry]) == 1 then
    if tonumber(due) <= now then
      ready[#ready + 1] = id
    else
      scheduled[#scheduled + 1] = due
      scheduled[#scheduled + 1] = id
    end
  end
end

if #ready > 0 then redis.call('LPUSH', KEYS[2], unpack(ready)) end
if #scheduled > 0 then redis.call('ZADD', KEYS[3], unpack(scheduled)) end
return #ready + #scheduled / 2
`,
  'remove': `-- Removes executions from the queue. Their ids stay in ready and in processing lists, where LREM would walk the whole list
-- for each id. A worker that takes such an id finds no payload, and PostgreSQL refuses its claim.
-- KEYS  1 scheduled, 2 retry, then the payload of each id
-- ARGV  the ids
-- Reply integer: number of ids that the queue knew
if #ARGV == 0 then return 0 end
redis.call('ZREM', KEYS[1], unpack(ARGV))
redis.call('ZREM', KEYS[2], unpack(ARGV))
return redis.call('DEL', unpack(KEYS, 3))
`,
  'settle': `-- Ends executions that a worker holds. An execution that the worker no longer holds (settled before, or reclaimed) is not
-- moved; only its end, SUCCESS or FAILED, still counts, once for each id and day. If the queue does not know the execution
-- either, the day's set tells whether it was already counted. A full set may miss ids, so then it is not counted.
-- KEYS  1 processing of the worker, 2 retry, 3 completed today, 4 its counter, 5 failed today, 6 its counter,
--       then the payload of each entry, in the order of ARGV
-- ARGV  1 now (ms), 2 how long a payload outlives its due instant (ms), 3 how long a day's sets and counters are kept (ms),
--       4 maximum size of a day's set,
--       then for each entry: id, 'SUCCESS', 'FAILED', 'RETRYING' or 'DROPPED', due of the retry (ms; otherwise 0)
-- Reply integer: number of outcomes that had an effect
local now, graceMs, keepMs, maxMembers = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local finished = { SUCCESS = {}, FAILED = {} }
local unknown = { SUCCESS = {}, FAILED = {} }
local retries, gone = {}, {}
local effective = 0

for entry = 1, #KEYS - 6 do
  local base = 3 * entry + 1
  local id, status, due = ARGV[base + 1], ARGV[base + 2], ARGV[base + 3]
  local payload = KEYS[6 + entry]
  local held = redis.call('LREM', KEYS[1], 1, id) == 1
  local applies
  if status == 'RETRYING' then
    -- Without a payload the execution was withdrawn, or its payload expired. It must then be absent, so that a rebuild can
    -- enqueue it again.
    applies = held and redis.call('PEXPIRE', payload, math.max(tonumber(due) - now, 0) + graceMs) == 1
    if applies then
      retries[#retries + 1] = due
      retries[#retries + 1] = id
    end
  elseif status == 'DROPPED' then
    applies = held
    if applies then gone[#gone + 1] = payload end
  else
    applies = held or redis.call('DEL', payload) == 1
    if applies then gone[#gone + 1] = payload end
    table.insert(applies and finished[status] or unknown[status], id)
  end
  if applies then effective = effective + 1 end
end

-- Counts ended executions. The set is bounded and drops members; the counter stays exact.
local function count(status, set, counter)
  local ids = finished[status]
  if #unknown[status] > 0 and redis.call('SCARD', set) < maxMembers then
    for _, id in ipairs(unknown[status]) do ids[#ids + 1] = id end
  end
  if #ids == 0 then return end
  redis.call('INCRBY', counter, redis.call('SADD', set, unpack(ids)))
  local excess = redis.call('SCARD', set) - maxMembers
  if excess > 0 then redis.call('SPOP', set, excess) end
  redis.call('PEXPIRE', set, keepMs)
  redis.call('PEXPIRE', counter, keepMs)
end

if #gone > 0 then redis.call('DEL', unpack(gone)) end
if #retries > 0 then redis.call('ZADD', KEYS[2], unpack(retries)) end
count('SUCCESS', KEYS[3], KEYS[4])
count('FAILED', KEYS[5], KEYS[6])
return effective
`,
  'take': `-- Gives the next executions to one worker and renews its lease. It takes due executions first, oldest first, then
-- executions that become due up to the horizon.
-- KEYS  1 ready, 2 scheduled, 3 retry, 4 processing of the worker, 5 workers, 6 fan-out
-- ARGV  1 worker id, 2 now (ms), 3 horizon (ms, not before now), 4 limit of due executions (0 to 1,000),
--       5 executions are taken ahead only while fewer than this many and than the limit have been taken (0 to 1,000),
--       6 end of the lease (ms), 7 length of the window in which one worker may send further wake-ups (ms),
--       8 expiry of fan-out (ms, longer than the window)
-- Reply flat array of integers: number of due executions that remain, 1 if the worker may send wake-ups for them (otherwise
--       0), number of executions in its list, number taken (n), n ids, n due instants (ms; 0 if already due)
local now, horizon, limit, aheadLimit = ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])

-- Removes the first entries of scheduled and retry, merged, that are due by \`by\`, and returns them. It removes them by
-- rank, because they have the lowest ranks. The second call happens only when no entry is overdue any more.
local function withdraw(by, count)
  local a = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', by, 'WITHSCORES', 'LIMIT', 0, count)
  local b = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', by, 'WITHSCORES', 'LIMIT', 0, count)
  local ids, dues = {}, {}
  local i, j = 1, 1
  while #ids < count and (a[i] or b[j]) do
    if not b[j] or (a[i] and tonumber(a[i + 1]) <= tonumber(b[j + 1])) then
      ids[#ids + 1], dues[#dues + 1] = a[i], a[i + 1]
      i = i + 2
    else
      ids[#ids + 1], dues[#dues + 1] = b[j], b[j + 1]
      j = j + 2
    end
  end
  if i > 1 then redis.call('ZREMRANGEBYRANK', KEYS[2], 0, (i - 1) / 2 - 1) end
  if j > 1 then redis.call('ZREMRANGEBYRANK', KEYS[3], 0, (j - 1) / 2 - 1) end
  return ids, dues
end

redis.call('ZADD', KEYS[5], ARGV[6], ARGV[1])

-- Moves at most as many overdue entries to ready as the next line pops, and appends them: neither list can starve the other.
local overdue = limit > 0 and withdraw(now, limit) or {}
if #overdue > 0 then redis.call('RPUSH', KEYS[1], unpack(overdue)) end

local taken = limit > 0 and redis.call('LPOP', KEYS[1], limit) or {}
local dueNow = #taken
local ahead, aheadDues = {}, {}
if dueNow < limit and dueNow < aheadLimit then ahead, aheadDues = withdraw(horizon, aheadLimit - dueNow) end
for i = 1, #ahead do taken[dueNow + i] = ahead[i] end
if #taken > 0 then redis.call('RPUSH', KEYS[4], unpack(taken)) end

local remaining = redis.call('LLEN', KEYS[1])
  + redis.call('ZCOUNT', KEYS[2], '-inf', now)
  + redis.call('ZCOUNT', KEYS[3], '-inf', now)

-- Allows one worker in a window to send further wake-ups. SET NX PX alone would measure the window by the server's clock.
-- Here the workers' clocks decide, and the expiry only removes an unused key. The window extends to both sides of the claim:
-- a worker whose clock is slightly behind is in the same window. A claim from the far future (a clock was set back) is not,
-- so it does not block until the clock has caught up.
local mayWake = 0
if remaining > 0 then
  local claimedAt = redis.call('GET', KEYS[6])
  if not claimedAt or math.abs(tonumber(now) - tonumber(claimedAt)) >= tonumber(ARGV[7]) then
    redis.call('SET', KEYS[6], now, 'PX', ARGV[8])
    mayWake = 1
  end
end

local reply = { remaining, mayWake, redis.call('LLEN', KEYS[4]), #taken }
for i = 1, #taken do reply[#reply + 1] = tonumber(taken[i]) end
for i = 1, #taken do reply[#reply + 1] = i <= dueNow and 0 or tonumber(aheadDues[i - dueNow]) end
return reply
`,
};

export const migrations: { version: number; name: string; sql: string }[] = [
  { version: 1, name: 'jobs', sql: `-- Ids come from plain sequences: a batch draws its ids before it inserts, and a partitioned table takes them on every
-- version of PostgreSQL.
create sequence job_ids;
create sequence job_execution_ids;

create table jobs (
  id bigint primary key default nextval('job_ids'),
  -- Counts the changes of a job. An execution remembers the revision it was dispatched for, so that a worker never
  -- sends a request from a payload that is out of date.
  revision integer not null default 1,
  name text,
  description text,
  schedule text not null,
  time_zone text not null,
  api text not null,
  method text not null,
  headers json not null,
  body json not null,
  type text not null check (type in ('AT_LEAST_ONCE', 'AT_MOST_ONCE')),
  is_recurring boolean not null,
  max_retry_count integer not null check (max_retry_count >= 0),
  timeout_ms integer not null check (timeout_ms between 1 and 90000),
  is_active boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  check (type = 'AT_LEAST_ONCE' or max_retry_count = 0)
);

-- Serves the list and its total: jobs that are not deleted, in the order of their ids.
create index jobs_listed on jobs (id) where deleted_at is null;

-- A job has a row here while an occurrence is to come: paused, deleted and finished jobs have none, so that the tick
-- reads nothing it does not dispatch.
create table job_schedules (
  id bigint generated always as identity primary key,
  job_id bigint not null unique references jobs (id),
  next_execution_time timestamptz not null,
  created_at timestamptz not null
);

-- Serves the tick: what is due first, first.
create index job_schedules_due on job_schedules (next_execution_time);

create table job_executions (
  id bigint not null default nextval('job_execution_ids'),
  -- No foreign key: it would lock the job's row once for every execution, and jobs are never removed.
  job_id bigint not null,
  job_revision integer not null,
  status text not null
    check (status in ('SCHEDULED', 'RUNNING', 'RETRYING', 'SUCCESS', 'FAILED', 'CANCELLED')),
  execution_time timestamptz not null,
  -- When the next attempt is due: the execution time at first, the end of the backoff later.
  due_at timestamptz not null,
  execution_duration integer,
  retry_count integer not null default 0,
  error_message text,
  started_at timestamptz,
  claim_token uuid,
  lease_expires_at timestamptz,
  -- Set when the job was paused or deleted while an attempt was out: no retry follows it.
  is_withdrawn boolean not null default false,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (id, execution_time),
  unique (job_id, execution_time),
  check ((status = 'RUNNING') = (claim_token is not null)),
  check ((status = 'RUNNING') = (lease_expires_at is not null))
) partition by range (execution_time);

-- Catches what no partition was made for, so that a late scheduler loses nothing.
create table job_executions_default partition of job_executions default;

-- Serves the reconciliation: what waits to be run, earliest first.
create index job_executions_waiting on job_executions (due_at, id) where status in ('SCHEDULED', 'RETRYING');

-- Serves the reconciliation: claims whose worker vanished.
create index job_executions_leases on job_executions (lease_expires_at) where status = 'RUNNING';

-- Serves the history by status, and taking back what a changed job had dispatched.
create index job_executions_by_status on job_executions (job_id, status, execution_time);

create table api_keys (
  id bigint generated always as identity primary key,
  name text not null unique,
  -- SHA-256 of the key; the key itself is stored nowhere.
  key_hash bytea not null unique check (octet_length(key_hash) = 32),
  scopes text[] not null check (scopes <@ array['read', 'write', 'admin']),
  created_at timestamptz not null
);
` },
  { version: 2, name: 'hibernation', sql: `-- One row, read and written only where hibernation is configured: whether the minute tick is on.
create table hibernation (
  is_only_row boolean primary key default true check (is_only_row),
  state text not null check (state in ('awake', 'falling_asleep', 'asleep', 'resuming')),
  -- When the one-time schedule ticks. Kept while awake too, until it has passed: a tick then looks whether all is well.
  sleeps_until timestamptz,
  -- Until then a tick may still be about to turn the minute schedule off.
  settles_at timestamptz,
  -- Counts the changes: who changes the row names the revision that was read, so that nobody undoes another's change.
  revision bigint not null,
  changed_at timestamptz not null
);

insert into hibernation (state, revision, changed_at) values ('awake', 1, 'epoch');
` },
  { version: 3, name: 'declared-jobs', sql: `-- Jobs that stacks declare. A stack knows its job by a name, before there is an id and when the job was deleted behind its
-- back; the name in jobs is for people, may come twice, and may be changed by anybody.
create table declared_jobs (
  name text primary key check (char_length(name) between 1 and 200),
  -- The job that the name stands for: a deleted one, once it was deleted through the API, until it is declared again.
  job_id bigint not null unique references jobs (id),
  -- When the name came to stand for this job.
  declared_at timestamptz not null
);
` },
  { version: 4, name: 'api-keys', sql: `alter table api_keys
  -- When it stops working; null: never.
  add column expires_at timestamptz,
  -- To a minute.
  add column last_used_at timestamptz,
  -- Null: the limit of the deployment.
  add column rate_limit_per_second integer check (rate_limit_per_second > 0);

-- Keys that were revoked or replaced, for an audit. A table of their own: the names become free, the look-up finds only what
-- lets in, and so does that of the version before this one, after a deploy that is rolled back.
create table revoked_api_keys (
  id bigint primary key,
  name text not null,
  -- Tells which key a leaked text was.
  key_hash bytea not null,
  scopes text[] not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  rate_limit_per_second integer,
  revoked_at timestamptz not null
);
` },
  { version: 5, name: 'finished-jobs', sql: `-- Whether the only run of a job that does not recur has begun, so that no later pause and resume runs it again. It is
-- kept here because the history, which could tell as well, is removed after its retention.
alter table jobs add column has_run boolean not null default false;
` },
  { version: 6, name: 'unreadable-schedules', sql: `-- When a schedule that could not be read (its time zone is unknown to this version, say) is looked at again. It keeps its
-- next time meanwhile, so that it goes on from there, and runs at no instant that it does not contain.
alter table job_schedules add column unreadable_until timestamptz;

-- Serves the tick that may fall asleep: when the next of them is looked at. It holds nearly nothing.
create index job_schedules_unreadable on job_schedules (unreadable_until) where unreadable_until is not null;
` },
  { version: 7, name: 'uncounted-failures', sql: `-- Executions that a tick ended FAILED, as their worker had vanished, and that today's statistics in Redis do not count yet. A row is
-- written with the end and deleted once Redis has counted it, so that a Redis that is away costs no count.
create table uncounted_failures (
  execution_id bigint primary key,
  failed_at timestamptz not null
);
` },
  { version: 8, name: 'time-zone-data', sql: `-- One row: by which release of the time zone database the stored next times are computed. A tick that comes with a newer one
-- goes through all schedules, by the ids of their jobs, and over several ticks where there are many.
create table time_zone_data (
  is_only_row boolean primary key default true check (is_only_row),
  -- Such as 2026f; null until the first tick that knows this table.
  version text,
  -- Until then code with an older release may have computed next times.
  older_seen_at timestamptz not null,
  pass_started_at timestamptz not null,
  -- The job that the pass has come to; null when it is at its end.
  pass_job_id bigint,
  -- When a next time was last changed for new data; null: never.
  changed_at timestamptz
);

insert into time_zone_data (older_seen_at, pass_started_at) values ('epoch', 'epoch');
` },
  { version: 9, name: 'tags', sql: `-- Labels of a job, for people and for filters. An empty list costs existing rows nothing.
alter table jobs
  add column tags jsonb not null default '[]' check (jsonb_typeof(tags) = 'array');

-- An index of the tags of live jobs that gives a page of a tag's jobs in the order of their ids, however many have it. A GIN
-- index would find the jobs of a tag in no order.
create table job_tags (
  tag text not null,
  job_id bigint not null,
  primary key (tag, job_id)
);

-- Serves the trigger below.
create index job_tags_by_job on job_tags (job_id);

-- A trigger, so that the version before, which does not know tags, keeps the index right when it deletes a job.
create function index_job_tags() returns trigger language plpgsql as $$
begin
  delete from job_tags where job_id = new.id;
  if new.deleted_at is null then
    insert into job_tags (tag, job_id) select distinct tag, new.id from jsonb_array_elements_text(new.tags) tag;
  end if;
  return null;
end
$$;

create trigger index_tags_of_new_job
  after insert on jobs
  for each row when (new.tags <> '[]')
  execute function index_job_tags();

create trigger index_tags_of_changed_job
  after update of tags, deleted_at on jobs
  for each row when (new.tags <> old.tags or (new.deleted_at is null) <> (old.deleted_at is null))
  execute function index_job_tags();
` },
  { version: 15, name: 'job-keys', sql: `-- The collation "C" compares bytes, so that the index below also serves the search for keys with a prefix.
alter table jobs
  -- The caller's own name of a job. A deleted job keeps it, and no longer takes it.
  add column key text collate "C" check (char_length(key) between 1 and 200),
  -- A label by which jobs are filtered and counted together.
  add column job_group text collate "C" check (char_length(job_group) between 1 and 64),
  -- The team, tool or stack that manages the job.
  add column owner text collate "C" check (char_length(owner) between 1 and 200),
  -- Counts all changes, including changes of labels, for the ETag of the API.
  add column version bigint not null default 1;

-- Serves the look-up by key, the search for keys with a prefix, and makes a key unique among live jobs.
create unique index jobs_live_key on jobs (key) where key is not null and deleted_at is null;

-- Serves the question which job had a key before, so that a deployment that is repeated finds its one-time job again.
create index jobs_deleted_key on jobs (key, id) where key is not null and deleted_at is not null;

-- A trigger, so that a change by the version before, which does not know the column, counts as well.
create function count_job_version() returns trigger language plpgsql as $$
begin
  new.version := old.version + 1;
  return new;
end
$$;

create trigger count_version_of_changed_job
  before update of updated_at on jobs
  for each row execute function count_job_version();
` },
  { version: 24, name: 'audit-log', sql: `-- Every change of a job or an API key, with who made it. Triggers write it in the transaction of the change, so that no change is
-- without its entry, whichever code makes it: the API, a command, a deployment, a bulk operation or the version before.
create table audit_log (
  id bigint generated always as identity primary key,
  -- The instant of the change, as its transaction was told.
  at timestamptz not null,
  action text not null,
  -- What was changed: its kind and its id.
  subject text not null,
  subject_id bigint not null,
  -- Who made the change: {"type": …, "id": …, "name": …}. Null if the code that made it did not say.
  actor jsonb,
  -- Why, if the caller said.
  reason text,
  -- The columns that differ, with their values before and after. Null before a creation, and after a deletion.
  before jsonb,
  after jsonb
);

-- Each serves a list, the latest first: of all entries (and the retention), of one subject, of one API key, of one action.
create index audit_log_by_time on audit_log (at, id);
create index audit_log_by_subject on audit_log (subject, subject_id, at, id);
create index audit_log_by_api_key on audit_log ((actor ->> 'id'), at, id) where actor ->> 'type' = 'API_KEY';
create index audit_log_by_action on audit_log (action, at, id);

-- Who makes the changes of this transaction, as JSON: {"actor": …, "reason": …}. Null if the transaction did not say.
create function belfry_by() returns jsonb language sql stable as $$
  select nullif(current_setting('belfry.by', true), '')::jsonb
$$;

-- A job as the log shows it. Values of secret headers are replaced, and a body of more than 2 KiB by its size and SHA-256.
-- The body is text: jsonb cannot hold every JSON text.
create function audited_job(job jobs) returns jsonb language plpgsql stable as $$
declare
  body_text text := job.body::text;
  shown_headers jsonb;
begin
  select coalesce(jsonb_object_agg(key, case when json_typeof(value) = 'object' then '"[secret]"' else value::jsonb end), '{}')
    into shown_headers
    from json_each(job.headers);
  job.body := 'null';
  job.headers := '{}';
  return to_jsonb(job)
    - 'id' - 'revision' - 'version' - 'has_run' - 'created_at' - 'updated_at'
    || jsonb_build_object(
         'headers', shown_headers,
         'body', case
           when octet_length(body_text) <= 2048 then to_jsonb(body_text)
           else jsonb_build_object(
             'sizeBytes', octet_length(body_text),
             'sha256', encode(sha256(convert_to(body_text, 'UTF8')), 'hex'))
         end);
end
$$;

create function audit_job() returns trigger language plpgsql as $$
declare
  made_by jsonb := belfry_by();
  old_job jsonb;
  new_job jsonb;
  differing text[];
begin
  if tg_op = 'INSERT' then
    insert into audit_log (at, action, subject, subject_id, actor, reason, after)
    values (new.created_at, 'JOB_CREATED', 'job', new.id, made_by -> 'actor', made_by ->> 'reason', audited_job(new) - 'deleted_at');
    return null;
  end if;
  old_job := audited_job(old);
  if new.deleted_at is not null then
    if old.deleted_at is null then
      insert into audit_log (at, action, subject, subject_id, actor, reason, before)
      values (new.updated_at, 'JOB_DELETED', 'job', new.id, made_by -> 'actor', made_by ->> 'reason', old_job - 'deleted_at');
    end if;
    return null;
  end if;
  new_job := audited_job(new);
  select coalesce(array_agg(n.key), '{}')
    into differing
    from jsonb_each(new_job) n
   where n.value is distinct from old_job -> n.key;
  -- A new revision without a visible difference may have a new secret.
  if differing = '{}' and new.revision = old.revision then
    return null;
  end if;
  insert into audit_log (at, action, subject, subject_id, actor, reason, before, after)
  values (
    new.updated_at,
    case when differing <> '{is_active}' then 'JOB_CHANGED' when new.is_active then 'JOB_RESUMED' else 'JOB_PAUSED' end,
    'job', new.id, made_by -> 'actor', made_by ->> 'reason',
    (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(old_job) where key = any(differing)),
    (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(new_job) where key = any(differing)));
  return null;
end
$$;

create trigger audit_new_job
  after insert on jobs
  for each row execute function audit_job();

-- The statement of a visible change sets \`updated_at\`. Bookkeeping, such as the encryption with a new key, does not.
create trigger audit_changed_job
  after update of updated_at on jobs
  for each row execute function audit_job();

create function audited_api_key(name text, scopes text[], expires_at timestamptz, rate_limit_per_second integer)
returns jsonb language sql stable as $$
  select jsonb_build_object(
    'name', name, 'scopes', scopes, 'expires_at', expires_at, 'rate_limit_per_second', rate_limit_per_second)
$$;

-- A key that replaces another of the same name is an update of the row, with a new id: the old one is in revoked_api_keys.
create function audit_api_key() returns trigger language plpgsql as $$
declare
  made_by jsonb := belfry_by();
begin
  insert into audit_log (at, action, subject, subject_id, actor, reason, after)
  values (new.created_at, 'API_KEY_CREATED', 'apiKey', new.id, made_by -> 'actor', made_by ->> 'reason',
          audited_api_key(new.name, new.scopes, new.expires_at, new.rate_limit_per_second));
  return null;
end
$$;

create trigger audit_new_api_key
  after insert on api_keys
  for each row execute function audit_api_key();
create trigger audit_replacing_api_key
  after update of key_hash on api_keys
  for each row when (new.id <> old.id)
  execute function audit_api_key();

create function audit_revoked_api_key() returns trigger language plpgsql as $$
declare
  made_by jsonb := belfry_by();
begin
  insert into audit_log (at, action, subject, subject_id, actor, reason, before)
  values (new.revoked_at, 'API_KEY_REVOKED', 'apiKey', new.id, made_by -> 'actor', made_by ->> 'reason',
          audited_api_key(new.name, new.scopes, new.expires_at, new.rate_limit_per_second));
  return null;
end
$$;

create trigger audit_revoked_api_key
  after insert on revoked_api_keys
  for each row execute function audit_revoked_api_key();
` },
];
