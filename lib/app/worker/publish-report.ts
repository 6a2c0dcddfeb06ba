import { callbackEventOf } from '../../domain/callback.ts';
import { errorField, type Logger } from '../../logger.ts';
import type { MakePublishRequest, PublishRequest } from '../../sns/publish-request.ts';
import type { NotSent } from './read-requests.ts';

/** A report for an SNS topic, with the headers that a URL would receive. */
type Report = { topicArn: string; body: string; headers: Readonly<Record<string, string>> };

export type PublishReport = (report: Report, nowMs: number) => Promise<PublishRequest | NotSent>;

/** The headers of Standard Webhooks. SNS has no headers, so subscribers find them as attributes. */
const ATTRIBUTES = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];

/** Makes the request that publishes a report. If the credentials cannot be read, the attempt has failed and is retried. */
export function makePublishReport(deps: {
  makePublishRequest: MakePublishRequest;
  logger: Logger;
}): PublishReport {
  const { makePublishRequest, logger } = deps;
  return async ({ topicArn, body, headers }, nowMs) => {
    const type = callbackEventOf(body);
    const signed = ATTRIBUTES.flatMap((name) => {
      const value = headers[name];
      return value === undefined ? [] : [[name, value]];
    });
    const attributes: Record<string, string> = { type, ...Object.fromEntries(signed) };
    try {
      return await makePublishRequest(
        topicArn,
        { text: body, subject: `Belfry: ${type}`, attributes },
        nowMs,
      );
    } catch (error) {
      logger.error('report_not_signed', { error: errorField(error) });
      return { code: 'REQUEST_UNREADABLE', reason: 'not sent: the credentials for SNS cannot be read' };
    }
  };
}
