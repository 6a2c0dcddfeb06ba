import { expect } from 'vitest';

export const SECRET_ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:belfry';

export const byUrl = {
  DATABASE_URL: 'postgresql://belfry:hunter2@localhost/belfry',
  REDIS_URL: 'redis://localhost:6379',
  BELFRY_WAKE_UP_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/wake-ups',
};
export const byParts = {
  ...byUrl,
  DATABASE_URL: undefined,
  BELFRY_DATABASE_HOST: 'belfry.cluster.eu-central-1.rds.amazonaws.com',
  BELFRY_DATABASE_NAME: 'belfry',
  BELFRY_DATABASE_SECRET_ARN: SECRET_ARN,
};

export const configError = (faults: string): unknown =>
  expect.objectContaining({ name: 'ConfigError', message: `configuration: ${faults}` });
