import { blocksOf } from './read-page.ts';

export type CurlExample = {
  page: string;
  line: number;
  /** The shell block of the page, unchanged. */
  script: string;
  /** The JSON that the page shows right after the block, for its last command. */
  shown: unknown;
  /** The state that the block needs, such as `a failure group`. */
  needs: string | undefined;
};

/**
 * Marks a block that needs a state that only time or a failure makes. The tests make the state, and put its id into the
 * block.
 */
const NEEDS = /^<!-- needs: (.+) -->$/;

/** Lists the shell blocks that call the API of a local run, each with the answer that the page shows below it. */
export function curlExamplesOf(page: string, text: string): CurlExample[] {
  const blocks = blocksOf(text);
  const lines = text.split('\n');
  return blocks.flatMap((block, index) => {
    if (block.language !== 'sh' || !/^curl .*127\.0\.0\.1:8080/m.test(block.text)) return [];
    const next = blocks[index + 1];
    const end = block.line + block.text.split('\n').length;
    const isAnswer = next !== undefined && next.language === 'json' && next.line - end <= 3;
    return [
      {
        page,
        line: block.line,
        script: block.text,
        shown: isAnswer ? parse(page, next.text) : undefined,
        needs: NEEDS.exec(lines[block.line - 4] ?? '')?.[1],
      },
    ];
  });
}

function parse(page: string, json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new Error(`${page}: an answer is not valid JSON`, { cause });
  }
}

/** Returns the names of the fields of an answer, and of the first item of its lists. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (value === null) return null;
  if (typeof value !== 'object') return true;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, shapeOf(field)]));
}

/**
 * Replaces values by null where the other shape has null, because a value may be null in one run and not in another. An
 * empty list is not the shape of a list with items.
 */
export function withNullsOf(shape: unknown, other: unknown): unknown {
  if (other === null) return null;
  if (Array.isArray(shape) && Array.isArray(other))
    return shape.map((item, at) => withNullsOf(item, other[at]));
  if (typeof shape !== 'object' || shape === null || typeof other !== 'object') return shape;
  const others = new Map(Object.entries(other));
  return Object.fromEntries(
    Object.entries(shape).map(([name, field]) => [name, withNullsOf(field, others.get(name))]),
  );
}
