import type { App } from 'aws-cdk-lib';
import { buildApp } from '../../../infra/build-app.ts';
import { buildTheirs } from './theirs.ts';

const everything = {
  database: 'aurora',
  cache: 'serverless',
  hibernate: 'true',
  firewall: 'true',
  tracing: 'true',
  corsOrigins: 'https://app.example.com,https://admin.example.com',
  alarmEmail: 'ops@example.com',
  allowedNetworks: '10.0.0.0/8',
  allowedPorts: '443',
  onFailure: 'topic',
  onRecovery: 'arn:aws:sns:eu-central-1:123456789012:recoveries',
};

/** Functions are not bundled: esbuild takes longer than everything else. */
export const withoutBundles = { 'aws:cdk:bundling-stacks': [] };

const stage =
  (options: Record<string, string>) =>
  (outdir: string): App =>
    buildApp({ outdir, context: { ...options, ...withoutBundles } });

/** All variants of a deployment. Each rule about templates holds for all of them. */
export const variants = {
  dev: stage({ stage: 'dev' }),
  prod: stage({ stage: 'prod' }),
  'dev with Aurora': stage({ stage: 'dev', database: 'aurora' }),
  'prod with Aurora': stage({ stage: 'prod', database: 'aurora' }),
  'dev with a serverless cache': stage({ stage: 'dev', cache: 'serverless' }),
  'dev that hibernates': stage({ stage: 'dev', hibernate: 'true' }),
  'dev with everything': stage({ stage: 'dev', ...everything }),
  'prod with everything': stage({ stage: 'prod', ...everything }),
  'dev with CloudFront': stage({ stage: 'dev', dashboard: 'cloudfront' }),
  local: stage({
    stage: 'local',
    databaseUrl: 'postgresql://belfry:secret@127.0.0.1/belfry',
    redisUrl: 'redis://127.0.0.1:6379',
  }),
  'a JobScheduler in another app': (outdir: string) => buildTheirs(outdir),
} satisfies Record<string, (outdir: string) => App>;

export type VariantName = keyof typeof variants;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of an object that has no others
export const variantNames = Object.keys(variants) as VariantName[];

/** Stages that create their own network, database and cache. */
export const managedVariants = variantNames.filter((name) => /^(dev|prod)/.test(name));
