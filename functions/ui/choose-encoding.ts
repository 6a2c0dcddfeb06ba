import type { Encoding } from './site.ts';

/** The order of choice between encodings that the caller accepts equally: the smallest first. */
const ORDER: readonly Encoding[] = ['br', 'gzip', 'identity'];

/** Chooses the encoding of an answer (RFC 9110, section 12.5.3). Without a header, or without a match, it is `identity`. */
export function chooseEncoding(accepted: string | undefined, stored: readonly Encoding[]): Encoding {
  if (accepted === undefined) return 'identity';
  const weights = readWeights(accepted);
  // A caller that names no weight for `identity` accepts it, but prefers the encodings that it names.
  const weightOf = (encoding: Encoding): number =>
    weights.get(encoding) ?? (encoding === 'identity' ? Number.MIN_VALUE : (weights.get('*') ?? 0));
  const [best] = ORDER.filter((encoding) => stored.includes(encoding) && weightOf(encoding) > 0).toSorted(
    (a, b) => weightOf(b) - weightOf(a),
  );
  return best ?? 'identity';
}

function readWeights(accepted: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const part of accepted.toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim());
    const given = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    const weight = given === undefined ? 1 : Number(given);
    weights.set(name === 'x-gzip' ? 'gzip' : name, Number.isFinite(weight) ? weight : 0);
  }
  return weights;
}
