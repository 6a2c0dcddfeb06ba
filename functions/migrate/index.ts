import { readMigrateConfig } from '../../lib/config.ts';
import { composeMigrate } from '../compose/migrate.ts';
import { makeHandler } from './handler.ts';

export const handler = makeHandler(composeMigrate(readMigrateConfig(process.env)));
