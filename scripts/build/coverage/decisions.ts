// Where execution divides in a Solidity source, found in the compiler's syntax tree.
import solc from 'solc';

/** A part of a source, in bytes of UTF-8; the end is not part of it. */
export interface Range {
  start: number;
  end: number;
}

/** A place where execution divides. */
export interface Decision extends Range {
  /** A condition is true or false; a block (of `catch`, of `case`) is entered; the rest is what no `case` matches. */
  form: 'condition' | 'block' | 'rest';
  language: 'solidity' | 'yul';
}

/** The decisions of a source, in order, and the assembly blocks that have any, with their braces. */
export interface Decisions {
  found: Decision[];
  assembly: Range[];
}

/** A node of the syntax tree; `src` is `start:length:file`, in bytes. */
interface Node {
  nodeType: string;
  src: string;
  [field: string]: unknown;
}

const CONDITIONS = new Set([
  'IfStatement',
  'Conditional',
  'WhileStatement',
  'DoWhileStatement',
  'ForStatement',
  'YulIf',
  'YulForLoop',
]);

/**
 * Finds every condition of `if`, `?:`, loops and `require`, every left side of `&&` and `||`, every clause of `try` and
 * every case of a `switch`, in assembly too. Literals (`while (true)`) decide nothing.
 * @throws Error when the source does not parse
 */
export function findDecisions(path: string, source: string): Decisions {
  const decisions: Decisions = { found: [], assembly: [] };
  visit(parse(path, source), decisions);
  decisions.found.sort((a, b) => a.start - b.start || b.end - a.end);
  return decisions;
}

function parse(path: string, source: string): Node {
  const input = {
    language: 'Solidity',
    sources: { [path]: { content: source } },
    settings: { stopAfter: 'parsing', outputSelection: { '*': { '': ['ast'] } } },
  };
  // What a file imports does not change its own tree.
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: () => ({ contents: '' }) }));
  const failure = output.errors?.find(({ severity }: { severity: string }) => severity === 'error');
  if (failure) throw new Error(`${path} does not parse: ${failure.message}`);
  return output.sources[path].ast;
}

function visit(node: Node, decisions: Decisions): void {
  const before = decisions.found.length;
  decisions.found.push(...decisionsOf(node));
  for (const child of Object.values(node).flat()) if (isNode(child)) visit(child, decisions);
  if (node.nodeType === 'InlineAssembly' && decisions.found.length > before) {
    decisions.assembly.push(rangeOf(node.AST as Node));
  }
}

function decisionsOf(node: Node): Decision[] {
  const language = node.nodeType.startsWith('Yul') ? 'yul' : 'solidity';
  const decide = (form: Decision['form'], at: Node): Decision => ({ form, language, ...rangeOf(at) });
  if (node.nodeType === 'TryStatement') return blocks(node.clauses, 'block').map((block) => decide('block', block));
  if (node.nodeType === 'YulSwitch') {
    const cases = node.cases as Node[];
    const { end } = rangeOf(node);
    const rest: Decision[] = cases.some(({ value }) => value === 'default')
      ? []
      : [{ form: 'rest', language, start: end, end }];
    return [...blocks(cases, 'body').map((block) => decide('block', block)), ...rest];
  }
  const condition = conditionOf(node);
  return condition === undefined || /Literal$/.test(condition.nodeType) ? [] : [decide('condition', condition)];
}

function conditionOf(node: Node): Node | undefined {
  if (CONDITIONS.has(node.nodeType)) return (node.condition as Node | null) ?? undefined;
  if (node.nodeType === 'BinaryOperation' && /^(&&|\|\|)$/.test(String(node.operator))) {
    return node.leftExpression as Node;
  }
  if (node.nodeType === 'FunctionCall' && (node.expression as Node).name === 'require') {
    return (node.arguments as Node[])[0];
  }
  return undefined;
}

function blocks(list: unknown, field: string): Node[] {
  return (list as Node[]).map((entry) => entry[field] as Node);
}

function rangeOf({ src }: Node): Range {
  const [start, length] = src.split(':').map(Number);
  return { start, end: start + length };
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'nodeType' in value;
}
