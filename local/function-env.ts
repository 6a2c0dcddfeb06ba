import type { LocalSettings } from './settings.ts';

/** All the variables that the functions see. */
export function functionEnv(
  settings: Pick<LocalSettings, 'functionEnv'>,
  parts: {
    database: string;
    redis: string;
    queues: { url: string; wakeUpQueueUrl: string };
    dataKeysFile: string;
  },
): Record<string, string> {
  return {
    ...settings.functionEnv,
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    DATABASE_URL: parts.database,
    REDIS_URL: parts.redis,
    BELFRY_DATA_KEYS_FILE: parts.dataKeysFile,
    BELFRY_WAKE_UP_QUEUE_URL: parts.queues.wakeUpQueueUrl,
    AWS_ENDPOINT_URL_SQS: parts.queues.url,
    AWS_REGION: 'us-east-1',
    // The SDK asks for some; the emulator takes any.
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
}
