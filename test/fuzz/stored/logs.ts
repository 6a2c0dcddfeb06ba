import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CANARY } from '../values/known-good.ts';

/**
 * Searches the logs and the output of Belfry for secrets of requests. Belfry keeps the last 20 MB of its log, which is about
 * 80,000 requests.
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
  // Only the logs: the console shows one key on purpose.
  const seen = secrets.filter((secret) => logs.some((log) => log.includes(secret)));
  return [
    ...(logs.join('').includes('"message":"request"') ? [] : ['the log has no requests to search']),
    ...seen.map((secret) => `a key is in the log: ${secret.slice(0, 8)}…`),
    ...(text.includes(CANARY) ? ['the value of a secret header is in the log'] : []),
  ];
}
