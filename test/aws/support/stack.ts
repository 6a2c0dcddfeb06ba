import { readFileSync } from 'node:fs';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { awsClientSettings } from '../../../lib/aws-client-settings.ts';
import { REGION } from './cdk.ts';
import { type Outputs, outputsSchema } from './deploy.ts';

/** The variable with the path of the file in which `npm run e2e:aws` describes the deployed stack to the tests. */
export const STACK_FILE = 'BELFRY_E2E_STACK';

const stackSchema = z.strictObject({
  endpoint: z.url(),
  databaseUrl: z.string(),
  redisUrl: z.string(),
  targetHost: z.string(),
  tick: z.enum(['schedule', 'rule']),
  allowedNetworks: z.string(),
  workDir: z.string(),
  limits: z.strictObject({
    firesNoSchedules: z.boolean(),
    losesStackOnFailedUpdate: z.boolean(),
    ignoresLoggingConfig: z.boolean(),
    recreatesLogGroups: z.boolean(),
  }),
  /** The resources of the account before the deployment. */
  before: z.array(z.string()),
  outputs: outputsSchema,
});

export type Stack = z.infer<typeof stackSchema>;

export function openStack(): Stack {
  const file = process.env[STACK_FILE];
  if (file === undefined) throw new Error('nothing is deployed: run these tests by `npm run e2e:aws`');
  return stackSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** A Belfry in the emulator, with its address and keys. */
export type Deployed = Pick<Stack, 'endpoint'> & {
  outputs: Pick<Outputs, 'ApiId' | 'ApiStage' | 'AdminKeySecretArn'>;
};

const clientSettings = ({ endpoint }: Pick<Stack, 'endpoint'>) => ({
  endpoint,
  region: REGION,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

/** Above the 20 s that a long poll may take. */
const bounds = { maxAttempts: 3, attemptTimeoutMs: 25_000 };

/** The client ignores the host in the queue's URL, because it is the name that the emulator gives itself. */
export const openSqs = (stack: Stack): SQSClient =>
  new SQSClient({
    ...clientSettings(stack),
    ...awsClientSettings(bounds),
    useQueueUrlAsEndpoint: false,
  });

export async function readAdminKey(stack: Deployed): Promise<string> {
  const client = new SecretsManagerClient({ ...clientSettings(stack), ...awsClientSettings(bounds) });
  try {
    const secret = await client.send(
      new GetSecretValueCommand({ SecretId: stack.outputs.AdminKeySecretArn }),
    );
    return z.string().min(1).parse(secret.SecretString);
  } finally {
    client.destroy();
  }
}
