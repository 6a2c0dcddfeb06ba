import { fromEnv } from './from-env.ts';
import { makeHandler } from './handler.ts';

export const handler = makeHandler(fromEnv());
