import { SQS_REGION, type SqsCredentials } from './services/sqs-guard.ts';
import type { LocalSettings } from './settings.ts';

/** All the variables that the functions see. */
export function functionEnv(
  settings: Pick<LocalSettings, 'functionEnv'>,
  parts: {
    database: string;
    redis: string;
    queues: { url: string; wakeUpQueueUrl: string; credentials: SqsCredentials };
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
    AWS_REGION: SQS_REGION,
    AWS_ACCESS_KEY_ID: parts.queues.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: parts.queues.credentials.secretAccessKey,
  };
}
