import { callbackEventOf } from '../../domain/callback.ts';
import { errorField, type Logger } from '../../logger.ts';
import type { MakePublishRequest, PublishRequest } from '../../sns/publish-request.ts';
import type { Signed } from './attempt-headers.ts';
import type { NotSent } from './read-requests.ts';

type Report = { topicArn: string; body: string; signed: Signed };

export type PublishReport = (report: Report, nowMs: number) => Promise<PublishRequest | NotSent>;

/**
 * Makes the request that publishes a report. SNS has no headers, so subscribers find the headers of Standard Webhooks as attributes.
 * If the credentials cannot be read, the attempt has failed and is retried.
 */
export function makePublishReport(deps: {
  makePublishRequest: MakePublishRequest;
  logger: Logger;
}): PublishReport {
  const { makePublishRequest, logger } = deps;
  return async ({ topicArn, body, signed }, nowMs) => {
    const type = callbackEventOf(body);
    const attributes = {
      type,
      'webhook-id': signed.id,
      'webhook-timestamp': String(signed.timestampSeconds),
      ...(signed.signature !== undefined && { 'webhook-signature': signed.signature }),
    };
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
