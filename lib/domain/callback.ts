import type { JsonText, JobDescription } from './job.ts';

/** The events that Belfry reports to a URL, by the names of Standard Webhooks. */
export const callbackEvents = ['job.failed', 'job.recovered'] as const;
export type CallbackEvent = (typeof callbackEvents)[number];

/** The URLs of the deployment, for jobs without one. */
export type CallbackTargets = { failureUrl: string | undefined; recoveryUrl: string | undefined };

export const CALLBACK_RETRIES = 12;

/**
 * The request of a CALLBACK, and the rules for its attempts. Nothing of the job's own request is sent to the URL. The retries
 * last about 26 minutes.
 */
export const callbackRequest = {
  method: 'POST',
  headers: {},
  timeoutMs: 30_000,
  type: 'AT_LEAST_ONCE',
  maxRetryCount: CALLBACK_RETRIES,
  retry: null,
  maxAgeSeconds: null,
  stopOn: null,
  success: null,
  keepResponse: 'failures',
  isTraced: true,
  // Reports do not count for the group of the job.
  group: null,
} as const satisfies Partial<JobDescription>;

/** The body of a report, as Standard Webhooks describes it. @param report.data JSON. */
export function callbackBody(report: { event: CallbackEvent; createdAt: Date; data: JsonText }): JsonText {
  const { event, createdAt, data } = report;
  return `{"type":${JSON.stringify(event)},"timestamp":"${createdAt.toISOString()}","data":${data}}`;
}

/** Returns the URL of a report. Undefined if there is none any more. */
export function callbackUrl(
  { event, url }: { event: CallbackEvent; url: string | null },
  { failureUrl, recoveryUrl }: CallbackTargets,
): string | undefined {
  return url ?? (event === 'job.failed' ? failureUrl : recoveryUrl);
}
