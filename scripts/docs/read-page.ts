export type Link = { line: number; target: string };
export type Block = { line: number; language: string; text: string };

const FENCE = /^( *)```(\w*)\n([\s\S]*?)^\1```/gm;

const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length;

/** Replaces every character of the code blocks of a page by a space, so that lines and columns stay. */
const withoutBlocks = (page: string): string =>
  page.replaceAll(FENCE, (block) => block.replaceAll(/[^\n]/g, ' '));

/** Lists the targets of the links and images in the text. Links within code do not count. */
export function linksOf(page: string): Link[] {
  const text = withoutBlocks(page).replaceAll(/`[^`\n]+`/g, (code) => '`'.repeat(code.length));
  return [...text.matchAll(/\]\(([^()\s]+)\)/g)].map((match) => ({
    line: lineAt(text, match.index),
    target: match[1] ?? '',
  }));
}

/** Lists the code spans outside of code blocks. */
export function spansOf(page: string): { line: number; text: string }[] {
  const text = withoutBlocks(page);
  return [...text.matchAll(/`([^`\n]+)`/g)].map((match) => ({
    line: lineAt(text, match.index),
    text: match[1] ?? '',
  }));
}

/** Lists the fenced code blocks, without the indentation of their list item. */
export function blocksOf(page: string): Block[] {
  return [...page.matchAll(FENCE)].map((match) => {
    const [, indentation = '', language = '', text = ''] = match;
    return {
      line: lineAt(page, match.index) + 1,
      language,
      text: text.replaceAll(new RegExp(`^${indentation}`, 'gm'), ''),
    };
  });
}

/** Lists the anchors of the headings, as GitHub makes them. A repeated anchor gets a number. */
export function anchorsOf(page: string): string[] {
  const seen = new Map<string, number>();
  return [...withoutBlocks(page).matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, heading = '']) => {
    const anchor = heading
      .toLowerCase()
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replaceAll(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-');
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
}
