import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { ClaimNumber } from '../../src/argument/claims.ts';
import { NUMBERING } from '../../src/generated/numbering.ts';
import { projectFiles, ROOT } from './sources.ts';

// Slots, sums, relations, evaluations, claims and public signals have their numbers from circuits/programs/<program>.json
// alone. Circuits call a function for each (circuits/generated), TypeScript reads src/generated/numbering.ts.

/** Arrays whose entries the descriptions number. */
const NUMBERED = [
  ...['evals', 'evals1', 'evals2', 'evaluations', 'sums', 'claims', 'relations', 'signals', 'squares', 'oracles'],
  ...['weight', 'lambda', 'claimWeight', 'stepWeights', 'claimValues', 'tau2', 'mu2'],
  ...['traceOffset', 'helperOffset', 'modelOffset', 'shardOffset', 'h', 'nonce', 'u'],
];
/** Functions and templates whose first argument is a number, or a count, of a list. */
const TAKES_NUMBER = [
  ...['add', 'addSum', 'addLookup', 'addTable', 'evaluate', 'evaluateLimb', 'claim', 'claims\\.set', 'zero', 'lookup'],
  ...['lookupOne', 'know', 'logUp', 'Powers', 'Squares', 'PackedOffsets', 'Opening'],
];

/** Blanks comments out, keeping lines. */
const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/[^\n]*/g, (comment) => comment.replace(/[^\n]/g, ' '));

/** Takes calls out of an expression, the innermost first: E_W(l + 1), C.forward(l), E[name](l). */
function withoutCalls(expression: string): string {
  const inner = expression.replace(/[\w.#]+(?:\[[^\][]*\])?\([^()]*\)/g, 'called');
  return inner === expression ? inner : withoutCalls(inner);
}

/** Whether an index is a number written by hand, or one made from a layer. */
const isBare = (index: string): boolean =>
  /(?<![\w.])(\d+|[klh])(?![\w(])/.test(
    withoutCalls(index)
      .replace(/^[^?]*\?/, '')
      .replace(/\w+\[\w+\]|`[^`]*`|'[^']*'|\.length - 1\b/g, 'named'),
  );

/** Bare numbers in a source: `file:line: what stands there`. */
function bareNumbers(path: string, source: string): string[] {
  const text = withoutComments(source);
  const found: string[] = [];
  const note = (at: number, what: string) => found.push(`${path}:${text.slice(0, at).split('\n').length}: ${what}`);
  const balanced = (from: number, open: string, close: string): string => {
    let depth = 0;
    for (let i = from; i < text.length; i++) {
      if (text[i] === open) depth++;
      else if (text[i] === close && --depth === 0) return text.slice(from + 1, i);
    }
    return text.slice(from + 1);
  };
  for (const match of text.matchAll(new RegExp(`(?<![\\w#])(?:#?\\w+\\.)?(${NUMBERED.join('|')})\\[`, 'g'))) {
    const index = balanced(match.index + match[0].length - 1, '[', ']');
    // a point is some squares from its first on
    const known = match[1] === 'squares' && /\bQ_\w+\(\)/.test(index);
    if (!known && isBare(index)) note(match.index, `${match[0]}${index}]`);
  }
  for (const match of text.matchAll(new RegExp(`(?<!\\w)(${TAKES_NUMBER.join('|')})\\(`, 'g'))) {
    const [first] = withoutCalls(balanced(match.index + match[0].length - 1, '(', ')')).split(',');
    if (!first.startsWith('[') && isBare(first)) note(match.index, `${match[0]}${first}`);
  }
  for (const match of text.matchAll(/\b(?:relations|claims): \[\s*\d/g)) note(match.index, match[0]);
  // hooks of cheats change one oracle of all
  for (const match of text.matchAll(/\boracles: \((\w+)\) => [^\n]*?\b\1\[\d/g)) note(match.index, match[0]);
  return found;
}

/** Where such numbers are used. Other folders have arrays of the same names. */
const OURS = [
  /^circuits\/programs\/.*\.circom$/,
  /^src\/(programs|proof)\/.*\.ts$/,
  /^src\/argument\/\w+\.ts$/,
  /^src\/registry\/statement\.ts$/,
  /^test\/(proof|reference|registry|soundness)\/.*\.ts$/,
  /^test\/circuits\/(programs|signals|wires|data|seed|train|import|merge|score)\.(test\.)?ts$/,
];

describe('numbers of the programs', () => {
  it('stand in no circuit, prover, reference or test of them', () => {
    const paths = projectFiles().filter((path) => OURS.some((ours) => ours.test(path)));
    for (const ours of OURS)
      assert.ok(
        paths.some((path) => ours.test(path)),
        `${ours} is the name of no file`,
      );
    assert.deepEqual(
      paths.flatMap((path) => bareNumbers(path, readFileSync(join(ROOT, path), 'utf8'))),
      [],
    );
  });

  it('would be noticed', () => {
    const bad = [
      'signal label <== evals1[1] * classes;',
      'value += evals[8 * k + i];',
      'var at = weight[4 * i + k];',
      'signal weight[18] <== Powers(18)(lambda);',
      'signal input evals1[34];',
      'gamma <== nonce[0];',
      'slots[0] <== SlotFactor(22)(traceOffset[2 * k + 1], high, 1);',
      'claims.add(33 + l, 0n, []);',
      'batch.add(l - 1, [term(eq)]);',
      'this.#batch.evaluate(4 * i + l - 1, p);',
      'batch.evaluate(60, layers[4].DPoly);',
      'claim(32, evals1[E.g], []);',
      'const power = lambda[16];',
      'claims.set(37, sums[S.labelled]);',
      'const tau = squares[24 + t];',
      "{ name: 'a cheat', relations: [17] },",
      'violated: { relations: [R.logUp], claims: [3] }',
      'hooks: { oracles: (o) => (o[2][1] += 1n) },',
    ];
    for (const line of bad) assert.notDeepEqual(bareNumbers('a.ts', line), [], line);
  });

  it('are not taken for bare where they are named', () => {
    const good = [
      'signal label <== evals1[E_Y()] * (evals1[E_Y()] - ACTIVATION());',
      'value += evals[E_V(k + 1)] - weight[R_bit(l - 1)];',
      'for (var n = 0; n < E_COUNT(); n++) values[n] = evals1[n];',
      'claims.add(C.bias(l), 0n, [{ oracle: O.model, offset: 0, point: tau.slice(12) }]);',
      'batch.addTable(R.table, E, g, mult);',
      'tensors.x <== evals1[i == 0 ? E_W(l) : E_b(l)];',
      'claims.add(C[name](l), evals1[E[name](l)], terms);',
      'tauFeatures[t] = squares[Q_tau() + 12 + t];',
      'out[3] = bits[t + 1]; // evals1[3]',
      'signal rho <== Absorb(E_COUNT())(batch.next, evals1);',
    ];
    for (const line of good) assert.deepEqual(bareNumbers('a.ts', line), [], line);
  });

  it('are of one list each: the compiler refuses those of another list and those written by hand', () => {
    const { relations, claims } = NUMBERING.data;
    const own: ClaimNumber = claims.rowSums;
    // @ts-expect-error: a relation's number is no claim's
    const other: ClaimNumber = relations.label;
    // @ts-expect-error: written by hand
    const byHand: ClaimNumber = 6;
    assert.notEqual(own, other);
    assert.equal(own, byHand);
  });

  it('exist for the layers of their description alone', () => {
    assert.equal(NUMBERING.train.claims.backward(3), NUMBERING.train.claims.names.indexOf('backward_3'));
    assert.throws(() => NUMBERING.train.claims.backward(4), /there is no layer 4 in 1..3/);
  });
});
