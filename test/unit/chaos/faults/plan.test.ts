import { expect, test } from 'vitest';
import { nameStatement } from '../../../chaos/environment/name-statement.ts';
import { planFaults } from '../../../chaos/faults/plan.ts';
import { CommandLineError } from '../../../../local/commands/command-line.ts';
import { readOptions } from '../../../chaos/options.ts';
import { planRequest } from '../../../chaos/traffic/plan.ts';

const size = { isShort: false };

test('the same seed gives the same faults and the same traffic, and another seed gives others', () => {
  expect(planFaults(7, 200, size)).toEqual(planFaults(7, 200, size));
  expect(planFaults(7, 200, size)).not.toEqual(planFaults(8, 200, size));
  const requests = (seed: number) => [3, 1, 2].map((number) => planRequest(seed, number));
  expect(requests(7)).toEqual(requests(7));
  expect(requests(7)).not.toEqual(requests(8));
});

test('a fault plan has about as many faults as requested', () => {
  for (const faults of [30, 72, 1_000]) {
    expect(Math.abs(planFaults(1, faults, size).count - faults)).toBeLessThanOrEqual(5);
  }
});

test('a short fault plan has every kind of fault', () => {
  const kindsOf = (faults: number) =>
    new Set(planFaults(1, faults, size).lanes.flatMap((lane) => lane.faults.map(({ kind }) => kind)));
  expect(kindsOf(72)).toEqual(kindsOf(1_000));
});

test('traffic has jobs of both types, batches, recurring jobs and jobs that are stopped in every way', () => {
  const requests = Array.from({ length: 300 }, (_, number) => planRequest(1, number));
  const jobs = requests.flatMap((request) => request.jobs);
  expect(new Set(jobs.map(({ type }) => type)).size).toBe(2);
  expect(new Set(jobs.map(({ when }) => when.kind)).size).toBe(2);
  expect(new Set(jobs.map(({ stop }) => stop?.kind)).size).toBe(4);
  expect(new Set(jobs.map(({ behaviour }) => behaviour.kind)).size).toBe(8);
  expect(new Set(requests.map(({ isBatch }) => isBatch)).size).toBe(2);
  expect(new Set(jobs.map(({ number }) => number)).size).toBe(jobs.length);
});

test.each([
  ['select id from jobs for update', undefined, undefined],
  ['select job_id from job_schedules limit $2 for update skip locked', 'lock_due_schedules', undefined],
  ['begin', undefined, undefined],
  ['rollback', undefined, undefined],
  ['commit', undefined, 'commit'],
  ['update job_executions set status = $1', 'claim_executions', 'claim_executions'],
  ['update job_executions e set status = 1', undefined, 'update job_executions.status'],
  ['insert into jobs (id) values (1) on conflict do update set id = 2', undefined, 'insert into jobs'],
  ['with x as (select 1) update jobs j set revision = 2', undefined, 'update jobs.revision'],
  ['delete from job_schedules where id = 1', undefined, 'delete from job_schedules'],
  ['create table a partition of b default', undefined, 'create table'],
  ['\n  -- record_outcomes\n  with x as (update jobs j set a = 1)', undefined, 'record_outcomes'],
  ['insert into jobs (id) values (1) -- a_comment', undefined, 'insert into jobs'],
])('the failpoint %s as %s is %s', (text, name, point) => {
  expect(nameStatement({ text, name })).toBe(point);
});

test('the options of a chaos run have defaults, and invalid numbers and unknown options are refused', () => {
  const read = (...args: string[]) => readOptions(args, () => 42);
  expect(read()).toMatchObject({
    kind: 'storm',
    seed: 42,
    faults: 1_000,
    isShort: false,
    tickEveryMs: 5_000,
  });
  expect(read('--seed', '7', '--faults', '20')).toMatchObject({ seed: 7, faults: 20 });
  expect(read('--minutes', '10')).toMatchObject({ faults: 480 });
  expect(read('--short').faults).toBeLessThan(100);
  expect(read('--recovery', '--tick', '60')).toMatchObject({ kind: 'recovery', tickEveryMs: 60_000 });
  for (const args of [['--seed', 'x'], ['--faults', '0'], ['--no-such'], ['now']]) {
    expect(() => read(...args)).toThrow(CommandLineError);
  }
});
