export type ParsedSample = { name: string; labels: Record<string, string>; value: number };
export type ParsedFamily = { type: string; unit: string | undefined; help: string; samples: ParsedSample[] };

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = String.raw`[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*"`;
const SAMPLE = new RegExp(String.raw`^(${NAME})(?:\{((?:${LABEL})(?:,${LABEL})*)\})? (\S+)$`);
const METADATA = new RegExp(`^# (TYPE|UNIT|HELP) (${NAME}) (.+)$`);

/** The suffixes of the samples of each type. */
const SUFFIXES: Record<string, readonly string[]> = {
  counter: ['_total'],
  gauge: [''],
  histogram: ['_bucket', '_count', '_sum'],
  info: ['_info'],
};

/**
 * Parses a text strictly by OpenMetrics 1.0: https://prometheus.io/docs/specs/om/open_metrics_spec/. It knows the types that
 * Belfry uses, and no timestamps and no exemplars.
 *
 * @throws Error that names the line.
 */
export function parseOpenMetrics(text: string): Map<string, ParsedFamily> {
  if (!text.endsWith('\n# EOF\n')) throw new Error('the text does not end with # EOF');
  const families = new Map<string, ParsedFamily>();
  let current: [string, ParsedFamily] | undefined;
  const seen = new Set<string>();

  for (const [index, line] of text.slice(0, -'# EOF\n'.length).trimEnd().split('\n').entries()) {
    const fail = (why: string): never => {
      throw new Error(`line ${index + 1} ${why}: ${line}`);
    };
    const [, keyword, name = '', rest = ''] = METADATA.exec(line) ?? [];
    if (keyword === 'TYPE') {
      if (families.has(name)) fail('repeats a family');
      if (SUFFIXES[rest] === undefined) fail('has an unknown type');
      current = [name, { type: rest, unit: undefined, help: '', samples: [] }];
      families.set(...current);
    } else if (keyword !== undefined) {
      if (current?.[0] !== name) fail('is not about the family above');
      else if (current[1].samples.length > 0) fail('comes after samples');
      else if (keyword === 'UNIT' && !name.endsWith(`_${rest}`)) fail('has a unit that is not in the name');
      else if (keyword === 'UNIT') current[1].unit = rest;
      else current[1].help = rest;
    } else {
      const sample = parseSample(line) ?? fail('is not a sample');
      const [family, { type, samples }] = current ?? fail('has no family');
      if (!SUFFIXES[type]?.some((suffix) => sample.name === `${family}${suffix}`))
        fail('is of another family');
      const key = `${sample.name} ${JSON.stringify(Object.entries(sample.labels))}`;
      if (seen.has(key)) fail('repeats a sample');
      seen.add(key);
      if (type !== 'gauge' && !(sample.value >= 0)) fail('is below 0');
      samples.push(sample);
    }
  }
  for (const [name, family] of families) if (family.type === 'histogram') checkHistogram(name, family);
  return families;
}

function parseSample(line: string): ParsedSample | undefined {
  const [, name, labelText = '', value] = SAMPLE.exec(line) ?? [];
  if (name === undefined || !/^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(value ?? '')) return undefined;
  const pairs = labelText.match(new RegExp(LABEL, 'g')) ?? [];
  const labels = pairs.map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), pair.slice(at + 2, -1).replaceAll(/\\(.)/g, unescape)] as const;
  });
  if (new Set(labels.map(([label]) => label)).size !== labels.length) return undefined;
  return { name, labels: Object.fromEntries(labels), value: Number(value) };
}

const unescape = (_: string, escaped: string): string => (escaped === 'n' ? '\n' : escaped);

/** Buckets end at +Inf, are cumulative, and the last one equals the count. */
function checkHistogram(name: string, { samples }: ParsedFamily): void {
  const bySeries = Map.groupBy(samples, ({ labels }) => JSON.stringify({ ...labels, le: undefined }));
  for (const [series, ofSeries] of bySeries) {
    const buckets = ofSeries.filter((sample) => sample.name.endsWith('_bucket'));
    const bounds = buckets.map(({ labels }) => (labels['le'] === '+Inf' ? Infinity : Number(labels['le'])));
    const counts = buckets.map(({ value }) => value);
    const isRising = (numbers: readonly number[]) =>
      numbers.every((number, at) => at === 0 || number >= (numbers[at - 1] ?? Infinity));
    const count = ofSeries.find((sample) => sample.name.endsWith('_count'))?.value;
    const hasSum = ofSeries.some((sample) => sample.name.endsWith('_sum'));
    if (!isRising(bounds) || new Set(bounds).size !== bounds.length || bounds.at(-1) !== Infinity)
      throw new Error(`the bounds of ${name}${series} do not rise to +Inf`);
    if (!isRising(counts) || counts.at(-1) !== count || !hasSum)
      throw new Error(`the counts of ${name}${series} are not cumulative, or their sum is missing`);
  }
}
