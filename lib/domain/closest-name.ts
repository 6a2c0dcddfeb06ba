import { distance } from 'fastest-levenshtein';

/** Longer names are no typing errors, and would take long to compare. */
const MAX_LENGTH = 100;

/** Names by how they may be written: in lower case, without separators. */
export type WrittenNames = ReadonlyMap<string, string>;

/** @param formsOf how each name may be written; only as it is if left out. Where two share a form, the first has it. */
export function writtenNames(
  names: readonly string[],
  formsOf: (name: string) => readonly string[] = (name) => [name],
): WrittenNames {
  const forms = names.flatMap((name) => formsOf(name).map((form): [string, string] => [plain(form), name]));
  return new Map(forms.reverse());
}

/**
 * The name that was probably meant: it differs from the given one by a third of its characters at most, without case and
 * separators. Undefined when there is none.
 */
export function closestName(given: string, names: WrittenNames): string | undefined {
  const written = plain(given);
  let nearest: string | undefined;
  let fewest = Infinity;
  for (const [form, name] of names) {
    const allowed = Math.min(Math.max(1, Math.floor(form.length / 3)), fewest - 1);
    // The lengths alone tell most names apart.
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
