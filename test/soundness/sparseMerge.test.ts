import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { range } from '../reference/algebra.ts';
import { Analysis } from '../reference/analysis.ts';
import { check, circuitOf } from '../reference/check.ts';
import { mergedEntries, type SparseChoice, type SparseRun } from '../reference/sparse-run.ts';
import type { Inputs } from '../reference/tensors.ts';
import { DARE, DARE_TIES, FOUR, provenSparse, SUMMED, TIES } from '../support/lies/sparse.ts';
import { balanced, SPARSE_CHEATS, tied } from '../support/lies/sparseCheats.ts';
import { repairOf } from '../support/smallProofs.ts';

// Each cheat goes on honestly after its lie, so exactly the checks that must catch it fail; then it makes all checks of the
// circuit hold, and the contract refuses it. relations.test.ts has one lie for each relation and each claim.

const HONEST: [name: string, choice: SparseChoice, tasks: number, run?: (run: SparseRun) => void][] = [
  ['TIES', TIES, 2],
  ['TIES without a mean', SUMMED, 2],
  ['DARE', DARE, 2],
  ['DARE with TIES', DARE_TIES, 2],
  ['four tasks, one of which keeps all', FOUR, 4],
  ['one task', TIES, 1],
  ['two equal changes, both kept', TIES, 2, (run) => tied(run, 2n ** 36n - 1n)],
  ['two equal changes, both left out', TIES, 2, (run) => tied(run, 2n ** 36n)],
  ['changes that add up to 0', TIES, 2, balanced],
];

describe('cheats on program sparseMerge', () => {
  let analysis: Analysis;
  before(async () => {
    analysis = await Analysis.of('sparseMerge');
  });

  for (const [name, choice, tasks, change] of HONEST)
    it(`does not object to honest runs: ${name}`, () => {
      const run = (own: SparseRun) => {
        change?.(own);
        mergedEntries(own);
      };
      const proof = provenSparse(choice, { run }, tasks);
      assert.deepEqual(analysis.violated(proof.inputs), []);
      assert.deepEqual(check(proof), []);
    });

  for (const { name, choice, hooks, violated } of SPARSE_CHEATS)
    it(`rejects ${name}`, () => {
      const { inputs } = provenSparse(choice, hooks);
      assert.deepEqual(circuitOf('sparseMerge', inputs).failed.toSorted(), violated);
      assert.deepEqual(analysis.violated(inputs).toSorted(), violated);
      const adaptive = provenSparse(choice, { ...hooks, repair: repairOf('sparseMerge') });
      assert.deepEqual(analysis.violated(adaptive.inputs), []);
      assert.deepEqual(check(adaptive), ['opening 2']);
    });

  /** Adds to entries of a list, of a list of lists by number. */
  const raised = (inputs: Inputs, name: string, changes: Record<number, bigint>): Inputs => {
    const list = inputs[name] as (bigint | bigint[])[];
    const width = Array.isArray(list[0]) ? list[0].length : 1;
    const flat = (list.flat() as bigint[]).map((v, k) => v + (changes[k] ?? 0n));
    const next = width === 1 ? flat : list.map((_, k) => flat.slice(width * k, width * (k + 1)));
    return { ...inputs, [name]: next };
  };
  /** Refused by a check of the fields, whatever the batch then is. */
  const refused = (inputs: Inputs, by = /^(?!batch|reduction|level 2|p2|s2)/): void => {
    const failed = analysis.violated(inputs);
    assert.ok(
      failed.some((name) => by.test(name)),
      `${failed}`,
    );
  };

  it('takes no fields beyond their range for the words of others', () => {
    const { inputs } = provenSparse(DARE_TIES);
    // 2^17 in a share is one in the next, as of coefficients 2^18, of counts 2^24
    refused(raised(inputs, 'kept', { 0: 2n ** 17n, 1: -1n }));
    refused(raised(inputs, 'kept', { 2: -(2n ** 17n), 3: 1n }));
    refused(raised(inputs, 'tasks', { 16: 2n ** 18n, 17: -1n }));
    refused(raised(inputs, 'tasks', { 18: -(2n ** 18n), 19: 1n }));
    refused(raised(inputs, 'keptCounts', { 32: 2n ** 24n, 33: -1n }));
    // 32 in the logarithm of W is one in that of b
    refused(raised(inputs, 'logs', { 8: 32n, 9: -1n }));
    // a presence of 2 is an offset bit of the next layer, an offset bit of 2 the next bit
    refused(raised(inputs, 'present', { 4: 2n }), /^0\/1 present\[4\]$/);
    refused(raised(inputs, 'offsets', { [9 * 23]: 2n }), /^0\/1 offsets\[9\]\[0\]$/);
  });

  it('takes no words other than those of the fields, each by one check alone', () => {
    const { inputs } = provenSparse(DARE_TIES);
    const alone = (changed: Inputs) => assert.equal(analysis.violated(changed).length, 1);
    for (const [name, length] of Object.entries({ slots: 2, counts: 5, coefficients: 6 }))
      for (const k of range(length)) alone(raised(inputs, name, { [k]: 1n }));
    alone({ ...inputs, method: (inputs.method as bigint) + 1n });
    // parents 5..7 have the coefficient 0, the base has 1
    for (const parent of [0n, 5n, 6n, 7n]) alone(raised(inputs, 'coefficients', { 5: 2n ** (18n * parent) }));
    assert.deepEqual(analysis.violated({ ...inputs, seed: (inputs.seed as bigint) + 1n }), ['batch']);
  });

  it('takes no method that is none', () => {
    const { inputs } = provenSparse(DARE_TIES);
    const flagged = (flags: bigint[]): Inputs => {
      const own = inputs.flags as bigint[];
      const by = flags.reduce((sum, f, k) => sum + (f - own[k]) * 2n ** BigInt(k), 0n);
      return { ...inputs, flags, method: (inputs.method as bigint) + by };
    };
    assert.deepEqual(flagged([1n, 1n, 1n]), inputs);
    // a mean of what is not elected
    refused(flagged([0n, 1n, 1n]), /flags\[0\] flags\[2\]/);
    range(3).forEach((k) => {
      refused(flagged([1n, 1n, 1n].with(k, 2n)), new RegExp(`^0/1 flags\\[${k}\\]$`));
    });
  });

  it('takes no other length for the vectors of a model', () => {
    const { inputs } = provenSparse(TIES);
    const mask = inputs.mask as bigint[];
    const end = mask.indexOf(0n);
    for (const other of [mask.with(end - 1, 0n), mask.with(end, 1n), mask.with(0, 0n), mask.map(() => 0n)])
      refused({ ...inputs, mask: other });
    refused({ ...inputs, mask: mask.with(end - 1, 2n) });
  });

  it('draws beta after the thresholds', () => {
    const { inputs } = provenSparse(TIES);
    for (const k of [0, 32, 47])
      assert.ok(analysis.violated(raised(inputs, 'thresholds', { [k]: 1n })).includes('reduction'), `${k}`);
  });
});
