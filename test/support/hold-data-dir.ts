import { openDataDir } from '../../local/data-dir/data-dir.ts';
import { startPostgres } from '../../local/services/postgres.ts';
import { startRedis } from '../../local/services/redis.ts';

/** A program that tests kill. It holds a data directory, optionally with services, until it ends. */
const [path = '', withServices] = process.argv.slice(2);

const dataDir = await openDataDir(path);
const pids: number[] = [];
if (withServices === 'with-services') {
  const options = { dataDir, report: () => {} };
  const services = await Promise.all([startPostgres(options), startRedis(options)]);
  pids.push(...services.map((service) => service.pid));
}
process.stdout.write(`${JSON.stringify(pids)}\n`);
setInterval(() => {}, 60_000);
