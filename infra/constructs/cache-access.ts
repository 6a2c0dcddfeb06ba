import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Connections } from 'aws-cdk-lib/aws-ec2';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Attachment } from './attachment.ts';

export type CacheAddress = {
  host: string;
  port: string;
  /** Whether its keys are spread over nodes, so that clients must follow them. ElastiCache Serverless always is. */
  isCluster: boolean;
  /** The id of a replication group, or the name of a serverless cache. */
  cacheName: string;
  isServerless: boolean;
  /** The user whose authentication is IAM; its id and name are the same. */
  user: string;
  connections: Connections;
};

/** An ElastiCache with TLS whose users come in by IAM: there is no password to keep or to rotate. */
export function cacheAt(scope: Construct, cache: CacheAddress): Attachment {
  const { host, port, isCluster, cacheName, isServerless, user, connections } = cache;
  const stack = Stack.of(scope);
  const arnOf = (resource: string, resourceName: string): string =>
    stack.formatArn({
      service: 'elasticache',
      resource,
      resourceName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  return {
    environment: {
      REDIS_URL: `rediss://${host}:${port}`,
      BELFRY_REDIS_CLUSTER: String(isCluster),
      BELFRY_REDIS_IAM_USER: user,
      BELFRY_REDIS_IAM_CACHE: cacheName,
      BELFRY_REDIS_IAM_SERVERLESS: String(isServerless),
    },
    grantUse: (role) =>
      void Grant.addToPrincipal({
        grantee: role,
        actions: ['elasticache:Connect'],
        resourceArns: [
          arnOf(isServerless ? 'serverlesscache' : 'replicationgroup', cacheName),
          arnOf('user', user),
        ],
      }),
    connections,
  };
}

/** A Redis, or its like, by one URL: on an emulator, or one of somebody's own. A password in it is seen by who may see the functions. */
export function cacheByUrl(url: string, { isCluster = false }: { isCluster?: boolean } = {}): Attachment {
  return { environment: { REDIS_URL: url, BELFRY_REDIS_CLUSTER: String(isCluster) } };
}
