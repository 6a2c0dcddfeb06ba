/** One thing wrong with a request. `field` is a path such as `headers.X-Tag`; `index` is the item's place in a batch. */
export type FieldError = { field: string; message: string; index?: number };

/** The root of all errors that Belfry throws on purpose. Programs tell them apart by `code`, which is stable. */
export abstract class BelfryError extends Error {
  abstract readonly code: string;
}

export class ValidationError extends BelfryError {
  readonly code: string = 'VALIDATION_ERROR';
  readonly errors: readonly FieldError[];

  constructor(errors: readonly FieldError[], options?: ErrorOptions) {
    super(errors.map((error) => `${error.field}: ${error.message}`).join('; '), options);
    this.errors = errors;
  }
}

/** A schedule or time zone that cannot be read, lies in the past, or never comes. */
export class InvalidScheduleError extends ValidationError {
  override readonly code = 'INVALID_SCHEDULE';

  constructor(field: 'schedule' | 'timeZone' | 'isRecurring', message: string, options?: ErrorOptions) {
    super([{ field, message }], options);
  }
}

/** Several items of a batch are wrong; `code` is that of the first. */
export class BatchError extends ValidationError {
  override readonly code: string;

  constructor(code: string, errors: readonly FieldError[]) {
    super(errors);
    this.code = code;
  }
}

export class JobNotFoundError extends BelfryError {
  readonly code = 'JOB_NOT_FOUND';

  constructor(jobId: number) {
    super(`there is no job ${jobId}; GET /api/v1/jobs lists those there are`);
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
    super(`there is no key ${id} that works; GET /api/v1/keys lists all, revoked ones too`);
  }
}

export class ApiKeyNameTakenError extends BelfryError {
  readonly code = 'API_KEY_NAME_TAKEN';

  constructor(name: string) {
    super(`another key has the name "${name}"; take another name, or revoke that key first`);
  }
}

/** A key without which nobody could get in. */
export class ApiKeyProtectedError extends BelfryError {
  readonly code = 'API_KEY_PROTECTED';
}

/** A part Belfry leans on does not answer. Whether what was under way took effect is not known. */
export class UnavailableError extends BelfryError {
  readonly code = 'UNAVAILABLE';
  readonly retryAfterSeconds: number;

  constructor(part: string, options?: ErrorOptions & { retryAfterSeconds?: number }) {
    super(`${part} does not answer; try again shortly`, options);
    this.retryAfterSeconds = options?.retryAfterSeconds ?? 5;
  }
}
