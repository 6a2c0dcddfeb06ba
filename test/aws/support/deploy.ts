import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { ACCOUNT, REGION, runCdk, STACK_NAME, type CdkOptions } from './cdk.ts';

/** The settings with which the local stage is deployed. */
export type StageContext = {
  databaseUrl: string;
  redisUrl: string;
  tick: 'schedule' | 'rule';
  allowedNetworks: string;
};

export const outputsSchema = z.object({
  ApiId: z.string(),
  ApiStage: z.string(),
  AdminKeySecretArn: z.string(),
  WakeUpQueueUrl: z.url(),
  DeadLetterQueueUrl: z.url(),
  CallbackTopicArn: z.string(),
});

export type Outputs = z.infer<typeof outputsSchema>;

export const bootstrap = (cdk: CdkOptions): Promise<void> =>
  runCdk(['bootstrap', `aws://${ACCOUNT}/${REGION}`], cdk);

/** Deploys the app in `cdk.cwd` over the running stack. */
export const deploy = (stage: StageContext, cdk: CdkOptions): Promise<Outputs> =>
  deployStack(STACK_NAME, outputsSchema, localStage(stage), cdk);

export const destroy = (stage: StageContext, cdk: CdkOptions): Promise<void> =>
  destroyStack(STACK_NAME, localStage(stage), cdk);

const localStage = ({ databaseUrl, redisUrl, tick, allowedNetworks }: StageContext): string[] =>
  contextOf({ stage: 'local', databaseUrl, redisUrl, tick, allowedNetworks, onFailure: 'topic' });

/** @param args further arguments of the CDK. */
export async function deployStack<Found>(
  name: string,
  schema: z.ZodType<Found>,
  args: string[],
  cdk: CdkOptions,
): Promise<Found> {
  const outputsFile = join(cdk.workDir, `${name}.outputs.json`);
  await runCdk(['deploy', name, ...args, '--require-approval', 'never', '--outputs-file', outputsFile], cdk);
  const outputs = z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(outputsFile, 'utf8')));
  return schema.parse(outputs[name]);
}

export const destroyStack = (name: string, args: string[], cdk: CdkOptions): Promise<void> =>
  runCdk(['destroy', name, ...args, '--force'], cdk);

export function contextOf(values: Record<string, string>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
