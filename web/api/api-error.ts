import type { Problem } from './types.ts';

/** An answer of the API that is not a success, or the lack of any answer. */
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

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads the problem of an answer. API Gateway has answers of its own, which only have a message. */
export function readProblem({ response, text }: { response: Response; text: string }): ApiError {
  const requestId = response.headers.get('x-request-id');
  const value = parse(text);
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

/**
 * @param request.isChange whether the request asked for a change: the server may have made it without saying so.
 * @param request.isDoneOnce whether the same request may be sent again without being done twice.
 */
export function lateAnswer(
  seconds: number,
  { isChange, isDoneOnce }: { isChange: boolean; isDoneOnce: boolean },
): ApiError {
  const remedy = isDoneOnce ? 'Try again: it is not made twice.' : 'Look before you try again.';
  const rest = isChange ? ` The change may have been made even so. ${remedy}` : '';
  return new ApiError({
    status: 0,
    code: isChange ? 'CHANGE_TIMED_OUT' : 'TIMED_OUT',
    detail: `The server did not answer within ${seconds} s.${rest}`,
  });
}
