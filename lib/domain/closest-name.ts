import { distance } from 'fastest-levenshtein';

/** Names are compared up to this length. Longer names are not typing errors, and would take long to compare. */
const MAX_LENGTH = 100;

/** Names by their spellings, in lower case and without separators. */
export type WrittenNames = ReadonlyMap<string, string>;

/**
 * Maps spellings to names. If two names have the same spelling, the first name wins.
 *
 * @param formsOf the spellings of a name. The default is only the name itself.
 */
export function writtenNames(
  names: readonly string[],
  formsOf: (name: string) => readonly string[] = (name) => [name],
): WrittenNames {
  const forms = names.flatMap((name) => formsOf(name).map((form): [string, string] => [plain(form), name]));
  return new Map(forms.reverse());
}

/**
 * Finds the name that was probably meant. It differs from the given one by at most a third of its characters, ignoring
 * case and separators. Returns undefined if there is none.
 */
export function closestName(given: string, names: WrittenNames): string | undefined {
  const written = plain(given);
  let nearest: string | undefined;
  let fewest = Infinity;
  for (const [form, name] of names) {
    const allowed = Math.min(Math.max(1, Math.floor(form.length / 3)), fewest - 1);
    // Comparing the lengths excludes most names.
    if (Math.abs(form.length - written.length) > allowed) continue;
    const changes = distance(written, form);
    if (changes > allowed) continue;
    nearest = name;
    fewest = changes;
  }
  return nearest;
}

const plain = (name: string): string =>
  name
    .slice(0, MAX_LENGTH)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
