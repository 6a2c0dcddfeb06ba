import { SQS_REGION, type SqsCredentials } from '../services/sqs-guard.ts';

/** Returns all environment variables of the functions. */
export function functionEnv(
  settings: { functionEnv: Readonly<Record<string, string>> },
  services: {
    databaseUrl: string;
    redisUrl: string;
    queues: { url: string; wakeUpQueueUrl: string; credentials: SqsCredentials };
    dataKeysFile: string;
  },
): Record<string, string> {
  const { queues } = services;
  return {
    ...settings.functionEnv,
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    DATABASE_URL: services.databaseUrl,
    REDIS_URL: services.redisUrl,
    BELFRY_DATA_KEYS_FILE: services.dataKeysFile,
    BELFRY_WAKE_UP_QUEUE_URL: queues.wakeUpQueueUrl,
    AWS_ENDPOINT_URL_SQS: queues.url,
    AWS_REGION: SQS_REGION,
    AWS_ACCESS_KEY_ID: queues.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: queues.credentials.secretAccessKey,
  };
}
