import { parseAst } from 'vitest/node';

/** A node of ESTree, with the fields that the checks use. */
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

/**
 * Visits a node and all nodes below it, in the order of the source. It keeps a stack, because nested generators yield a node
 * once for each level.
 */
export function* walk(node: Node): Generator<Node> {
  const waiting = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    yield next;
    const fields = Object.values(next);
    for (let at = fields.length - 1; at >= 0; at -= 1) {
      const field = fields[at];
      if (Array.isArray(field)) waiting.push(...field.filter(isNode).reverse());
      else if (isNode(field)) waiting.push(field);
    }
  }
}

/** Returns the name of an identifier or the value of a literal; undefined for any other node. */
export function nameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  const name = node.type === 'Identifier' ? node['name'] : node['value'];
  return typeof name === 'string' ? name : undefined;
}
