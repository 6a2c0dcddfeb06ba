import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { JobDeclaration } from '../../../infra/constructs/declared-jobs.ts';
import { administer } from './administer.ts';
import { type Api, openApi } from './api.ts';
import { contextOf, deployStack, destroyStack, outputsSchema } from './deploy.ts';
import { siblingDatabase, siblingRedis } from './siblings.ts';
import type { Stack } from './stack.ts';

const repository = join(import.meta.dirname, '..', '..', '..');
const app = ['--app', `node ${join('test', 'aws', 'support', 'theirs.ts')}`];
const outputs = outputsSchema.pick({ ApiId: true, ApiStage: true, AdminKeySecretArn: true });

type Declared = { jobs: Record<string, JobDeclaration>; hibernates: boolean };

export type TheirStack = {
  /** Names the stack and its group of schedules. */
  name: string;
  createDatabase: () => Promise<void>;
  /** Creates the stack, or updates it, so that it declares these jobs. */
  deploy: (declared: Declared) => Promise<Api>;
  destroy: () => Promise<void>;
  dropDatabase: () => Promise<void>;
};

/**
 * An app of another team next to the deployed stack, with its own database.
 *
 * @param redisOffset which Redis database it uses, counted from that of the stack: tests run at the same time.
 */
export function makeTheirStack(stack: Stack, { redisOffset }: { redisOffset: number }): TheirStack {
  const name = `theirs-${randomUUID().slice(0, 8)}`;
  const database = name.replaceAll('-', '_');
  const cdk = { ...stack, cwd: repository };
  const argsFor = ({ jobs, hibernates }: Declared): string[] => [
    ...app,
    ...contextOf({
      name,
      databaseUrl: siblingDatabase(stack.databaseUrl, database),
      redisUrl: siblingRedis(stack.redisUrl, redisOffset),
      jobs: JSON.stringify(jobs),
      tick: stack.tick,
      hibernates: String(hibernates),
      allowedNetworks: stack.allowedNetworks,
    }),
  ];
  return {
    name,
    createDatabase: () => administer(stack.databaseUrl, `create database ${database}`),
    deploy: async (declared) =>
      openApi({ ...stack, outputs: await deployStack(name, outputs, argsFor(declared), cdk) }),
    destroy: () => destroyStack(name, argsFor({ jobs: {}, hibernates: false }), cdk),
    dropDatabase: () => administer(stack.databaseUrl, `drop database if exists ${database} with (force)`),
  };
}
