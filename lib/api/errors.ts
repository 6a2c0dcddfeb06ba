import { BelfryError } from '../domain/errors.ts';

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

  constructor(reason: keyof typeof unauthorizedDetails) {
    super(unauthorizedDetails[reason]);
  }
}

export class ForbiddenError extends BelfryError {
  readonly code = 'FORBIDDEN';

  constructor(scope: string) {
    super(`this API key lacks the scope "${scope}"; use one that has it`);
  }
}

/** The key, or the callers of an open route together, have sent more than they may. */
export class RateLimitedError extends BelfryError {
  readonly code = 'RATE_LIMITED';
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number, limited: 'this API key' | 'this route' = 'this API key') {
    const what = limited === 'this route' ? 'gets' : 'has sent';
    super(`${limited} ${what} too many requests; send the next in ${retryAfterSeconds} s`);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export class UriTooLongError extends BelfryError {
  readonly code = 'URI_TOO_LONG';

  constructor(limitLength: number) {
    super(`path and query may have at most ${limitLength} characters together`);
  }
}

export class HeadersTooLargeError extends BelfryError {
  readonly code = 'HEADERS_TOO_LARGE';

  constructor({ count, sizeBytes }: { count: number; sizeBytes: number }) {
    super(`a request may have at most ${count} headers, with ${sizeBytes} bytes in all`);
  }
}

export class PayloadTooLargeError extends BelfryError {
  readonly code = 'PAYLOAD_TOO_LARGE';

  /** @param limit how many bytes the request body may have; or a whole message. */
  constructor(limit: number | string) {
    super(typeof limit === 'string' ? limit : `the request body may have at most ${limit} bytes`);
  }
}

export class UnsupportedMediaTypeError extends BelfryError {
  readonly code = 'UNSUPPORTED_MEDIA_TYPE';

  constructor() {
    super('send the request body as application/json');
  }
}

export class NotFoundError extends BelfryError {
  readonly code = 'NOT_FOUND';

  constructor(path: string) {
    super(`there is nothing at ${path}; GET /openapi.json describes what there is`);
  }
}

export class MethodNotAllowedError extends BelfryError {
  readonly code = 'METHOD_NOT_ALLOWED';
  readonly allowed: readonly string[];

  constructor(method: string, path: string, allowed: readonly string[]) {
    super(`${method} is not possible on ${path}; use ${allowed.join(' or ')}`);
    this.allowed = allowed;
  }
}

/** The request ran out of time; unlike after UnavailableError, what it should have stored may be there. */
export class TimedOutError extends BelfryError {
  readonly code = 'TIMED_OUT';

  constructor() {
    super('the request took too long and may have been stored or not; look before you send it again');
  }
}
