import { SchedulerClient, type SchedulerClientConfig } from '@aws-sdk/client-scheduler';
import { awsClientSettings } from '../aws-client-settings.ts';

/** Creates a client for EventBridge Scheduler. The endpoint defaults to AWS_ENDPOINT_URL (an emulator), then to AWS's own. */
export function createSchedulerClient(
  options: Pick<SchedulerClientConfig, 'region' | 'endpoint' | 'credentials'>,
): SchedulerClient {
  return new SchedulerClient({
    ...options,
    ...awsClientSettings({ maxAttempts: 3, attemptTimeoutMs: 2_000 }),
  });
}
