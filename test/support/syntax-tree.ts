import { parseAst } from 'vitest/node';

/** A node of ESTree, as far as the checks look at one. */
export type Node = { type: string; start: number; end: number } & Record<string, unknown>;

export function parseTypeScript(source: string, lang: 'ts' | 'tsx' = 'ts'): Node {
  const tree: unknown = parseAst(source, { lang });
  if (!isNode(tree)) throw new Error('the parser gave no tree');
  return tree;
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** The nodes that a field of a node holds, one or many. */
export function nodesOf(field: unknown): Node[] {
  return (Array.isArray(field) ? field : [field]).filter(isNode);
}

/** The node and all below it. */
export function* walk(node: Node): Generator<Node> {
  yield node;
  for (const field of Object.values(node)) {
    for (const child of nodesOf(field)) yield* walk(child);
  }
}

/** What an identifier is called, or a literal says; undefined of any other node. */
export function nameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  const name = node.type === 'Identifier' ? node['name'] : node['value'];
  return typeof name === 'string' ? name : undefined;
}
