import { App, Stack, Validations } from 'aws-cdk-lib';
import { Connections, Port, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { AwsSolutionsChecks } from 'cdk-nag';
import { cacheByUrl } from '../../../infra/constructs/cache-access.ts';
import { databaseAt } from '../../../infra/constructs/database-access.ts';
import type { JobDeclaration } from '../../../infra/constructs/declared-jobs.ts';
import { JobScheduler, type JobSchedulerProps } from '../../../infra/constructs/job-scheduler.ts';

type Theirs = { jobs?: Record<string, JobDeclaration>; props?: Partial<JobSchedulerProps> };

/**
 * Another app, with its own network and database, and without Belfry's feature flags. With no other options it is the example of
 * the README.
 */
export function buildTheirs(outdir: string, { jobs = {}, props = {} }: Theirs = {}): App {
  const app = new App({ outdir, context: { 'aws:cdk:bundling-stacks': [] } });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const stack = new Stack(app, 'theirs');
  const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['eu-central-1a', 'eu-central-1b'],
    privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0fedcba9876543210'],
  });
  const databaseGroup = SecurityGroup.fromSecurityGroupId(stack, 'DatabaseGroup', 'sg-0123456789abcdef0');
  const scheduler = new JobScheduler(stack, 'Jobs', {
    deployment: 'theirs',
    network: {
      vpc,
      subnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      securityGroup: SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0fedcba9876543210'),
    },
    database: databaseAt({
      host: 'db.example.internal',
      port: '5432',
      name: 'jobs',
      secret: Secret.fromSecretCompleteArn(
        stack,
        'Login',
        'arn:aws:secretsmanager:eu-central-1:123456789012:secret:login-AbCdEf',
      ),
      connections: new Connections({ securityGroups: [databaseGroup], defaultPort: Port.tcp(5432) }),
    }),
    cache: cacheByUrl('rediss://cache.example.internal:6379'),
    ...props,
  });
  for (const [name, job] of Object.entries(jobs)) scheduler.addJob(name, job);
  return app;
}
