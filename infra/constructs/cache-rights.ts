/**
 * The rights of the functions in the cache, as an access string of Redis and Valkey. It allows the commands of the queue, on the
 * queue's keys, and the commands with which a client discovers a cluster. It excludes FLUSHALL, KEYS and CONFIG.
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
