/**
 * One error in a request. `field` is a path such as `headers.X-Tag`, and `index` the position of the item in a batch.
 */
export type FieldError = { field: string; message: string; index?: number };

/** The base class of all errors that Belfry throws on purpose. Programs distinguish them by `code`, which is stable. */
export abstract class BelfryError extends Error {
  abstract readonly code: string;
}

/** A request is wrong. The code is INVALID_SCHEDULE if all of its errors are about the schedule and its time zone. */
export class ValidationError extends BelfryError {
  readonly code: string = 'VALIDATION_ERROR';
  readonly errors: readonly FieldError[];

  constructor(errors: readonly FieldError[], options?: ErrorOptions) {
    super(errors.map((error) => `${error.field}: ${error.message}`).join('; '), options);
    const isOfSchedule = errors.every(({ field }) => field === 'schedule' || field === 'timeZone');
    if (isOfSchedule) this.code = 'INVALID_SCHEDULE';
    this.errors = errors;
  }
}

/** A schedule or time zone is invalid, or the schedule has no time in the future. */
export class InvalidScheduleError extends ValidationError {
  constructor(field: 'schedule' | 'timeZone', message: string, options?: ErrorOptions) {
    super([{ field, message }], options);
  }
}

/** A job of a request has the key of another live job. */
export class JobKeyTakenError extends ValidationError {
  override readonly code = 'JOB_KEY_TAKEN';
  /** The job that has the key; the first one, if several keys of a batch are taken. */
  readonly jobId: number;

  /** @param taken the keys, with their jobs. `index` is the place in a batch. */
  constructor(taken: readonly [TakenKey, ...TakenKey[]], options?: ErrorOptions) {
    super(
      taken.map(({ key, jobId, index }) => ({
        ...(index !== undefined && { index }),
        field: 'key',
        message: `"${key}" is the key of job ${jobId}; change or delete that job, or send another key`,
      })),
      options,
    );
    this.jobId = taken[0].jobId;
  }
}

export type TakenKey = { key: string; jobId: number; index?: number };

/** The job does not have the version that a header of the request requires. */
export class PreconditionFailedError extends BelfryError {
  readonly code = 'PRECONDITION_FAILED';
}

export class JobNotFoundError extends BelfryError {
  readonly code = 'JOB_NOT_FOUND';

  /** @param job its id, or its key. */
  constructor(job: number | { key: string }) {
    const named = typeof job === 'number' ? `job ${job}` : `job with the key "${job.key}"`;
    super(`there is no ${named}; GET /api/v1/jobs lists the existing jobs`);
  }
}

export class ExecutionNotFoundError extends BelfryError {
  readonly code = 'EXECUTION_NOT_FOUND';

  constructor(id: number) {
    super(`there is no execution ${id}; it never existed, or it is older than the retention`);
  }
}

/** The execution cannot be repeated. The message says why. */
export class ExecutionNotRetryableError extends BelfryError {
  readonly code = 'EXECUTION_NOT_RETRYABLE';
  /** The open execution that repeats it. */
  readonly executionId: number | undefined;

  constructor(message: string, { executionId }: { executionId?: number } = {}) {
    super(message);
    this.executionId = executionId;
  }
}

/** The execution cannot be cancelled, because it has ended. */
export class ExecutionEndedError extends BelfryError {
  readonly code = 'EXECUTION_ENDED';

  constructor(id: number, status: string) {
    super(`execution ${id} has already ended with ${status}, so it cannot be cancelled`);
  }
}

export class FailureGroupNotFoundError extends BelfryError {
  readonly code = 'FAILURE_GROUP_NOT_FOUND';

  constructor(id: number) {
    super(`there is no failure group ${id}; GET /api/v1/failures lists the groups that exist`);
  }
}

export class OperationNotFoundError extends BelfryError {
  readonly code = 'OPERATION_NOT_FOUND';

  constructor(id: number) {
    super(`there is no operation ${id}; GET /api/v1/operations lists the operations`);
  }
}

export class OperationNotRunningError extends BelfryError {
  readonly code = 'OPERATION_NOT_RUNNING';

  constructor(id: number, state: string) {
    super(`operation ${id} cannot be aborted, because it is ${state}`);
  }
}

export class ScheduleNotFoundError extends BelfryError {
  readonly code = 'SCHEDULE_NOT_FOUND';

  constructor(jobId: number) {
    super(`job ${jobId} has no next execution: it is paused, or its only occurrence was dispatched`);
  }
}

export class ApiKeyNotFoundError extends BelfryError {
  readonly code = 'API_KEY_NOT_FOUND';

  constructor(id: number) {
    super(`there is no valid key ${id}; GET /api/v1/keys lists all keys, including revoked ones`);
  }
}

export class ApiKeyNameTakenError extends BelfryError {
  readonly code = 'API_KEY_NAME_TAKEN';

  /** @param options.isReserved whether it is the name of the deployment's own key. */
  constructor(name: string, { isReserved = false }: { isReserved?: boolean } = {}) {
    super(
      isReserved
        ? `the name "${name}" is reserved for the key of the deployment; choose another name`
        : `another key has the name "${name}"; choose another name, or revoke that key first`,
    );
  }
}

/** The key cannot be revoked, because operators would lose access. */
export class ApiKeyProtectedError extends BelfryError {
  readonly code = 'API_KEY_PROTECTED';
}

export class SigningKeyNotFoundError extends BelfryError {
  readonly code = 'SIGNING_KEY_NOT_FOUND';

  constructor(id: number) {
    super(
      `no signing key ${id} signs requests; GET /api/v1/signing-keys lists all keys, including ended ones`,
    );
  }
}

/** A new key would be one too many: each key adds a signature to every request. */
export class SigningKeyLimitError extends BelfryError {
  readonly code = 'SIGNING_KEY_LIMIT';

  constructor(limit: number) {
    super(
      `${limit} keys sign requests, which is the limit; revoke one of them, or create the key with overlapSeconds 0`,
    );
  }
}

/** The key cannot be revoked, because requests would be sent without a signature. */
export class SigningKeyProtectedError extends BelfryError {
  readonly code = 'SIGNING_KEY_PROTECTED';

  constructor(id: number) {
    super(`signing key ${id} is the only one that signs requests; create another one first`);
  }
}

/** The secret of the key cannot be decrypted. */
export class SigningKeyUnreadableError extends BelfryError {
  readonly code = 'SIGNING_KEY_UNREADABLE';

  constructor(id: number, options?: ErrorOptions) {
    super(
      `signing key ${id} cannot be decrypted, because its data key is missing; restore the key ring, or create another signing key`,
      options,
    );
  }
}

/** Another request with the same idempotency key is being served. */
export class RequestUnderWayError extends BelfryError {
  readonly code = 'REQUEST_UNDER_WAY';
  readonly retryAfterSeconds = 2;

  constructor() {
    super('a request with this Idempotency-Key is still under way; send the same request again shortly');
  }
}

/** A service that Belfry depends on does not respond. It is unknown whether the operation took effect. */
export class UnavailableError extends BelfryError {
  readonly code = 'UNAVAILABLE';
  readonly retryAfterSeconds: number;

  constructor(part: string, options?: ErrorOptions & { retryAfterSeconds?: number }) {
    super(`${part} does not answer; try again shortly`, options);
    this.retryAfterSeconds = options?.retryAfterSeconds ?? 5;
  }
}
