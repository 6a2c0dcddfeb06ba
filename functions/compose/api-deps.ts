import type { PartsHealth } from '../../lib/app/check-health.ts';
import type { ClaimRequest, KeepAnswer } from '../../lib/app/claim-request.ts';
import type { PutJob } from '../../lib/app/put-job.ts';
import type { ChangeJob } from '../../lib/app/change-job.ts';
import type { CancelExecution } from '../../lib/app/cancel-execution.ts';
import type { CreateApiKey } from '../../lib/app/create-api-key.ts';
import type { DeleteJob } from '../../lib/app/delete-job.ts';
import type { FindApiKey } from '../../lib/app/find-api-key.ts';
import type { Operations } from '../../lib/app/start-operation.ts';
import type { ReadAuditLog } from '../../lib/app/read-audit-log.ts';
import type { ServiceMetrics } from '../../lib/app/read-metrics.ts';
import type { AskedGroups, GroupsPage } from '../../lib/app/list-groups.ts';
import type { AskedHosts, HostsPage } from '../../lib/app/list-hosts.ts';
import type { AskedGroupStats, GroupStats } from '../../lib/app/read-group-stats.ts';
import type { AskedStats, StatsOfRange } from '../../lib/app/read-stats.ts';
import type { ExplainExecution } from '../../lib/app/explain-execution.ts';
import type { ReadExecution } from '../../lib/app/read-execution.ts';
import type { ReadScheduleLoad } from '../../lib/app/schedule-load.ts';
import type { RevokeApiKey } from '../../lib/app/revoke-api-key.ts';
import type { RetryExecution } from '../../lib/app/retry-execution.ts';
import type { RunJob } from '../../lib/app/run-job.ts';
import type { ExecutionsPage } from '../../lib/app/list-executions.ts';
import type { UpcomingPage } from '../../lib/app/list-upcoming.ts';
import type { Calendar } from '../../lib/domain/calendar.ts';
import type { UpcomingPlace } from '../../lib/domain/upcoming.ts';
import type { JobsPage } from '../../lib/app/list-jobs.ts';
import type { PlacedExecution } from '../../lib/db/execution-history.ts';
import type { CreateSigningKey } from '../../lib/app/signing-keys/create-signing-key.ts';
import type { ReadSigningSecret } from '../../lib/app/signing-keys/read-signing-secret.ts';
import type { RevokeSigningKey } from '../../lib/app/signing-keys/revoke-signing-key.ts';
import type { ApiKey } from '../../lib/domain/api-key.ts';
import type { By } from '../../lib/domain/audit-log.ts';
import type { FailureDetails } from '../../lib/app/get-failure.ts';
import type { MarkFailure } from '../../lib/app/mark-failure.ts';
import type { FailuresPage } from '../../lib/db/failure-groups.ts';
import type { FailedJob, FailureGroup } from '../../lib/domain/failure-group.ts';
import type { Clock } from '../../lib/domain/clock.ts';
import type { ExecutionStatus } from '../../lib/domain/execution.ts';
import type { ExecutionFilter, ExecutionPosition } from '../../lib/domain/execution-filter.ts';
import type { FailingJobs } from '../../lib/domain/failing-jobs.ts';
import type { Job, JobSchedule, NewJob } from '../../lib/domain/job.ts';
import type { JobSummary } from '../../lib/domain/job-summary.ts';
import type { JobFilter } from '../../lib/domain/job-filter.ts';
import type { JobStats } from '../../lib/domain/job-stats.ts';
import type { JobOrder } from '../../lib/domain/job-order.ts';
import type { Page } from '../../lib/domain/page.ts';
import type { SigningKey } from '../../lib/domain/signing-key.ts';
import type { QueueStats } from '../../lib/api/service-schemas.ts';
import type { OutgoingPolicy } from '../../lib/outgoing/policy/policy.ts';
import type { FunctionLogger } from '../../lib/logger.ts';
import type { Admit, RateLimit } from '../../lib/redis/admit.ts';

type Asked<Position> = { limit: number; offset: number; withTotal: boolean } & Position;
type OfExecutions = Asked<{ afterUs: number | undefined }>;

/** The use cases behind the API. They throw a BelfryError for every expected error. */
export type ApiDeps = {
  createJob: (job: NewJob, by: By, keepAnswer?: KeepAnswer<Job>) => Promise<Job>;
  /** Creates all jobs, in the given order, or none. Throws a ValidationError with the index of each invalid item. */
  createJobs: (jobs: NewJob[], by: By, keepAnswer?: KeepAnswer<Job[]>) => Promise<Job[]>;
  listJobs: (
    filter: JobFilter,
    page: Asked<{ withBodies: boolean; maxBytes: number }> & JobOrder,
  ) => Promise<JobsPage>;
  readJobStats: (id: number, span: { from: Date; until: Date }) => Promise<JobStats>;
  listFailingJobs: (page: { limit: number; maxBytes: number }) => Promise<FailingJobs>;
  summarizeJobs: (ids: readonly number[], asked: { runs: number }) => Promise<JobSummary[]>;
  getJob: (id: number) => Promise<Job>;
  changeJob: ChangeJob;
  /** Creates or replaces the job with a key. */
  putJob: PutJob;
  /** Returns the id of the live job with this key. */
  getJobId: (key: string) => Promise<number>;
  deleteJob: DeleteJob;
  runJob: RunJob;
  retryExecution: RetryExecution;
  cancelExecution: CancelExecution;
  getSchedule: (id: number) => Promise<JobSchedule>;
  listHistory: (
    jobId: number,
    page: OfExecutions & { status?: ExecutionStatus | undefined },
  ) => Promise<Page<PlacedExecution>>;
  getExecution: (id: number) => Promise<ReadExecution>;
  explainExecution: ExplainExecution;
  listJobUpcoming: (
    jobId: number,
    page: {
      until: Date | undefined;
      limit: number;
      offset: number;
      after: UpcomingPlace | undefined;
    },
  ) => Promise<Omit<UpcomingPage, 'isCapped'>>;
  readCalendar: () => Promise<Calendar>;
  listAllUpcoming: (page: {
    until: Date;
    limit: number;
    after: UpcomingPlace | undefined;
  }) => Promise<UpcomingPage>;
  listExecutions: (
    filter: ExecutionFilter,
    page: { limit: number; after: ExecutionPosition | undefined },
  ) => Promise<ExecutionsPage>;
  listFailures: (page: FailuresPage) => Promise<{ items: FailureGroup[]; hasMore: boolean }>;
  getFailure: (id: number) => Promise<FailureDetails>;
  listFailedJobs: (
    id: number,
    page: { limit: number; afterId: number },
  ) => Promise<{ items: FailedJob[]; hasMore: boolean }>;
  markFailure: MarkFailure;
  readScheduleLoad: ReadScheduleLoad;
  queueStats: () => Promise<QueueStats>;
  listGroups: (asked: AskedGroups) => Promise<GroupsPage>;
  listHosts: (asked: AskedHosts) => Promise<HostsPage>;
  readStats: (asked: AskedStats) => Promise<StatsOfRange>;
  readGroupStats: (asked: AskedGroupStats) => Promise<GroupStats>;
  readMetrics: () => Promise<ServiceMetrics>;
  checkHealth: () => Promise<PartsHealth>;
  /** Claims the `Idempotency-Key` of a POST. */
  claimRequest: ClaimRequest;
  createApiKey: CreateApiKey;
  listApiKeys: (page: Asked<{ afterId: number }>) => Promise<Page<ApiKey>>;
  revokeApiKey: RevokeApiKey;
  operations: Operations;
  readAuditLog: ReadAuditLog;
  findApiKey: FindApiKey;
  createSigningKey: CreateSigningKey;
  listSigningKeys: (page: {
    limit: number;
    afterId: number;
  }) => Promise<{ items: SigningKey[]; hasMore: boolean }>;
  readSigningSecret: ReadSigningSecret;
  revokeSigningKey: RevokeSigningKey;
  /** The name of the deployment, if it has one. */
  deployment: string | undefined;
  admit: Admit;
  /** The limit of each key that has no limit of its own. */
  rateLimit: RateLimit;
  /** Origins whose pages may call the API from a browser; undefined allows none. */
  corsOrigins: readonly string[] | undefined;
  /** The targets that jobs may call. */
  outgoing: OutgoingPolicy;
  clock: Clock;
  /** Called at every request to a route that needs a key. It must not wait and must not throw. */
  checkClock: () => void;
  logger: FunctionLogger;
};
