// Mutants of a Solidity source: the same source with one small thing changed, found in the compiler's syntax tree.
import { childrenOf, parseSource, rangeOf, type TreeNode } from '../../../scripts/build/coverage/parseSource.ts';
import { type Around, type Edit, textOf } from './edit.ts';
import { yulChanges } from './mutateYul.ts';

export interface Mutant {
  /** Names it among those of its source, wherever its line moves. */
  key: string;
  /** The function it is in, or the contract. */
  place: string;
  line: number;
  original: string;
  replacement: string;
  edit: Edit;
}

const OPERATORS: Readonly<Record<string, string>> = {
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '/',
  '**': '*',
  '<<': '>>',
  '>>': '<<',
  '&': '|',
  '|': '&',
  '^': '&',
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '==': '!=',
  '!=': '==',
  '+=': '-=',
  '-=': '+=',
  '*=': '/=',
  '/=': '*=',
  '|=': '&=',
  '&=': '|=',
  '^=': '&=',
  '<<=': '>>=',
  '>>=': '<<=',
  '++': '--',
  '--': '++',
};

/**
 * All mutants of a source, in its order. A statement goes, a condition decides nothing more, an operator becomes its
 * neighbour, a number is one more or less.
 */
export function mutantsOf(path: string, source: string): Mutant[] {
  const bytes = Buffer.from(source);
  const mutants: Omit<Mutant, 'key'>[] = [];
  const visit = (node: TreeNode, parent: TreeNode, place: string) => {
    if (SILENT.has(node.nodeType)) return;
    for (const edit of changesOf(node, { parent, bytes })) mutants.push(described(bytes, place, edit));
    const within = PLACES.has(node.nodeType) ? String(node.name || node.kind) : place;
    // Lengths and ranges of types decide what compiles, not what happens.
    const { typeName, parameters, returnParameters, ...rest } = node;
    for (const child of childrenOf(rest as TreeNode)) visit(child, node, within);
  };
  const tree = parseSource(path, source);
  visit(tree, tree, path);
  const seen = new Map<string, number>();
  return mutants
    .toSorted((a, b) => a.edit.start - b.edit.start || a.edit.end - b.edit.end)
    .filter(
      ({ line, replacement }, at, all) =>
        !all.slice(0, at).some((m) => m.line === line && m.replacement === replacement),
    )
    .map((mutant) => {
      const text = `${mutant.place}: ${mutant.original} => ${mutant.replacement}`;
      const times = (seen.get(text) ?? 0) + 1;
      seen.set(text, times);
      return { ...mutant, key: times === 1 ? text : `${text} (${times})` };
    });
}

/** A source with a mutant's change. */
export function applied(source: string, { start, end, text }: Edit): string {
  const bytes = Buffer.from(source);
  return Buffer.concat([bytes.subarray(0, start), Buffer.from(text), bytes.subarray(end)]).toString();
}

const SEMICOLON = ';'.charCodeAt(0);
const SILENT = new Set(['PragmaDirective', 'ImportDirective', 'StructuredDocumentation', 'ErrorDefinition']);
const PLACES = new Set(['ContractDefinition', 'FunctionDefinition', 'ModifierDefinition', 'YulFunctionDefinition']);

function changesOf(node: TreeNode, around: Around): Edit[] {
  if (node.nodeType.startsWith('Yul')) return yulChanges(node, around);
  return [...statementChanges(node, around), ...conditionChanges(node), ...expressionChanges(node, around)];
}

function statementChanges(node: TreeNode, { parent, bytes }: Around): Edit[] {
  const { start, end } = rangeOf(node);
  const gone = [{ start, end: bytes.at(end) === SEMICOLON ? end + 1 : end, text: '{}' }];
  switch (node.nodeType) {
    case 'ExpressionStatement':
      // An assertion says what cannot be false.
      return textOf(bytes, node).startsWith('assert(') || parent.nodeType === 'ForStatement' ? [] : gone;
    case 'EmitStatement':
    case 'Return':
    case 'Continue':
    case 'Break':
      return gone;
    // Alone below a condition it goes with the condition.
    case 'RevertStatement':
      return parent.nodeType === 'IfStatement' || onlyReverts(parent) ? [] : gone;
    case 'VariableDeclarationStatement': {
      const value = node.initialValue as TreeNode | null;
      const [declared] = node.declarations as TreeNode[];
      // Without a value it is zero.
      if (!value || !declared || value.value === '0' || value.value === 'false') return [];
      if ((node.declarations as TreeNode[]).length > 1) return [];
      return [{ start: rangeOf(declared).end, end: rangeOf(value).end, text: '' }];
    }
    case 'ModifierInvocation':
      return parent.kind === 'constructor' ? [] : [{ ...rangeOf(node), text: '' }];
    default:
      return [];
  }
}

function conditionChanges(node: TreeNode): Edit[] {
  const range = node.condition ? rangeOf(node.condition as TreeNode) : { start: 0, end: 0 };
  switch (node.nodeType) {
    case 'IfStatement':
      // Were it always true, what reverts would always revert: any call tells.
      return onlyReverts(node.trueBody as TreeNode) && !node.falseBody
        ? [{ ...range, text: 'false' }]
        : ['true', 'false'].map((text) => ({ ...range, text }));
    case 'Conditional':
      return ['true', 'false'].map((text) => ({ ...range, text }));
    case 'WhileStatement':
    case 'ForStatement':
      return node.condition && !/Literal/.test((node.condition as TreeNode).nodeType)
        ? [{ ...range, text: 'false' }]
        : [];
    default:
      return [];
  }
}

function expressionChanges(node: TreeNode, { parent, bytes }: Around): Edit[] {
  const whole = rangeOf(node);
  const operator = String(node.operator);
  switch (node.nodeType) {
    case 'BinaryOperation': {
      const [left, right] = [node.leftExpression as TreeNode, node.rightExpression as TreeNode];
      if (operator === '&&' || operator === '||') {
        return [
          { start: rangeOf(left).end, end: whole.end, text: '' },
          { start: whole.start, end: rangeOf(right).start, text: '' },
        ];
      }
      return swapped(bytes, rangeOf(left).end, rangeOf(right).start, operator);
    }
    case 'Assignment': {
      const [left, right] = [node.leftHandSide as TreeNode, node.rightHandSide as TreeNode];
      return swapped(bytes, rangeOf(left).end, rangeOf(right).start, operator);
    }
    case 'UnaryOperation':
      if (operator === '!' || operator === '~') {
        return [{ start: whole.start, end: rangeOf(node.subExpression as TreeNode).start, text: '' }];
      }
      return operator === '++' || operator === '--' ? swapped(bytes, whole.start, whole.end, operator) : [];
    case 'Literal':
      return parent.nodeType === 'ArrayTypeName' ? [] : literalChanges(node, bytes);
    default:
      return [];
  }
}

function literalChanges(node: TreeNode, bytes: Buffer): Edit[] {
  const whole = rangeOf(node);
  if (node.kind === 'bool') return [{ ...whole, text: node.value === 'true' ? 'false' : 'true' }];
  if (node.kind !== 'number') return [];
  const text = textOf(bytes, node);
  return /^0(x0+)?$/.test(text)
    ? [{ ...whole, text: '1' }]
    : ['+', '-'].map((o) => ({ ...whole, text: `(${text} ${o} 1)` }));
}

/** The operator between two places as its neighbour. */
function swapped(bytes: Buffer, from: number, to: number, operator: string): Edit[] {
  const other = OPERATORS[operator];
  const at = bytes.subarray(from, to).indexOf(operator);
  if (other === undefined || at < 0) return [];
  return [{ start: from + at, end: from + at + operator.length, text: other }];
}

function onlyReverts(body: TreeNode): boolean {
  const [first, ...others] = body.nodeType === 'Block' ? (body.statements as TreeNode[]) : [body];
  return others.length === 0 && first?.nodeType === 'RevertStatement';
}

/** A change as people read it: with so much around it that it can be found again when other lines have moved. */
function described(bytes: Buffer, place: string, edit: Edit): Omit<Mutant, 'key'> {
  const before = bytes.subarray(0, edit.start).toString();
  const from = Buffer.byteLength(before.slice(0, before.lastIndexOf('\n') + 1));
  const newline = bytes.indexOf('\n', edit.end);
  const to = newline < 0 ? bytes.length : newline;
  const [head, tail] = [bytes.subarray(from, edit.start).toString(), bytes.subarray(edit.end, to).toString()];
  const original = bytes.subarray(from, to).toString();
  const [shown, changed] = [original, head + edit.text + tail].map((text) => text.replace(/\s+/g, ' ').trim());
  return { place, line: before.split('\n').length, original: shown, replacement: changed, edit };
}
