import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Connections } from 'aws-cdk-lib/aws-ec2';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Attachment } from './attachment.ts';

export type CacheAddress = {
  host: string;
  port: string;
  /** True if the keys are spread over nodes, and clients must find the right one. ElastiCache Serverless is always a cluster. */
  isCluster: boolean;
  /** The id of a replication group, or the name of a serverless cache. */
  cacheName: string;
  isServerless: boolean;
  /** The user with IAM authentication. Its id and name are the same. */
  user: string;
  connections: Connections;
};

/** Returns the access to an ElastiCache with TLS and IAM authentication. There is no password to store or rotate. */
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

/**
 * Returns the access to a Redis or compatible server by a URL: on an emulator, or one that you run yourself. Anyone who can
 * view the functions' settings can see a password in the URL.
 */
export function cacheByUrl(url: string, { isCluster = false }: { isCluster?: boolean } = {}): Attachment {
  return { environment: { REDIS_URL: url, BELFRY_REDIS_CLUSTER: String(isCluster) } };
}
