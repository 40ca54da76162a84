// Mutants of assembly.
import { rangeOf, type TreeNode } from '../../../scripts/build/coverage/parseSource.ts';
import { type Around, type Edit, textOf } from './edit.ts';

/** By instruction: what takes its place. `a` and `b` are its arguments. */
const CALLS: Readonly<Record<string, (a: string, b: string) => string>> = {
  add: (a, b) => `sub(${a}, ${b})`,
  sub: (a, b) => `add(${a}, ${b})`,
  mul: (a, b) => `add(${a}, ${b})`,
  div: (a, b) => `mul(${a}, ${b})`,
  mod: (a, b) => `div(${a}, ${b})`,
  and: (a, b) => `or(${a}, ${b})`,
  or: (a, b) => `and(${a}, ${b})`,
  xor: (a, b) => `and(${a}, ${b})`,
  shl: (a, b) => `shr(${a}, ${b})`,
  shr: (a, b) => `shl(${a}, ${b})`,
  lt: (a, b) => `iszero(gt(${a}, ${b}))`,
  gt: (a, b) => `iszero(lt(${a}, ${b}))`,
  eq: (a, b) => `iszero(eq(${a}, ${b}))`,
  iszero: (a) => `iszero(iszero(${a}))`,
  not: (a) => a,
};
const NAMES: Readonly<Record<string, string>> = { addmod: 'mulmod', mulmod: 'addmod' };

/** Changes of one node of an assembly block. */
export function yulChanges(node: TreeNode, { bytes }: Around): Edit[] {
  const whole = rangeOf(node);
  switch (node.nodeType) {
    case 'YulExpressionStatement':
    case 'YulAssignment':
      return [{ ...whole, text: '{}' }];
    case 'YulVariableDeclaration': {
      const value = node.value as TreeNode | null;
      const [variable, ...others] = node.variables as TreeNode[];
      return value && others.length === 0 ? [{ start: rangeOf(variable).end, end: whole.end, text: '' }] : [];
    }
    case 'YulIf':
      return ['0', '1'].map((text) => ({ ...rangeOf(node.condition as TreeNode), text }));
    case 'YulForLoop':
      return [{ ...rangeOf(node.condition as TreeNode), text: '0' }];
    case 'YulFunctionCall': {
      const called = node.functionName as TreeNode;
      const name = String(called.name);
      if (Object.hasOwn(NAMES, name)) return [{ ...rangeOf(called), text: NAMES[name] }];
      if (!Object.hasOwn(CALLS, name)) return [];
      const [a, b = ''] = (node.arguments as TreeNode[]).map((argument) => textOf(bytes, argument));
      return [{ ...whole, text: CALLS[name](a, b) }];
    }
    case 'YulLiteral': {
      if (node.kind !== 'number') return [];
      const value = BigInt(String(node.value));
      const values = value === 0n ? [1n] : [value + 1n, value - 1n];
      return values.map((other) => ({ ...whole, text: `0x${other.toString(16)}` }));
    }
    default:
      return [];
  }
}
