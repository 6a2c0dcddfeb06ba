import { join } from 'node:path';
import { makeHandler } from './handler.ts';
import { openSite } from './site.ts';

// The pages are next to the bundle. A local run builds them in its data directory.
const directory = process.env['BELFRY_SITE_DIRECTORY'] ?? join(import.meta.dirname, 'site');

export const handler = makeHandler(await openSite(directory));
