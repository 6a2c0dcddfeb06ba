import { stopOrphansOf } from './orphans.ts';

/** The program that a watchdog runs after its Belfry has ended. */
const [dataDir = '', owner = ''] = process.argv.slice(2);
await stopOrphansOf(owner, dataDir);
