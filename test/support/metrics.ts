import * as z from 'zod';
import type { Clock } from '../../lib/domain/clock.ts';
import { makeEmitMetrics, type EmitMetrics } from '../../lib/metrics.ts';
import { metrics } from '../../lib/topology.ts';

const number = z.number();
const histogram = z.strictObject({
  Values: z.array(number).min(1).max(100),
  Counts: z.array(z.int().positive()).min(1).max(100),
  Min: number,
  Max: number,
  Sum: number,
  Count: z.int().positive(),
});
const directive = z.strictObject({
  Namespace: z.literal('Belfry'),
  Dimensions: z.tuple([z.tuple([z.literal('service')])]),
  Metrics: z
    .array(z.strictObject({ Name: z.string(), Unit: z.string() }))
    .min(1)
    .max(100),
});
const document = z
  .object({
    _aws: z.strictObject({ Timestamp: z.int(), CloudWatchMetrics: z.tuple([directive]) }),
    service: z.literal('test'),
  })
  .catchall(z.union([number, histogram]));

const units = new Map<string, string>(Object.values(metrics).map(({ name, unit }) => [name, unit]));

type Document = Record<string, z.infer<typeof histogram> | number>;

/** Parses a line as CloudWatch does, checks it against the topology, and returns the values by their names. */
function parseDocument(line: string): Document {
  const { _aws, service: _, ...values } = document.parse(JSON.parse(line));
  const declared = _aws.CloudWatchMetrics[0].Metrics;
  for (const { Name, Unit } of declared) {
    if (units.get(Name) !== Unit) throw new Error(`${Name} in ${Unit} is not a metric of the topology`);
  }
  const names = declared.map(({ Name }) => Name).sort();
  if (names.join() !== Object.keys(values).sort().join()) throw new Error(`not what was declared: ${line}`);
  return values;
}

/** Collects metrics as the documents that would be written. */
export function keepMetrics(clock: Clock): { emitMetrics: EmitMetrics; documents: Document[] } {
  const documents: Document[] = [];
  const writeLine = (line: string): void => void documents.push(parseDocument(line));
  return { emitMetrics: makeEmitMetrics({ deployment: 'test', clock, writeLine }), documents };
}
