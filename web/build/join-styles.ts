/** Splits a minified style sheet into its rules. A rule with rules in it, such as a media query, is one. */
function* rulesOf(text: string): Generator<string> {
  let start = 0;
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '{') depth += 1;
    else if (text[index] === '}' && --depth === 0) {
      yield text.slice(start, index + 1).trim();
      start = index + 1;
    }
  }
}

/**
 * Joins style sheets into one. Each of them has the rules of the components that its scripts share with others, so most rules
 * come several times: the first one stays.
 */
export function joinStyles(sheets: readonly string[]): string {
  return `${[...new Set(sheets.flatMap((sheet) => [...rulesOf(sheet)]))].join('\n')}\n`;
}
