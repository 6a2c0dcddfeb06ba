import type { JsonText, JobDescription } from './job.ts';

/** The events that Belfry reports to a URL, by the names of Standard Webhooks. */
export const callbackEvents = ['job.failed', 'job.recovered'] as const;
export type CallbackEvent = (typeof callbackEvents)[number];

/** The targets of the deployment, for jobs without a URL: a URL or the ARN of an SNS topic. */
export type CallbackTargets = { failure: string | undefined; recovery: string | undefined };

/** The ARN of a standard SNS topic, in any partition. A FIFO topic would need a group for each message. */
const TOPIC_ARN = /^arn:(aws[a-z-]*):sns:([a-z0-9-]+):\d{12}:[A-Za-z0-9_-]{1,256}$/;

/** Reads the partition and the region of a topic from its ARN. Returns undefined if the text is not the ARN of a standard topic. */
export function parseTopicArn(text: string): { partition: string; region: string } | undefined {
  const [, partition, region] = TOPIC_ARN.exec(text) ?? [];
  return partition === undefined || region === undefined ? undefined : { partition, region };
}

/** Tells whether a report goes to an SNS topic. The URL of a job always begins with http. */
export const isTopicArn = (target: string): boolean => target.startsWith('arn:');

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

/** The event of a report, from the body that `callbackBody` has made. */
export function callbackEventOf(body: JsonText): CallbackEvent {
  return callbackEvents.find((event) => body.startsWith(`{"type":${JSON.stringify(event)},`)) ?? 'job.failed';
}

/** Returns the URL of a report, or the ARN of a topic. Undefined if there is none left. */
export function callbackUrl(
  { event, url }: { event: CallbackEvent; url: string | null },
  { failure, recovery }: CallbackTargets,
): string | undefined {
  return url ?? (event === 'job.failed' ? failure : recovery);
}
