import type { Clock } from '../../lib/domain/clock.ts';
import type { ExecutionStatus, JobExecution } from '../../lib/domain/execution.ts';
import type { Job, JobChanges, JobSchedule, NewJob } from '../../lib/domain/job.ts';
import type { Health, QueueStats } from '../../lib/http/resource-schemas.ts';
import type { OutgoingPolicy } from '../../lib/domain/outgoing/policy.ts';
import type { FindApiKey } from '../../lib/middleware/api-key-cache.ts';
import type { FunctionLogger } from '../../lib/logger.ts';

type Page = { limit: number; offset: number };
type Listed<T> = { items: T[]; total: number };

/** The use cases behind the API. Whatever they throw on purpose is a BelfryError. */
export type ApiDeps = {
  createJob: (job: NewJob) => Promise<Job>;
  /** All or nothing, in the order given; throws a BatchError with an index for each bad item. */
  createJobs: (jobs: NewJob[]) => Promise<Job[]>;
  listJobs: (page: Page) => Promise<Listed<Job>>;
  getJob: (id: number) => Promise<Job>;
  changeJob: (id: number, changes: JobChanges) => Promise<Job>;
  deleteJob: (id: number) => Promise<void>;
  getSchedule: (id: number) => Promise<JobSchedule>;
  listExecutions: (
    jobId: number,
    filter: Page & { status?: ExecutionStatus },
  ) => Promise<Listed<JobExecution>>;
  queueStats: () => Promise<QueueStats>;
  checkHealth: () => Promise<Health>;
  findApiKey: FindApiKey;
  /** Whose pages may call the API from a browser; undefined: nobody's. */
  corsOrigins: readonly string[] | undefined;
  /** Where jobs may call. */
  outgoing: OutgoingPolicy;
  clock: Clock;
  logger: FunctionLogger;
};
