/**
 * What the functions may do in the cache, as Redis and Valkey write it: the commands of the queue and of a client that finds
 * its way in a cluster, on the queue's keys. No FLUSHALL, no KEYS, no CONFIG.
 */
export const CACHE_RIGHTS = [
  'on',
  'resetchannels',
  '~{belfry}*',
  '-@all',
  '+@read',
  '+@write',
  '+@scripting',
  '+@connection',
  '-@dangerous',
  '+info',
  '+cluster|slots',
  '+cluster|shards',
  '+cluster|nodes',
  '+cluster|info',
].join(' ');
