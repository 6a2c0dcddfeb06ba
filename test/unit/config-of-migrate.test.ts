import { describe, expect, test } from 'vitest';
import { readMigrateConfig } from '../../lib/config.ts';
import { byParts, byUrl, configError } from './config-fixture.ts';

describe('the configuration of the migrate function', () => {
  const SECRETS = {
    BELFRY_ADMIN_KEY_SECRET_ARN: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:admin',
    BELFRY_DATA_KEYS_SECRET_ARN: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:keys',
  };

  test('the migrate function needs only the database and the secrets of the admin key and the data keys', () => {
    const env = { DATABASE_URL: byUrl.DATABASE_URL, ...SECRETS };
    expect(readMigrateConfig(env)).toEqual({
      database: { kind: 'url', url: byUrl.DATABASE_URL },
      adminKeySecretArn: SECRETS.BELFRY_ADMIN_KEY_SECRET_ARN,
      dataKeysSecretArn: SECRETS.BELFRY_DATA_KEYS_SECRET_ARN,
      region: 'us-east-1',
      logLevel: 'INFO',
      deployment: undefined,
    });
  });

  test('the migrate function accepts the configuration of the other functions, except the proxy', () => {
    const env = { ...byParts, ...SECRETS, BELFRY_DEPLOYMENT: 'shop-prod', AWS_REGION: 'eu-central-1' };
    expect(readMigrateConfig(env)).toMatchObject({
      database: { kind: 'parts', isProxied: false },
      region: 'eu-central-1',
      deployment: 'shop-prod',
    });
  });

  test.each<{ wrong: string; env: Record<string, string | undefined>; message: string }>([
    {
      wrong: 'nothing is set',
      env: {},
      message:
        'DATABASE_URL is not set; BELFRY_ADMIN_KEY_SECRET_ARN is not set; BELFRY_DATA_KEYS_SECRET_ARN is not set',
    },
    {
      wrong: 'there is a proxy in between',
      env: { ...byParts, ...SECRETS, BELFRY_DATABASE_PROXY: 'true' },
      message:
        'BELFRY_DATABASE_PROXY cannot be true for migrations; set BELFRY_DATABASE_HOST to the database itself',
    },
    {
      wrong: 'values are bad, wherever',
      env: {
        ...SECRETS,
        DATABASE_URL: 'hunter2',
        BELFRY_ADMIN_KEY_SECRET_ARN: '',
        BELFRY_LOG_LEVEL: 'hunter2',
      },
      message:
        'DATABASE_URL must be a URL that starts with postgresql:// or postgres://; ' +
        'BELFRY_ADMIN_KEY_SECRET_ARN is empty; BELFRY_LOG_LEVEL must be DEBUG or INFO or WARN or ERROR',
    },
  ])('an error of the migrate function names the wrong variables when $wrong', ({ env, message }) => {
    expect(() => readMigrateConfig(env)).toThrow(configError(message));
  });
});
