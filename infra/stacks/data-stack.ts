import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Cache } from '../constructs/cache.ts';
import { Database } from '../constructs/database.ts';
import { Network } from '../constructs/network.ts';
import type { StageSettings } from '../stages.ts';

type Stores = Extract<StageSettings['stores'], { kind: 'managed' }>;

/** The stack of the parts that a deployment keeps: the network, the database and the cache. */
export class DataStack extends Stack {
  readonly network: Network;
  readonly database: Database;
  readonly cache: Cache;

  constructor(scope: Construct, id: string, props: StackProps & { stage: StageSettings; stores: Stores }) {
    super(scope, id, props);
    const { stage, stores } = props;
    const { logRetention: retention, removalPolicy } = stage;
    this.network = new Network(this, 'Network', {
      natGateways: stores.natGateways,
      usesScheduler: stage.tick.hibernates,
      logs: { retention, removalPolicy },
    });
    const { vpc } = this.network;
    this.database = new Database(this, 'Database', { ...stores.database, vpc });
    this.cache = new Cache(this, 'Cache', { ...stores.cache, vpc });
    const outputs = {
      VpcId: vpc.vpcId,
      ...(stores.database.kind === 'instance'
        ? { DatabaseInstance: this.database.identifier }
        : { DatabaseCluster: this.database.identifier }),
      CacheName: this.cache.name,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
