import { SQSClient } from '@aws-sdk/client-sqs';
import { awsClientSettings } from '../aws-client-settings.ts';

/**
 * @param endpoint an emulator's address; undefined means AWS. A queue URL's own host would win over it, so the client
 * is told not to follow queue URLs.
 */
export function createSqsClient(options: { region: string; endpoint?: string | undefined }): SQSClient {
  return new SQSClient({
    region: options.region,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint, useQueueUrlAsEndpoint: false }),
    ...awsClientSettings({ maxAttempts: 2, attemptTimeoutMs: 3_000 }),
  });
}
