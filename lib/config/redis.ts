import * as z from 'zod';
import { flag, isAnySet, type Env, url, variableFacts } from './variables.ts';

export function redisSchema(env: Env) {
  const isCluster = env['BELFRY_REDIS_CLUSTER'] === 'true';
  // If one of these is set, all are required: with only some of them, the function would have no password, and Redis would
  // refuse it.
  const usesIam = isAnySet(
    env,
    'BELFRY_REDIS_IAM_USER',
    'BELFRY_REDIS_IAM_CACHE',
    'BELFRY_REDIS_IAM_SERVERLESS',
  );
  const iamName = () => (usesIam ? z.string().min(1) : z.string().optional());
  return z
    .object({
      REDIS_URL: url('redis', 'rediss', 'unix')
        .refine((text) => !usesIam || /^rediss:/i.test(text), 'must begin with rediss:// for IAM')
        .refine((text) => !isCluster || !/^unix:/i.test(text), 'cannot be a unix socket for a cluster')
        .register(variableFacts, {
          does: 'Redis or Valkey. With `rediss://`, which IAM needs, connections use TLS.',
          usedBy: ['functions'],
          values: '`redis://…`, `rediss://…`, `unix:///…`',
          onAws: 'the stack, or `cacheByUrl(url)`',
        }),
      BELFRY_REDIS_CLUSTER: flag({
        does: 'Whether the keys are spread over nodes. ElastiCache Serverless is always a cluster.',
        usedBy: ['functions'],
        onAws: 'the stack, or `cacheByUrl(url, { isCluster })`',
      }),
      BELFRY_REDIS_IAM_USER: iamName().register(variableFacts, {
        does: 'The user for IAM authentication, instead of a password in the URL.',
        usedBy: ['functions'],
        values: 'a name',
        default: 'none',
        onAws: 'the stack',
      }),
      BELFRY_REDIS_IAM_CACHE: iamName().register(variableFacts, {
        does: 'The id of the replication group, or the name of the serverless cache, for IAM authentication.',
        usedBy: ['functions'],
        values: 'a name',
        default: 'none',
        onAws: 'the stack',
      }),
      BELFRY_REDIS_IAM_SERVERLESS: flag({
        does: 'Whether the cache is ElastiCache Serverless, for IAM authentication.',
        usedBy: ['functions'],
        onAws: 'the stack',
      }),
    })
    .transform((variables) => ({
      redis: {
        url: variables.REDIS_URL,
        isCluster: variables.BELFRY_REDIS_CLUSTER,
        iam: iamOf(
          variables.BELFRY_REDIS_IAM_USER,
          variables.BELFRY_REDIS_IAM_CACHE,
          variables.BELFRY_REDIS_IAM_SERVERLESS,
        ),
      },
    }));
}

function iamOf(user: string | undefined, cacheName: string | undefined, isServerless: boolean) {
  return user === undefined || cacheName === undefined ? undefined : { user, cacheName, isServerless };
}
