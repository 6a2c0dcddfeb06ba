import type { components, operations } from '../generated/openapi.d.ts';

type Schemas = components['schemas'];

export type ApiKey = Schemas['ApiKey'];
export type Attempt = Schemas['Attempt'];
export type AuditEntry = Schemas['AuditEntry'];
export type CreatedApiKey = Schemas['CreatedApiKey'];
export type DryRun = Schemas['DryRun'];
export type Execution = Schemas['JobExecution'];
export type ExecutionDetails = Schemas['ExecutionDetails'];
export type Explanation = Schemas['Explanation'];
export type FailureDetails = Schemas['FailureGroupDetails'];
export type FailureGroup = Schemas['FailureGroup'];
export type Group = Schemas['Group'];
export type GroupStats = Schemas['GroupStats'];
export type Host = Schemas['Host'];
export type Job = Schemas['Job'];
export type JobPatch = Schemas['JobPatch'];
export type JobStats = Schemas['JobStats'];
export type JobSummary = Schemas['ListedJob'];
export type NamedJob = Schemas['JobSummary'];
export type NewJob = Schemas['NewJob'];
export type Operation = Schemas['Operation'];
export type NewOperation = Schemas['NewOperation'];
export type NewApiKey = Schemas['NewApiKey'];
export type Stats = Schemas['Stats'];
export type QueueStats = Schemas['QueueStats'];
export type RecentRun = Schemas['RecentRun'];
export type Problem = Schemas['Problem'];
export type SigningKey = Schemas['SigningKey'];
export type SchedulePreview = Schemas['SchedulePreview'];
export type Upcoming = Schemas['UpcomingExecution'];

type JobsQuery = NonNullable<operations['listJobs']['parameters']['query']>;
/** The conditions on jobs of a list and of an operation. */
export type JobsFilter = Pick<
  JobsQuery,
  | 'text'
  | 'keyPrefix'
  | 'tag'
  | 'group'
  | 'owner'
  | 'host'
  | 'schedule'
  | 'timeZone'
  | 'state'
  | 'lastOutcome'
  | 'nextBefore'
>;
