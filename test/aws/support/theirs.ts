// Another CDK app: a Belfry over an existing database and Redis, and the jobs that it declares.
import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as z from 'zod';
import { cacheByUrl } from '../../../infra/constructs/cache-access.ts';
import { databaseByUrl } from '../../../infra/constructs/database-access.ts';
import type { JobDeclaration } from '../../../infra/constructs/declared-jobs.ts';
import { JobScheduler } from '../../../infra/constructs/job-scheduler.ts';

const app = new App();
const context = z
  .object({
    name: z.string(),
    databaseUrl: z.string(),
    redisUrl: z.string(),
    jobs: z.string(),
    tick: z.enum(['schedule', 'rule']),
    hibernates: z.stringbool(),
    allowedNetworks: z.string(),
  })
  .parse(
    Object.fromEntries(
      ['name', 'databaseUrl', 'redisUrl', 'jobs', 'tick', 'hibernates', 'allowedNetworks'].map((name) => [
        name,
        app.node.tryGetContext(name),
      ]),
    ),
  );
const jobs: Record<string, JobDeclaration> = JSON.parse(context.jobs);

const stack = new Stack(app, context.name);
const scheduler = new JobScheduler(stack, 'Jobs', {
  deployment: context.name,
  database: databaseByUrl(context.databaseUrl),
  cache: cacheByUrl(context.redisUrl),
  tick: { by: context.tick, hibernates: context.hibernates },
  workers: { maxConcurrency: 2 },
  outgoing: { networks: context.allowedNetworks },
  api: { keepsAccountLogRole: false },
  monitoring: 'none',
  removalPolicy: RemovalPolicy.DESTROY,
});
for (const [name, job] of Object.entries(jobs)) scheduler.addJob(name, job);

const outputs = {
  ApiId: scheduler.api.gateway.restApiId,
  ApiStage: scheduler.api.gateway.deploymentStage.stageName,
  AdminKeySecretArn: scheduler.migrations.adminKey.secretArn,
};
for (const [name, value] of Object.entries(outputs)) new CfnOutput(stack, name, { value });
