/** One thing wrong with a request. `field` is a path such as `headers.X-Tag`; `index` is the item's place in a batch. */
export type FieldError = { field: string; message: string; index?: number };

/** The root of all errors Belfry throws on purpose: `code` is stable, `status` is what HTTP answers. */
export abstract class BelfryError extends Error {
  abstract readonly code: string;
  abstract readonly status: number;
}

export class ValidationError extends BelfryError {
  readonly code: string = 'VALIDATION_ERROR';
  readonly status = 400;
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
  readonly status = 404;

  constructor(jobId: number) {
    super(`there is no job ${jobId}; GET /api/v1/jobs lists those there are`);
  }
}

export class ScheduleNotFoundError extends BelfryError {
  readonly code = 'SCHEDULE_NOT_FOUND';
  readonly status = 404;

  constructor(jobId: number) {
    super(`job ${jobId} has no next execution: it is paused, or its only occurrence was dispatched`);
  }
}

export class ApiKeyNotFoundError extends BelfryError {
  readonly code = 'API_KEY_NOT_FOUND';
  readonly status = 404;

  constructor(id: number) {
    super(`there is no key ${id} that works; GET /api/v1/keys lists all, revoked ones too`);
  }
}

export class ApiKeyNameTakenError extends BelfryError {
  readonly code = 'API_KEY_NAME_TAKEN';
  readonly status = 409;

  constructor(name: string) {
    super(`another key has the name "${name}"; take another name, or revoke that key first`);
  }
}

/** A key without which nobody could get in. */
export class ApiKeyProtectedError extends BelfryError {
  readonly code = 'API_KEY_PROTECTED';
  readonly status = 409;
}

const unauthorizedDetails = {
  missing: 'there is no API key; send one as Authorization: Bearer <key>, or in the header X-API-Key',
  'wrong scheme':
    'the header Authorization does not have the form Bearer <key>; send the API key so, or in the header X-API-Key',
  // No word on whether there ever was such a key.
  unknown:
    'the API key is not valid; it may be mistyped, expired or revoked; send one that is, as Authorization: Bearer <key> or in X-API-Key',
} as const;

export class UnauthorizedError extends BelfryError {
  readonly code = 'UNAUTHORIZED';
  readonly status = 401;

  constructor(reason: keyof typeof unauthorizedDetails) {
    super(unauthorizedDetails[reason]);
  }
}

export class ForbiddenError extends BelfryError {
  readonly code = 'FORBIDDEN';
  readonly status = 403;

  constructor(scope: string) {
    super(`this API key lacks the scope "${scope}"; use one that has it`);
  }
}

/** The key, or the callers of an open route together, have sent more than they may. */
export class RateLimitedError extends BelfryError {
  readonly code = 'RATE_LIMITED';
  readonly status = 429;
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number, limited: 'this API key' | 'this route' = 'this API key') {
    const what = limited === 'this route' ? 'gets' : 'has sent';
    super(`${limited} ${what} too many requests; send the next in ${retryAfterSeconds} s`);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export class UriTooLongError extends BelfryError {
  readonly code = 'URI_TOO_LONG';
  readonly status = 414;

  constructor(limitLength: number) {
    super(`path and query may have at most ${limitLength} characters together`);
  }
}

export class HeadersTooLargeError extends BelfryError {
  readonly code = 'HEADERS_TOO_LARGE';
  readonly status = 431;

  constructor({ count, sizeBytes }: { count: number; sizeBytes: number }) {
    super(`a request may have at most ${count} headers, with ${sizeBytes} bytes in all`);
  }
}

export class PayloadTooLargeError extends BelfryError {
  readonly code = 'PAYLOAD_TOO_LARGE';
  readonly status = 413;

  /** @param limit how many bytes the request body may have; or a whole message. */
  constructor(limit: number | string) {
    super(typeof limit === 'string' ? limit : `the request body may have at most ${limit} bytes`);
  }
}

export class UnsupportedMediaTypeError extends BelfryError {
  readonly code = 'UNSUPPORTED_MEDIA_TYPE';
  readonly status = 415;

  constructor() {
    super('send the request body as application/json');
  }
}

export class NotFoundError extends BelfryError {
  readonly code = 'NOT_FOUND';
  readonly status = 404;

  constructor(path: string) {
    super(`there is nothing at ${path}; GET /openapi.json describes what there is`);
  }
}

export class MethodNotAllowedError extends BelfryError {
  readonly code = 'METHOD_NOT_ALLOWED';
  readonly status = 405;
  readonly allowed: readonly string[];

  constructor(method: string, path: string, allowed: readonly string[]) {
    super(`${method} is not possible on ${path}; use ${allowed.join(' or ')}`);
    this.allowed = allowed;
  }
}

/** A part Belfry leans on does not answer. Whether what was under way took effect is not known. */
export class UnavailableError extends BelfryError {
  readonly code = 'UNAVAILABLE';
  readonly status = 503;
  readonly retryAfterSeconds: number;

  constructor(part: string, options?: ErrorOptions & { retryAfterSeconds?: number }) {
    super(`${part} does not answer; try again shortly`, options);
    this.retryAfterSeconds = options?.retryAfterSeconds ?? 5;
  }
}

/** The request ran out of time; unlike after UnavailableError, what it should have stored may be there. */
export class TimedOutError extends BelfryError {
  readonly code = 'TIMED_OUT';
  readonly status = 503;

  constructor() {
    super('the request took too long and may have been stored or not; look before you send it again');
  }
}
