import { makeHandler } from './handler.ts';
import { openSite } from './site.ts';

const directory = process.env['BELFRY_SITE_DIRECTORY'];
if (directory === undefined || directory === '')
  throw new Error('configuration: BELFRY_SITE_DIRECTORY is not set; it is the directory of the built pages');

export const handler = makeHandler(await openSite(directory));
