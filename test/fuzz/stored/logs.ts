import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CANARY } from '../values/known-good.ts';

/**
 * Secrets of requests that are in a log, or in what Belfry printed. It keeps the last 20 MB of its log, which is what some
 * 80,000 requests leave there.
 */
export async function checkLogs(options: {
  directory: string;
  output: string;
  secrets: readonly string[];
}): Promise<string[]> {
  const { directory, output, secrets } = options;
  const names = (await readdir(directory)).filter((name) => name.startsWith('belfry.log'));
  const logs = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
  const text = [output, ...logs].join('\n');
  // Made to be read by nobody but the console, which shows the one key that it is to show.
  const seen = secrets.filter((secret) => logs.some((log) => log.includes(secret)));
  return [
    ...(logs.join('').includes('"message":"request"') ? [] : ['there is no log of requests to look into']),
    ...seen.map((secret) => `a key is in the log: ${secret.slice(0, 8)}…`),
    ...(text.includes(CANARY) ? ['the value of a secret header is in the log'] : []),
  ];
}
