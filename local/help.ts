import { parseArgs } from 'node:util';
import { LocalRunError } from './data-dir/data-dir.ts';

export const help = `Runs Belfry whole on this machine: PostgreSQL, Redis, an SQS emulator, and the functions that deploy to AWS.

  npm start                 starts it; Ctrl-C stops it, a second Ctrl-C ends it at once
  npm start -- --help       prints this
  npm run demo              posts jobs to it and follows them
  npm run keys -- list      API keys, with DATABASE_URL set to the database that \`npm start\` prints
  npm run audit:database    checks every promise on the same database

Settings are environment variables. An empty variable counts as not set, except that an empty list is an empty list.

  PORT                          port of the API on 127.0.0.1; 8080, or 0 for any free port
  BELFRY_DATA_DIR               directory of the data; .local
  BELFRY_API_KEY                the admin key; by default Belfry creates, stores and prints one
  DATABASE_URL                  your PostgreSQL instead of one that is started
  REDIS_URL                     your Redis instead of one that is started
  AWS_ENDPOINT_URL_SQS          your SQS instead of the emulator
  BELFRY_DATA_KEYS_FILE         keys of secret headers; data-keys.json in the data directory
  BELFRY_LOG_LEVEL              DEBUG, INFO, WARN or ERROR; WARN
  BELFRY_LOOK_AHEAD_SECONDS     how far a tick looks ahead
  BELFRY_MAX_IN_FLIGHT          requests that one worker environment sends at once; 100
  BELFRY_MAX_RETRY_AFTER_SECONDS
                                longest pause that a target may ask for with Retry-After; 3600
  BELFRY_RETENTION_DAYS         days for which the history is kept; 30
  BELFRY_AUDIT_RETENTION_DAYS   days for which the audit log is kept; 400
  BELFRY_RATE_LIMIT_PER_SECOND  requests of an API key in a second; 100
  BELFRY_RATE_LIMIT_BURST       requests of an API key at once, after a pause; 200
  BELFRY_ALLOWED_NETWORKS       list: networks that jobs may call, next to public addresses; 127.0.0.0/8,::1
  BELFRY_ALLOWED_PORTS          list: ports that jobs may call; 1-65535
  BELFRY_ALLOWED_HOSTS          list: names that callers may use next to localhost, such as that of a proxy
  BELFRY_ON_FAILURE             URL that receives a report of each failed execution, for jobs without one; none
  BELFRY_ON_RECOVERY            URL that receives a report of the first success after a failure; none
  AWS_ENDPOINT_URL_SNS          emulator of SNS, if one of the two is a topic; none
  BELFRY_CORS_ORIGINS           list: origins whose pages may call the API from a browser, or *; none

Files in the data directory, which only its owner can read:

  belfry.log                    warnings and errors of the functions, and each failed execution
  postgres.log, redis.log       logs of the servers
  api-key, data-keys.json       the admin key, and the keys of secret headers: without them stored secrets cannot be read
  run.json                      address and key of the running Belfry, for the demo
  postgres, redis               the data
  site                          the dashboard and the API reference
`;

/** Returns true for `--help`. @throws LocalRunError for any other argument. */
export function wantsHelp(args: readonly string[]): boolean {
  try {
    const { values } = parseArgs({ args: [...args], options: { help: { type: 'boolean', short: 'h' } } });
    return values.help === true;
  } catch (cause) {
    const given = args.join(' ').slice(0, 100);
    throw new LocalRunError(
      `npm start takes no ${JSON.stringify(given)}: settings are variables, as in PORT=8081 npm start; npm start -- --help lists them`,
      { cause },
    );
  }
}
