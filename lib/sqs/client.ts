import { SQSClient } from '@aws-sdk/client-sqs';
import { awsClientSettings } from '../aws-client-settings.ts';

/**
 * Creates a client for SQS.
 *
 * @param options.endpoint the address of an emulator; undefined means AWS. The host of a queue URL would override it, so the
 * client then ignores the host of queue URLs.
 */
export function createSqsClient(options: { region: string; endpoint?: string | undefined }): SQSClient {
  return new SQSClient({
    region: options.region,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint, useQueueUrlAsEndpoint: false }),
    ...awsClientSettings({ maxAttempts: 2, attemptTimeoutMs: 3_000 }),
  });
}
