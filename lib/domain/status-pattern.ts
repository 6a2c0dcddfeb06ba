/** The classes of the status codes of a final response. */
export const statusClasses = ['2xx', '3xx', '4xx', '5xx'] as const;
export type StatusClass = (typeof statusClasses)[number];

/** A status code from 200 to 599, or a class of codes. */
export type StatusPattern = number | StatusClass;

/** Which complete responses are a success. */
export type SuccessRule = {
  statuses: readonly StatusPattern[];
  /** Text that the beginning of the body must contain. Null: any body is a success. */
  contains: string | null;
};

/** RFC 9110, 15.3. */
export const defaultSuccess: SuccessRule = { statuses: ['2xx'], contains: null };

/** Responses after which no retry follows. 410 Gone says that the resource will not come back. */
export const defaultStopOn: readonly StatusPattern[] = [410];

export function hasStatus(patterns: readonly StatusPattern[], statusCode: number): boolean {
  return patterns.some((pattern) =>
    typeof pattern === 'number'
      ? pattern === statusCode
      : Number(pattern[0]) === Math.floor(statusCode / 100),
  );
}
