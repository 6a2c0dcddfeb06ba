import type { Problem } from './types.ts';

/** An answer of the API that is no success, or the lack of any answer. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  /** The errors of single fields. */
  readonly fields: NonNullable<Problem['errors']>;
  readonly requestId: string | null;

  constructor(
    problem: Pick<Problem, 'status' | 'code' | 'detail' | 'errors'>,
    requestId: string | null = null,
  ) {
    super(problem.detail);
    this.status = problem.status;
    this.code = problem.code;
    this.fields = problem.errors ?? [];
    this.requestId = requestId;
  }
}

const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' && value !== null && 'code' in value && 'detail' in value;

/** Reads the problem of an answer. API Gateway has answers of its own, which only have a message. */
export async function readProblem(response: Response): Promise<ApiError> {
  const requestId = response.headers.get('x-request-id');
  const value: unknown = await response.json().catch(() => undefined);
  if (isProblem(value)) return new ApiError({ ...value, status: response.status }, requestId);
  const isGateway = response.status === 403;
  const detail = isGateway
    ? 'The gateway refused the request. A deployment with a usage plan needs its own key as well: sign in again with both keys.'
    : `The server answered ${response.status} without saying why.`;
  return new ApiError(
    { status: response.status, code: isGateway ? 'GATEWAY_REFUSED' : 'UNKNOWN', detail },
    requestId,
  );
}

export const noAnswer = (): ApiError =>
  new ApiError({
    status: 0,
    code: 'NO_ANSWER',
    detail: 'Belfry does not answer. Check whether it runs and whether this machine is online.',
  });
