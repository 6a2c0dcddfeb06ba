import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { ACCOUNT, REGION, runCdk, STACK_NAME, type CdkOptions } from './cdk.ts';

export type DataStores = { databaseUrl: string; redisUrl: string };

export const outputsSchema = z.object({
  ApiId: z.string(),
  ApiStage: z.string(),
  AdminKeySecretArn: z.string(),
  WakeUpQueueUrl: z.url(),
  DeadLetterQueueUrl: z.url(),
});

export type Outputs = z.infer<typeof outputsSchema>;

export const bootstrap = (cdk: CdkOptions): Promise<void> =>
  runCdk(['bootstrap', `aws://${ACCOUNT}/${REGION}`], cdk);

/** Deploys what `cdk.cwd` holds, over what runs there. */
export async function deploy(stores: DataStores, cdk: CdkOptions): Promise<Outputs> {
  const outputsFile = join(cdk.workDir, 'outputs.json');
  await runCdk(
    ['deploy', STACK_NAME, ...context(stores), '--require-approval', 'never', '--outputs-file', outputsFile],
    cdk,
  );
  const outputs: unknown = JSON.parse(await readFile(outputsFile, 'utf8'));
  return z.record(z.literal(STACK_NAME), outputsSchema).parse(outputs)[STACK_NAME];
}

export const destroy = (stores: DataStores, cdk: CdkOptions): Promise<void> =>
  runCdk(['destroy', STACK_NAME, ...context(stores), '--force'], cdk);

const context = ({ databaseUrl, redisUrl }: DataStores): string[] =>
  ['stage=local', `databaseUrl=${databaseUrl}`, `redisUrl=${redisUrl}`].flatMap((value) => ['-c', value]);
