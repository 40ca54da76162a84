// Where execution divides in a Solidity source, found in the compiler's syntax tree.
import { childrenOf, parseSource, type Range, rangeOf, type TreeNode } from './parseSource.ts';

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
 * Finds every condition of `if`, `?:`, loops and `require`, every part of a chain of `&&` or of `||` but the last, every
 * clause of `try` and every case of a `switch`, in assembly too. Literals (`while (true)`) decide nothing. Assembly of pure
 * functions is left out: the compiler takes no call there, and the call is what counts.
 * @throws Error when the source does not parse
 */
export function findDecisions(path: string, source: string): Decisions {
  const decisions: Decisions = { found: [], assembly: [] };
  visit(parseSource(path, source), decisions, false);
  decisions.found.sort((a, b) => a.start - b.start || b.end - a.end);
  return decisions;
}

function visit(node: TreeNode, decisions: Decisions, pure: boolean): void {
  if (pure && node.nodeType === 'InlineAssembly') return;
  const before = decisions.found.length;
  decisions.found.push(...decisionsOf(node));
  const within = node.nodeType === 'FunctionDefinition' ? node.stateMutability === 'pure' : pure;
  for (const child of childrenOf(node)) visit(child, decisions, within);
  if (node.nodeType === 'InlineAssembly' && decisions.found.length > before) {
    decisions.assembly.push(rangeOf(node.AST as TreeNode));
  }
}

function decisionsOf(node: TreeNode): Decision[] {
  const language = node.nodeType.startsWith('Yul') ? 'yul' : 'solidity';
  const decide = (form: Decision['form'], at: TreeNode): Decision => ({ form, language, ...rangeOf(at) });
  if (node.nodeType === 'TryStatement') return blocks(node.clauses, 'block').map((block) => decide('block', block));
  if (node.nodeType === 'YulSwitch') {
    const cases = node.cases as TreeNode[];
    const { end } = rangeOf(node);
    const rest: Decision[] = cases.some(({ value }) => value === 'default')
      ? []
      : [{ form: 'rest', language, start: end, end }];
    return [...blocks(cases, 'body').map((block) => decide('block', block)), ...rest];
  }
  const condition = conditionOf(node);
  return condition === undefined || /Literal$/.test(condition.nodeType) ? [] : [decide('condition', condition)];
}

function conditionOf(node: TreeNode): TreeNode | undefined {
  if (CONDITIONS.has(node.nodeType)) return (node.condition as TreeNode | null) ?? undefined;
  if (node.nodeType === 'BinaryOperation' && /^(&&|\|\|)$/.test(String(node.operator))) {
    // Of `a || b || c`, a tree that leans left, `a` and `b`: calls around `a` and `a || b` would nest as deep as the chain.
    const left = node.leftExpression as TreeNode;
    return left.operator === node.operator ? (left.rightExpression as TreeNode) : left;
  }
  if (node.nodeType === 'FunctionCall' && (node.expression as TreeNode).name === 'require') {
    return (node.arguments as TreeNode[])[0];
  }
  return undefined;
}

function blocks(list: unknown, field: string): TreeNode[] {
  return (list as TreeNode[]).map((entry) => entry[field] as TreeNode);
}
