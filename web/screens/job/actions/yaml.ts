/** What JSON leaves as it is in a string, and YAML 1.1 takes for the end of a line or refuses. */
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

const yamlString = (text: string): string =>
  JSON.stringify(text).replaceAll(
    UNPRINTABLE,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Only a text that no version of YAML takes for something else has no quotes. */
const yamlName = (text: string): string =>
  /^[A-Za-z][\w./-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : yamlString(text);

/** A value in one line. YAML 1.1 takes a number with an exponent for text, unless it has a point and a sign. */
function yamlValue(value: unknown): string {
  if (typeof value === 'string') return yamlString(value);
  if (Array.isArray(value)) return `[${value.map(yamlValue).join(', ')}]`;
  if (isRecord(value))
    return `{${Object.entries(value)
      .map(([name, each]) => `${yamlString(name)}: ${yamlValue(each)}`)
      .join(', ')}}`;
  return JSON.stringify(value)
    .replace(/^(-?\d+)(?=e)/i, '$1.0')
    .replace(/(?<=e)(?=\d)/i, '+');
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const yamlLines = (record: Record<string, unknown>, indent: string): string[] =>
  Object.entries(record).flatMap(([name, each]) =>
    isRecord(each) && Object.keys(each).length > 0
      ? [`${indent}${yamlName(name)}:`, ...yamlLines(each, `${indent}  `)]
      : [`${indent}${yamlName(name)}: ${typeof each === 'string' ? yamlName(each) : yamlValue(each)}`],
  );

/** A record as YAML, which parsers of YAML 1.1 and 1.2 read alike. Records within it have lines of their own; lists have one line. */
export const writeYaml = (record: Record<string, unknown>): string => yamlLines(record, '').join('\n');
