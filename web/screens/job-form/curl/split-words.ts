const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r' };

/** Reads a quoted part that begins at an index. It returns the text and the index after the closing quote. */
function readQuoted(text: string, begin: number, quote: '"' | "'", isAnsi: boolean): [string, number] {
  let read = '';
  let at = begin;
  while (at < text.length && text[at] !== quote) {
    const char = text[at] ?? '';
    const next = text[at + 1] ?? '';
    if (char !== '\\' || (quote === "'" && !isAnsi)) {
      read += char;
      at += 1;
    } else if (next === '\n') at += 2;
    else {
      read += isAnsi ? (ESCAPES[next] ?? next) : /["\\$`]/.test(next) ? next : `\\${next}`;
      at += 2;
    }
  }
  if (at >= text.length) throw new Error(`A ${quote === '"' ? 'double' : 'single'} quote is not closed.`);
  return [read, at + 1];
}

/**
 * Splits a command into words as a shell does: blanks, single and double quotes, `$'…'`, backslashes, and lines that end in one.
 * Variables and the like stay as they are written.
 *
 * @throws Error when a quote is not closed.
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  while (at < text.length) {
    const char = text[at] ?? '';
    const isAnsi = char === '$' && text[at + 1] === "'";
    if (char === '"' || char === "'" || isAnsi) {
      const [part, next] = readQuoted(text, at + (isAnsi ? 2 : 1), char === '"' ? '"' : "'", isAnsi);
      word = (word ?? '') + part;
      at = next;
    } else if (char === '\\') {
      if (text[at + 1] !== '\n') word = (word ?? '') + (text[at + 1] ?? '');
      at += 2;
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      at += 1;
    } else {
      word = (word ?? '') + char;
      at += 1;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}
