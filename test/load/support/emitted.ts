import * as z from 'zod';
import { metrics } from '../../../lib/topology.ts';
import { parseJson } from '../../../lib/parse-json.ts';

/** Keeps the values of one metric that functions emit, with their instants; passes other lines to `onLog`. */
export function makeMetricKeeper(name: keyof typeof metrics, onLog: (line: string) => void) {
  const kept: { atMs: number; value: number }[] = [];
  const document = z
    .looseObject({ _aws: z.object({ Timestamp: z.number() }) })
    .transform(({ _aws: { Timestamp: atMs }, ...members }) => ({ atMs, value: members[metrics[name].name] }));
  return {
    kept,
    onLine: (line: string): void => {
      const parsed = document.safeParse(parseJson(line));
      if (!parsed.success) return onLog(line);
      const { atMs, value } = parsed.data;
      if (typeof value === 'number') kept.push({ atMs, value });
    },
  };
}
