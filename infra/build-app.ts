import { App, type AppProps, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { connectionsOf } from './constructs/database.ts';
import { databaseByUrl } from './constructs/database-access.ts';
import { cacheByUrl } from './constructs/cache-access.ts';
import type { JobSchedulerProps } from './constructs/job-scheduler.ts';
import { contextOfFlags } from './feature-flags.ts';
import { readStage } from './options.ts';
import { BelfryStack } from './stacks/belfry-stack.ts';
import { DataStack } from './stacks/data-stack.ts';
import type { StageSettings } from './stages.ts';

/** Builds the CDK app of the stage that the `-c` options describe. */
export function buildApp(props: AppProps = {}): App {
  const app = new App({ ...props, context: { ...contextOfFlags(), ...props.context } });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  addStage(
    app,
    readStage((name) => app.node.tryGetContext(name)),
  );
  return app;
}

function addStage(app: App, stage: StageSettings): void {
  const deployment = `belfry-${stage.name}`;
  const stackProps = { terminationProtection: stage.terminationProtection };
  const stores = makeStores(app, stage, deployment);
  new BelfryStack(app, deployment, {
    ...stackProps,
    description: 'Belfry: a scheduler of HTTP jobs',
    scheduler: {
      deployment,
      ...stores,
      tick: stage.tick,
      workers: stage.workers,
      outgoing: stage.outgoing,
      callbacks: stage.callbacks,
      retentionDays: stage.retentionDays,
      api: stage.api,
      monitoring: stage.monitoring,
      logRetention: stage.logRetention,
      removalPolicy: stage.removalPolicy,
      dashboard: stage.dashboard,
      compressesPages: stage.compressesPages,
      isTraced: stage.isTraced,
      reservesConcurrency: stage.reservesConcurrency,
    },
  });
  Tags.of(app).add('belfry:deployment', deployment);
}

type Stores = Pick<
  JobSchedulerProps,
  'network' | 'database' | 'databaseConnections' | 'cache' | 'storeMetrics'
>;

function makeStores(app: App, stage: StageSettings, deployment: string): Stores {
  const { stores } = stage;
  if (stores.kind === 'given')
    return { database: databaseByUrl(stores.databaseUrl), cache: cacheByUrl(stores.redisUrl) };
  const { network, database, cache } = new DataStack(app, `${deployment}-data`, {
    description: 'Belfry: its network, database and cache',
    terminationProtection: stage.terminationProtection,
    stage,
    stores,
  });
  return {
    network: network.functions,
    database: database.access,
    databaseConnections: connectionsOf(stores.database),
    cache: cache.access,
    storeMetrics: { ...database.metrics, ...cache.metrics },
  };
}
