export type TokenKind = 'key' | 'string' | 'number' | 'word' | 'mark' | 'space';
export type Token = { kind: TokenKind; text: string };

const LEXEME = /\s*(?:("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null)|([{}[\],:]))/y;
const INDENT = '  ';

/** Whether the text is JSON. `JSON.parse` decides, and its value is not used: it rounds integers beyond 2^53. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Lays JSON out over lines, each value as it is written: `9007199254740993` stays what it is. Returns undefined for a text that
 * is not JSON, such as one that was cut off.
 */
export function layOutJson(text: string): Token[] | undefined {
  if (!isJson(text)) return undefined;
  const tokens: Token[] = [];
  let depth = 0;
  const breakLine = () => tokens.push({ kind: 'space', text: `\n${INDENT.repeat(depth)}` });
  const lexemes = readLexemes(text);
  for (const [index, { kind, text: lexeme }] of lexemes.entries()) {
    const next = lexemes[index + 1]?.text;
    const isEmpty = (lexeme === '{' && next === '}') || (lexeme === '[' && next === ']');
    const closesEmpty =
      ['{', '['].includes(lexemes[index - 1]?.text ?? '') && (lexeme === '}' || lexeme === ']');
    if ((lexeme === '}' || lexeme === ']') && kind === 'mark') {
      depth -= 1;
      if (!closesEmpty) breakLine();
    }
    tokens.push({ kind: kind === 'string' && next === ':' ? 'key' : kind, text: lexeme });
    if (kind !== 'mark') continue;
    if (lexeme === '{' || lexeme === '[') {
      depth += 1;
      if (!isEmpty) breakLine();
    }
    if (lexeme === ',') breakLine();
    if (lexeme === ':') tokens.push({ kind: 'space', text: ' ' });
  }
  return tokens;
}

function readLexemes(text: string): Token[] {
  const lexemes: Token[] = [];
  LEXEME.lastIndex = 0;
  for (let match = LEXEME.exec(text); match !== null; match = LEXEME.exec(text)) {
    const [, string, number, word, mark] = match;
    if (string !== undefined) lexemes.push({ kind: 'string', text: string });
    else if (number !== undefined) lexemes.push({ kind: 'number', text: number });
    else if (word !== undefined) lexemes.push({ kind: 'word', text: word });
    else lexemes.push({ kind: 'mark', text: mark ?? '' });
  }
  return lexemes;
}
