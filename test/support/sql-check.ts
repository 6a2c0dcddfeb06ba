import { posix } from 'node:path';
import { isNode, nameOf, type Node, nodesOf, parseTypeScript, walk } from './syntax-tree.ts';

/** An expression in the text of a statement that is not a constant, and why it is safe. */
export type AllowedExpression = { file: string; expression: string; why: string };

type Source = { file: string; text: string };
type Module = {
  file: string;
  text: string;
  tree: Node;
  /** The constants that are declared once in the whole file, at its top. */
  constants: Map<string, Node>;
  imports: Map<string, { file: string; name: string }>;
};

/** The beginnings of statements. Text for people does not begin like this. */
export const SQL =
  /^\s*(?:select\b|insert\s+into|update\s+\w+\s+set|delete\s+from|with\s+(?:recursive\s+)?\w+\s+as|(?:create|alter|drop)\s+(?:table|index|role|database|schema|sequence|type|function)|truncate\b|lock\s+table|set\s+(?:local|session)|grant\b|copy\s+\w+\s+from)/i;

/**
 * Finds SQL whose text is not fixed in the program. Each text that is passed to `query` or `runStatement`, or looks like SQL, must be a
 * constant, or composed only of constants. So values of a request can only be parameters.
 */
export function findUnfixedSql(
  sources: readonly Source[],
  allowed: readonly AllowedExpression[] = [],
): string[] {
  const modules = new Map(sources.map((source) => [source.file, readModule(source)]));
  const used = new Set<AllowedExpression>();

  const isFixed = (node: unknown, module: Module): boolean => {
    if (!isNode(node)) return false;
    const text = module.text.slice(node.start, node.end);
    const exception = allowed.find(({ file, expression }) => file === module.file && expression === text);
    if (exception !== undefined) {
      used.add(exception);
      return true;
    }
    switch (node.type) {
      case 'Literal':
        return true;
      case 'TemplateLiteral':
        return nodesOf(node['expressions']).every((part) => isFixed(part, module));
      case 'BinaryExpression':
        return isFixed(node['left'], module) && isFixed(node['right'], module);
      case 'ConditionalExpression':
        return isFixed(node['consequent'], module) && isFixed(node['alternate'], module);
      case 'Identifier':
        return isFixedName(nameOf(node) ?? '', module);
      case 'ObjectExpression':
        return isFixedConfig(nodesOf(node['properties']), module);
      default:
        return false;
    }
  };
  const isFixedName = (name: string, module: Module): boolean => {
    const imported = module.imports.get(name);
    const owner = imported === undefined ? module : modules.get(imported.file);
    const constant = owner?.constants.get(imported?.name ?? name);
    return owner !== undefined && constant !== undefined && isFixed(constant, owner);
  };
  /** Checks a statement in the form of the driver: its text is given in place, and nothing can replace it. */
  const isFixedConfig = (properties: readonly Node[], module: Module): boolean => {
    const texts = properties.filter((property) => nameOf(property['key']) === 'text');
    const isPlain = properties.every(
      (property) => property.type === 'Property' && property['computed'] !== true,
    );
    return isPlain && texts.length === 1 && isFixed(texts[0]?.['value'], module);
  };

  const findings = [...modules.values()].flatMap((module) =>
    [...walk(module.tree)].flatMap((node) => {
      const statement = statementOf(node);
      if (statement === undefined || isFixed(statement, module)) return [];
      const line = module.text.slice(0, node.start).split('\n').length;
      return [`${module.file}:${line}: ${module.text.slice(statement.start, statement.end).slice(0, 80)}`];
    }),
  );
  const unused = allowed.filter((exception) => !used.has(exception));
  return [
    ...new Set(findings),
    ...unused.map(({ file, expression }) => `${file}: allows ${expression} for nothing`),
  ];
}

/** The places of the statement in the arguments of functions that run one. */
const PLACES: ReadonlyMap<string | undefined, number> = new Map([
  ['query', 0],
  ['runStatement', 1],
]);

/** Returns the part of a node whose text must be fixed: the statement that a function runs, or a composed text that looks like SQL. */
function statementOf(node: Node): Node | undefined {
  if (node.type === 'CallExpression') {
    const callee = isNode(node['callee']) ? node['callee'] : undefined;
    const place = PLACES.get(nameOf(callee)) ?? PLACES.get(nameOf(callee?.['property']));
    return place === undefined ? undefined : (nodesOf(node['arguments'])[place] ?? node);
  }
  const isPutTogether = node.type === 'TemplateLiteral' || node.type === 'BinaryExpression';
  return isPutTogether && SQL.test(beginningOf(node)) ? node : undefined;
}

function beginningOf(node: Node): string {
  if (node.type === 'BinaryExpression') return isNode(node['left']) ? beginningOf(node['left']) : '';
  if (node.type !== 'TemplateLiteral') return nameOf(node) ?? '';
  const value = nodesOf(node['quasis'])[0]?.['value'];
  return typeof value === 'object' && value !== null && 'raw' in value ? String(value.raw) : '';
}

function readModule({ file, text }: Source): Module {
  const tree = parseTypeScript(text);
  const statements = nodesOf(tree['body']).map((statement) =>
    isNode(statement['declaration']) ? statement['declaration'] : statement,
  );
  const declared = [...walk(tree)].flatMap(namesDeclaredBy);
  const constants = new Map(
    statements
      .filter((statement) => statement.type === 'VariableDeclaration' && statement['kind'] === 'const')
      .flatMap((statement) => nodesOf(statement['declarations']))
      .flatMap((declarator): [string, Node][] => {
        const name = nameOf(declarator['id']);
        const isOnce = declared.filter((other) => other === name).length === 1;
        return name !== undefined && isOnce && isNode(declarator['init']) ? [[name, declarator['init']]] : [];
      }),
  );
  const imports = new Map(
    statements
      .filter(({ type }) => type === 'ImportDeclaration')
      .flatMap((statement) => {
        const from = posix.join(posix.dirname(file), nameOf(statement['source']) ?? '');
        return nodesOf(statement['specifiers']).map((specifier): [string, { file: string; name: string }] => [
          nameOf(specifier['local']) ?? '',
          { file: from, name: nameOf(specifier['imported']) ?? '' },
        ]);
      }),
  );
  return { file, text, tree, constants, imports };
}

/** Lists variables and parameters. A name that a function redefines does not count as a constant in this file. */
function namesDeclaredBy(node: Node): string[] {
  const bindings = node.type === 'VariableDeclarator' ? nodesOf(node['id']) : nodesOf(node['params']);
  return bindings.flatMap((binding) =>
    [...walk(binding)].filter(({ type }) => type === 'Identifier').map((name) => nameOf(name) ?? ''),
  );
}
