import { BelfryError } from '../domain/errors.ts';

const unauthorizedDetails = {
  missing: 'there is no API key; send one as Authorization: Bearer <key>, or in the header X-API-Key',
  'wrong scheme':
    'the header Authorization does not have the form Bearer <key>; send the API key in this form, or in the header X-API-Key',
  // The message does not reveal whether such a key ever existed.
  unknown:
    'the API key is not valid: it may be mistyped, expired or revoked; send a valid key as Authorization: Bearer <key>, or in X-API-Key',
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
    super(`this API key lacks the scope "${scope}"; use a key that has it`);
  }
}

/** The key was in an address, where it must not have further scopes. */
export class TokenTooPowerfulError extends BelfryError {
  readonly code = 'FORBIDDEN';

  constructor(scope: string) {
    super(
      `a key in an address may have only the scope "${scope}", because addresses are stored and logged; create a key with only that scope, and revoke this one if others saw the address`,
    );
  }
}

/** The key, or all callers of an open route together, have sent too many requests. */
export class RateLimitedError extends BelfryError {
  readonly code = 'RATE_LIMITED';
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number, limited: 'this API key' | 'this route' = 'this API key') {
    const verb = limited === 'this route' ? 'receives' : 'has sent';
    super(`${limited} ${verb} too many requests; send the next one in ${retryAfterSeconds} s`);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export class IdempotencyKeyReusedError extends BelfryError {
  readonly code = 'IDEMPOTENCY_KEY_REUSED';

  constructor() {
    super('this Idempotency-Key belongs to a different request; send a new key with each new request');
  }
}

/** The first answer to this request had a secret, which is not stored. */
export class SecretShownError extends BelfryError {
  readonly code = 'SECRET_SHOWN';

  /** @param made what the request has made, such as `the API key 5`. */
  constructor(made: string, remedy: string) {
    super(`this request has made ${made}; its value was in the first answer, and is not stored; ${remedy}`);
  }
}

export class UriTooLongError extends BelfryError {
  readonly code = 'URI_TOO_LONG';

  constructor(limitLength: number) {
    super(`the path and the query string together may have at most ${limitLength} characters`);
  }
}

export class HeadersTooLargeError extends BelfryError {
  readonly code = 'HEADERS_TOO_LARGE';

  constructor({ count, sizeBytes }: { count: number; sizeBytes: number }) {
    super(`a request may have at most ${count} headers, with at most ${sizeBytes} bytes in total`);
  }
}

export class PayloadTooLargeError extends BelfryError {
  readonly code = 'PAYLOAD_TOO_LARGE';

  /** @param limit the maximum number of bytes of the request body, or a complete message. */
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

  /** @param hint how the path was probably meant. */
  constructor(path: string, hint?: string) {
    super(
      [`there is no route ${path}`, hint, 'GET /openapi.json describes all routes']
        .filter((part) => part !== undefined)
        .join('; '),
    );
  }
}

export class MethodNotAllowedError extends BelfryError {
  readonly code = 'METHOD_NOT_ALLOWED';
  readonly allowed: readonly string[];

  /** @param hint how the path was perhaps meant. */
  constructor(method: string, path: string, allowed: readonly string[], hint?: string) {
    super(
      `${path} does not support ${method}; use ${allowed.join(' or ')}${hint === undefined ? '' : `; ${hint}`}`,
    );
    this.allowed = allowed;
  }
}

/** The request took too long. Its changes may have been stored. */
export class TimedOutError extends BelfryError {
  readonly code = 'TIMED_OUT';

  constructor() {
    super(
      'the request took too long, and its changes may have been stored; check this before you send it again',
    );
  }
}
