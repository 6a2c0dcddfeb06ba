/** What is done with an option of curl. `value` says that it has one. */
export type Option = { name: string; hasValue: boolean; isTaken: boolean };

/** Options that Belfry has a field for, by all their names. */
const taken: Record<string, string> = {
  X: 'request',
  H: 'header',
  d: 'data',
  u: 'user',
  A: 'user-agent',
  e: 'referer',
  b: 'cookie',
  G: 'get',
  I: 'head',
  m: 'max-time',
  'data-ascii': 'data',
  'data-raw': 'data-raw',
  'data-binary': 'data',
  'data-urlencode': 'data-urlencode',
};
const takenNames = new Set([...Object.values(taken), 'json', 'url']);
const takenFlags = new Set(['get', 'head']);

/** Flags that change only what curl prints. */
const silent = new Set([
  's',
  'S',
  'v',
  'i',
  'N',
  '#',
  'silent',
  'show-error',
  'verbose',
  'include',
  'no-buffer',
  'progress-bar',
  'no-progress-meter',
  'globoff',
  'g',
]);
/** Further flags without a value. Every other option is taken for one with a value. */
const flags = new Set([
  'L',
  'k',
  'f',
  'j',
  '0',
  '1',
  '2',
  '3',
  '4',
  '6',
  'a',
  'n',
  'O',
  'J',
  'R',
  'location',
  'insecure',
  'fail',
  'fail-with-body',
  'compressed',
  'http1.0',
  'http1.1',
  'http2',
  'http3',
  'ipv4',
  'ipv6',
  'location-trusted',
  'basic',
  'digest',
  'ntlm',
  'negotiate',
  'anyauth',
  'tcp-nodelay',
  'path-as-is',
  'retry-all-errors',
  'retry-connrefused',
  'raw',
  'netrc',
  'remote-name',
]);

/** Describes an option by its name without the dashes. Undefined for one that changes only what curl prints. */
function findOption(given: string): Option | undefined {
  if (silent.has(given)) return undefined;
  const name = taken[given] ?? given;
  if (takenNames.has(name)) return { name, hasValue: !takenFlags.has(name), isTaken: true };
  return { name, hasValue: !flags.has(given), isTaken: false };
}

export type UsedOption = { name: string; value: string };

/** Reads the words after `curl`: options with their values, the URLs, and the options that have no field. */
export function readOptions(words: readonly string[]): {
  used: UsedOption[];
  urls: string[];
  notTaken: string[];
} {
  const used: UsedOption[] = [];
  const urls: string[] = [];
  const notTaken: string[] = [];
  const rest = [...words];
  const take = (given: string, written: string, attached: string | undefined): void => {
    const option = findOption(given);
    if (option === undefined) return;
    const value = option.hasValue ? (attached ?? rest.shift() ?? '') : '';
    if (option.isTaken) used.push({ name: option.name, value });
    else notTaken.push(option.hasValue ? `${written} ${value}` : written);
  };
  while (rest.length > 0) {
    const word = rest.shift() ?? '';
    if (word.startsWith('--') && word.length > 2) take(word.slice(2), word, undefined);
    else if (word.startsWith('-') && word.length > 1) readShort(word.slice(1), take);
    else urls.push(word);
  }
  return { used, urls, notTaken };
}

/** Reads a word such as `-sXPOST`: flags in a row, and at its end perhaps an option with its value. */
function readShort(
  letters: string,
  take: (given: string, written: string, attached: string | undefined) => void,
): void {
  for (let at = 0; at < letters.length; at += 1) {
    const letter = letters[at] ?? '';
    const attached = letters.slice(at + 1);
    take(letter, `-${letter}`, attached === '' ? undefined : attached);
    if (findOption(letter)?.hasValue === true) return;
  }
}
