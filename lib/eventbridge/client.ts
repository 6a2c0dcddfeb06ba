import { SchedulerClient, type SchedulerClientConfig } from '@aws-sdk/client-scheduler';
import { awsClientSettings } from '../aws-client-settings.ts';

/** Without an endpoint the SDK looks for that of an emulator in AWS_ENDPOINT_URL, and takes AWS's else. */
export function createSchedulerClient(
  options: Pick<SchedulerClientConfig, 'region' | 'endpoint' | 'credentials'>,
): SchedulerClient {
  return new SchedulerClient({
    ...options,
    ...awsClientSettings({ maxAttempts: 3, attemptTimeoutMs: 2_000 }),
  });
}
