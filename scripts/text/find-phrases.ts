import { type Phrase, phrases } from './phrases.ts';

export type Hit = { file: string; line: number; found: string; instead: string };

/** White space, including the mark of a comment that continues on the next line. */
const GAP = String.raw`\s+(?:(?:\*|//|--|#|>)\s+)?`;
/** The start of a comment, of a sentence within it, or of a paragraph, list item or table cell of a page. */
const COMMENT_START = String.raw`(?<=(?:^|\n)[^\n'"]*(?:/\*\*?|//|--|#)\s+|(?:^|\n)\s*\*\s+@\w+\s+|[a-z)][.!?]\s+(?:(?:\*|//|--|#)\s+)?)`;
const PAGE_START = String.raw`(?<=(?:^|\n\s*\n|\n\s*[-*|]|\|)\s*|[a-z)][.!?]\s+|\*\*\s*)`;
const TITLE_START = String.raw`(?<=\b(?:test|it)(?:\.\w+)?(?:\([^\n]*\))?\(\s*['"\x60])`;

function compile({ pattern, at = 'anywhere' }: Phrase, isPage: boolean): RegExp {
  const start = { anywhere: '', start: isPage ? PAGE_START : COMMENT_START, title: TITLE_START }[at];
  const body = pattern.trimEnd().replaceAll(' ', GAP);
  return new RegExp(`${start}\\b(?:${body})\\b`, at === 'anywhere' ? 'gi' : 'g');
}

const forSource = phrases.map((phrase) => ({ ...phrase, expression: compile(phrase, false) }));
const forPage = phrases
  .filter(({ at }) => at !== 'title')
  .map((phrase) => ({ ...phrase, expression: compile(phrase, true) }));

/** Finds the forbidden phrases of a source file, or of a page (`.md`) outside of its code. */
export function findPhrases(file: string, text: string): Hit[] {
  const isPage = file.endsWith('.md');
  const prose = isPage ? withoutCode(text) : text;
  return (isPage ? forPage : forSource)
    .filter(({ only }) => only === undefined || only.test(file))
    .flatMap(({ expression, instead }) =>
      [...prose.matchAll(expression)].map((match) => ({
        file,
        line: prose.slice(0, match.index).split('\n').length,
        found: match[0].trim().replaceAll(/\s+(?:(?:\*|\/\/|--|#|>)\s+)?/g, ' '),
        instead,
      })),
    )
    .sort((a, b) => a.line - b.line);
}

/** The page with its code blocks, code spans and link targets left out; lines keep their numbers. */
function withoutCode(page: string): string {
  const blank = (code: string): string => code.replaceAll(/[^\n]/g, '');
  return page
    .replaceAll(/^( *)(```|~~~)[\s\S]*?^\1\2/gm, blank)
    .replaceAll(/`[^`\n]+`/g, '`')
    .replaceAll(/\]\([^)\n]*\)/g, ']');
}
