import type { PartsHealth } from '../../lib/app/check-health.ts';
import type { ChangeJob } from '../../lib/app/change-job.ts';
import type { CreateApiKey } from '../../lib/app/create-api-key.ts';
import type { FindApiKey } from '../../lib/app/find-api-key.ts';
import type { RevokeApiKey } from '../../lib/app/revoke-api-key.ts';
import type { Listed } from '../../lib/db/list-jobs.ts';
import type { ApiKey } from '../../lib/domain/api-key.ts';
import type { Clock } from '../../lib/domain/clock.ts';
import type { ExecutionStatus, JobExecution } from '../../lib/domain/execution.ts';
import type { Job, JobSchedule, ListedJob, NewJob } from '../../lib/domain/job.ts';
import type { QueueStats } from '../../lib/api/resource-schemas.ts';
import type { OutgoingPolicy } from '../../lib/outgoing/policy/policy.ts';
import type { FunctionLogger } from '../../lib/logger.ts';
import type { Admit, RateLimit } from '../../lib/redis/admit.ts';

type Page<Position> = { limit: number; offset: number } & Position;
type OfExecutions = Page<{ afterTime: Date | undefined }>;

/** The use cases behind the API. Whatever they throw on purpose is a BelfryError. */
export type ApiDeps = {
  createJob: (job: NewJob) => Promise<Job>;
  /** All or nothing, in the order given; throws a BatchError with an index for each bad item. */
  createJobs: (jobs: NewJob[]) => Promise<Job[]>;
  listJobs: (
    page: Page<{ afterId: number; withBodies: boolean; maxBytes: number }>,
  ) => Promise<Listed<ListedJob>>;
  getJob: (id: number) => Promise<Job>;
  changeJob: ChangeJob;
  deleteJob: (id: number) => Promise<void>;
  getSchedule: (id: number) => Promise<JobSchedule>;
  listHistory: (
    jobId: number,
    page: OfExecutions & { status?: ExecutionStatus | undefined },
  ) => Promise<Listed<JobExecution>>;
  listUpcoming: (jobId: number, page: OfExecutions) => Promise<Listed<JobExecution>>;
  queueStats: () => Promise<QueueStats>;
  checkHealth: () => Promise<PartsHealth>;
  createApiKey: CreateApiKey;
  listApiKeys: (page: Page<{ afterId: number }>) => Promise<Listed<ApiKey>>;
  revokeApiKey: RevokeApiKey;
  findApiKey: FindApiKey;
  admit: Admit;
  /** Of each key that has none of its own. */
  rateLimit: RateLimit;
  /** Whose pages may call the API from a browser; undefined: nobody's. */
  corsOrigins: readonly string[] | undefined;
  /** Where jobs may call. */
  outgoing: OutgoingPolicy;
  clock: Clock;
  /** Called at every request of a route that wants a key; must neither wait nor throw. */
  checkClock: () => void;
  logger: FunctionLogger;
};
