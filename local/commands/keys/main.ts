// API keys by the database itself: the first of a deployment, and where the admin key is lost.
//   npm run keys -- create --name ops --scope admin --scope read [--expires 2031-05-01T12:00:00Z] [--rate-limit 50]
//   npm run keys -- list
//   npm run keys -- revoke --id 7
// The database is --database-url, or DATABASE_URL, which other users of the machine cannot read off the command line.
import { createPool } from '../../../lib/db/pool.ts';
import { systemClock } from '../../../lib/clock/system-clock.ts';
import { explainFailure, parseCommand } from './parse-command.ts';
import { runKeysCommand } from './run-command.ts';

try {
  const { databaseUrl, command } = parseCommand(process.argv.slice(2), process.env);
  const pool = createPool(databaseUrl, { max: 2, statementTimeoutMs: 10_000, onError: () => {} });
  try {
    for (const line of await runKeysCommand(command, { pool, clock: systemClock })) console.log(line);
  } finally {
    await pool.end();
  }
} catch (error) {
  console.error(explainFailure(error));
  process.exitCode = 1;
}
