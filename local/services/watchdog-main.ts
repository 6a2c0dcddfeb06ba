import { stopOrphansOf } from './orphans.ts';

/** What a watchdog runs when the Belfry that it watched is gone. */
const [dataDir = '', owner = ''] = process.argv.slice(2);
await stopOrphansOf(owner, dataDir);
