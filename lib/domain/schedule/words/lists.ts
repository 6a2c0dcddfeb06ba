/** Joins texts as in "a, b and c". */
export function join(texts: readonly string[]): string {
  const last = texts.at(-1) ?? '';
  return texts.length < 2 ? last : `${texts.slice(0, -1).join(', ')} and ${last}`;
}

/** Numbers in ascending order that follow each other. */
export type Run = { first: number; last: number };

/** Splits ascending numbers into runs without a gap. */
export function runsOf(ascending: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (const value of ascending) {
    const run = runs.at(-1);
    if (run !== undefined && value === run.last + 1) run.last = value;
    else runs.push({ first: value, last: value });
  }
  return runs;
}

/** Numbers from this count on are described by their step, if they have one. */
const MIN_STEPPED = 4;

/** Returns the step of at least 4 numbers that all have the same distance, which is more than 1. */
export function stepOf(ascending: readonly number[]): number | undefined {
  const [first = 0, second = 0] = ascending;
  const step = second - first;
  if (ascending.length < MIN_STEPPED || step < 2) return undefined;
  return ascending.every((value, place) => value === first + place * step) ? step : undefined;
}

/** Returns n if the numbers are 0, n, 2n … and fill a cycle evenly, as the minutes 0, 15, 30 and 45 do. */
export function evenStepOf(ascending: readonly number[], cycle: number): number | undefined {
  const step = cycle / ascending.length;
  const isEven = ascending.length > 1 && ascending.every((value, place) => value === place * step);
  return isEven ? step : undefined;
}

/** Describes numbers: "5", "5 and 7", "1 to 7 and 15". `show` gives each number its text. */
export function describeNumbers(
  ascending: readonly number[],
  show: (value: number) => string = String,
): string {
  const texts = runsOf(ascending).flatMap(({ first, last }) => {
    if (first === last) return [show(first)];
    return last === first + 1 ? [show(first), show(last)] : [`${show(first)} to ${show(last)}`];
  });
  return join(texts);
}

/** Returns "2nd", "3rd", "11th" and so on. */
export function ordinal(value: number): string {
  const isTeen = value % 100 > 10 && value % 100 < 14;
  const ending = isTeen ? undefined : ['th', 'st', 'nd', 'rd'][value % 10];
  return `${value}${ending ?? 'th'}`;
}

/** Returns the numbers of the set bits of a mask, each plus `offset`. */
export function bitsOf(mask: number, offset = 0): number[] {
  const values: number[] = [];
  for (let bit = 0; bit < 31; bit += 1) if ((mask & (1 << bit)) !== 0) values.push(bit + offset);
  return values;
}
