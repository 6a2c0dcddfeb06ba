import { expect, test } from 'vitest';
import * as z from 'zod';
import { newJobSchema } from '../../lib/api/job-schemas.ts';
import type { JobDeclaration } from '../../infra/constructs/declared-jobs.ts';
import type { JobSchedulerProps } from '../../infra/constructs/job-scheduler.ts';
import { type Synthesised, synthesiseApp } from './support/synthesise.ts';
import { buildTheirs } from './support/theirs.ts';

const synthesiseTheirs = (
  jobs: Record<string, JobDeclaration>,
  props: Partial<JobSchedulerProps> = {},
): Synthesised => synthesiseApp((outdir) => buildTheirs(outdir, { jobs, props }));

/** The stack itself is the owner of its jobs. */
type Field = Exclude<keyof z.infer<typeof newJobSchema>, 'owner'>;

/** A field that a stack can declare and the API does not know, or the other way round, does not compile. */
const declaresEveryField: Record<Field, true> & Record<keyof JobDeclaration, true> = {
  key: true,
  name: true,
  description: true,
  tags: true,
  group: true,
  schedule: true,
  timeZone: true,
  api: true,
  method: true,
  headers: true,
  secretHeaders: true,
  body: true,
  type: true,
  isRecurring: true,
  maxRetryCount: true,
  retry: true,
  maxAgeSeconds: true,
  stopOn: true,
  success: true,
  timeoutMs: true,
  keepResponse: true,
  isTraced: true,
  isActive: true,
  deleteFinishedAfterDays: true,
  onFailure: true,
  onRecovery: true,
  pauseAfterFailures: true,
} satisfies Record<Field, true> satisfies Record<keyof JobDeclaration, true>;

test('a stack can declare every field of a job except its owner', () => {
  const fields = Object.keys(newJobSchema.shape).filter((name) => name !== 'owner');
  expect(Object.keys(declaresEveryField)).toEqual(fields);
});

const nightly: JobDeclaration = {
  schedule: '0 3 * * *',
  timeZone: 'Europe/Berlin',
  api: 'https://api.example.com/nightly',
  maxRetryCount: 5,
  isActive: true,
};

test('JobScheduler can be part of another app, with an existing network and database', () => {
  const { ofType, only } = synthesiseTheirs({});
  expect(ofType('AWS::EC2::VPC')).toEqual([]);
  expect(ofType('AWS::RDS::DBInstance')).toEqual([]);
  const worker = ofType('AWS::Lambda::Function').find(({ id }) => id.startsWith('JobsWorker'));
  expect(worker?.Properties).toMatchObject({
    VpcConfig: {
      SubnetIds: ['subnet-0123456789abcdef0', 'subnet-0fedcba9876543210'],
      SecurityGroupIds: ['sg-0fedcba9876543210'],
    },
    Environment: { Variables: { BELFRY_DATABASE_HOST: 'db.example.internal', BELFRY_DATABASE_NAME: 'jobs' } },
  });
  expect(only('AWS::EC2::SecurityGroupIngress').Properties).toMatchObject({
    GroupId: 'sg-0123456789abcdef0',
    FromPort: 5432,
    SourceSecurityGroupId: 'sg-0fedcba9876543210',
  });
  expect(only('AWS::ApiGateway::RestApi').Properties).toMatchObject({ Name: 'theirs' });
});

test('JobScheduler declares jobs, as strings that CloudFormation does not change, after the database is up to date', () => {
  const { only, ofType } = synthesiseTheirs({ nightly });
  const { Properties } = only('Custom::BelfryJob');
  const { Name, Job } = z.object({ Name: z.string(), Job: z.string() }).parse(Properties);
  expect(Name).toBe('nightly');
  expect(JSON.parse(Job)).toEqual(nightly);
  const keep = ofType('AWS::Lambda::Function').find(({ id }) => id.startsWith('JobsDeclaredJobsKeep'));
  expect(keep?.DependsOn).toContainEqual(expect.stringMatching(/^JobsMigrationsTrigger/));
});

test('JobScheduler creates nothing for declared jobs when there are none', () => {
  const { ofType } = synthesiseTheirs({});
  expect(ofType('Custom::BelfryJob')).toEqual([]);
  expect(ofType('AWS::Lambda::Function').filter(({ id }) => id.includes('DeclaredJobs'))).toEqual([]);
});

test('JobScheduler scales workers as configured, and passes the numbers to them', () => {
  const workers = { maxConcurrency: 50, maxInFlight: 300 };
  const plain = synthesiseTheirs({}, { workers });
  expect(plain.only('AWS::Lambda::EventSourceMapping').Properties).toMatchObject({
    ScalingConfig: { MaximumConcurrency: 50 },
  });
  const worker = plain.ofType('AWS::Lambda::Function').find(({ id }) => id.startsWith('JobsWorker'));
  expect(worker?.Properties).toMatchObject({
    Environment: { Variables: { BELFRY_MAX_WORKERS: '50', BELFRY_MAX_IN_FLIGHT: '300' } },
  });

  const provisioned = synthesiseTheirs({}, { workers: { ...workers, pollers: { minimum: 2, maximum: 10 } } });
  const { Properties } = provisioned.only('AWS::Lambda::EventSourceMapping');
  expect(Properties).toMatchObject({ ProvisionedPollerConfig: { MinimumPollers: 2, MaximumPollers: 10 } });
  expect(Properties).not.toHaveProperty('ScalingConfig');
});

test('a window that needs more descriptors than Lambda allows is refused', () => {
  expect(() => synthesiseTheirs({}, { workers: { maxConcurrency: 50, maxInFlight: 801 } })).toThrow(
    'maxInFlight is 801; it must be 1 to 800',
  );
});

test('a hibernating tick knows the name of its schedule, and may change only that schedule', () => {
  const { ofType, only } = synthesiseTheirs({}, { tick: { by: 'schedule', hibernates: true } });
  const { DependsOn, Properties } = only('AWS::Scheduler::Schedule');
  expect(DependsOn).toContain(only('AWS::Scheduler::ScheduleGroup').id);
  expect(only('AWS::Scheduler::ScheduleGroup').DeletionPolicy).not.toBe('Retain');
  expect(Properties).toMatchObject({ GroupName: 'theirs' });
  for (const id of ['JobsApi', 'JobsScheduler']) {
    const found = ofType('AWS::Lambda::Function').find((resource) => resource.id.startsWith(`${id}Function`));
    expect(found?.Properties).toMatchObject({
      Environment: {
        Variables: { BELFRY_HIBERNATE_SCHEDULE: Properties['Name'], BELFRY_HIBERNATE_GROUP: 'theirs' },
      },
    });
  }
  const rights = JSON.stringify(
    ofType('AWS::IAM::Policy').map((policy) => policy.Properties['PolicyDocument']),
  );
  expect(rights).toMatch(/schedule\/theirs\/tick-hibernating"/);
  expect(rights).toMatch(/schedule\/theirs\/tick-hibernating-at-\*"/);
  expect(rights).toMatch(/iam:PassRole/);
  const worker = ofType('AWS::Lambda::Function').find((resource) => resource.id.startsWith('JobsWorker'));
  expect(JSON.stringify(worker?.Properties)).not.toContain('HIBERNATE');
});

test('a stack that stops hibernating gets another schedule, which is on, regardless of the state of the previous one', () => {
  const minuteSchedule = (hibernates: boolean) =>
    synthesiseTheirs({}, { tick: { by: 'schedule', hibernates } }).only('AWS::Scheduler::Schedule')
      .Properties;
  // CloudFormation treats another name as another resource: it creates the new schedule, and deletes the old one, which may be
  // off.
  expect(minuteSchedule(true)['Name']).not.toBe(minuteSchedule(false)['Name']);
  expect(minuteSchedule(false)).toMatchObject({ State: 'ENABLED', GroupName: 'theirs' });
  expect(minuteSchedule(true)).toMatchObject({ State: 'ENABLED', GroupName: 'theirs' });
});
