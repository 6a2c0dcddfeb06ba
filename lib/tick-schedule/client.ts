import { SchedulerClient, type SchedulerClientConfig } from '@aws-sdk/client-scheduler';

/** Without an endpoint the SDK looks for that of an emulator in AWS_ENDPOINT_URL, and takes AWS's else. */
export function createSchedulerClient(
  options: Pick<SchedulerClientConfig, 'region' | 'endpoint' | 'credentials'>,
): SchedulerClient {
  return new SchedulerClient({
    ...options,
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000 },
  });
}
