// Every constraint of a circuit either determines a wire (leaving it out leaves the wire free) or is a check; for every
// check there is a cheat that violates nothing else, so that leaving the check out would let that cheat through. Checks
// that one template makes for each bit of each slot are taken one bit a slot.

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { NUMBERING } from '../../src/generated/numbering.ts';
import { inverse, mod, Random, range } from '../reference/algebra.ts';
import { Analysis } from '../reference/analysis.ts';
import type { Slot } from '../reference/argument.ts';
import { plan } from '../reference/determinism.ts';
import { brokenMask } from '../reference/opening.ts';
import { unusedWires } from '../reference/r1cs.ts';
import type { Hooks } from '../reference/run.ts';
import type { Inputs, Value } from '../reference/tensors.ts';

const { model: MODEL, network: NETWORK } = NUMBERING.shared;
/** Tensors of models, whose offsets have fewer bits. */
const OF_MODELS: readonly string[] = [...MODEL.names, ...NETWORK.names];

export type Interference = Pick<Hooks<never>, 'slots' | 'committed' | 'message'>;
export type Prove = (hooks?: Interference) => Inputs;

/** A slot without a neighbour at 2^t: claiming bit 2 makes the circuit see its tensor with factor -1. */
const negated = (prove: Prove, name: string, oracles: readonly string[], pick: number): [string, Inputs] => {
  let slot: Slot | undefined;
  let bit = 0;
  const inputs = prove({
    slots: (slots) => {
      slot = slots[name];
      // a bit below the slot's size, or one above all that is used
      const length = OF_MODELS.includes(name) ? 23 : 26;
      const free = range(length).filter((t) => slot!.bits[t] === 0n && (t < slot!.log2 || t > 17));
      bit = free[pick % free.length];
      slot.bits = slot.bits.with(bit, 2n);
    },
    committed: (which, { vector }) => {
      const offset = Number(slot!.bits.with(bit, 0n).reduce((v, b, t) => v + b * 2n ** BigInt(t), 0n));
      if (slot!.present === 1n && oracles.includes(which))
        for (let i = offset; i < offset + 2 ** slot!.log2; i++) vector[i] = mod(-vector[i]);
    },
  });
  return [`[${bit}]`, inputs];
};

/** Changes entry i of a message by 1 and entry j so that the next check does not see it. */
const shifted = (stage: string, i: number, j: number): Interference => ({
  message: (at, m, weights) => {
    if (at !== stage) return m;
    const repair = mod(-weights![i] * inverse(weights![j]));
    return m.with(i, m[i] + 1n).with(j, m[j] + repair);
  },
});

/** A program that proves something small, and its slots: names of inputs, of tensors, and the oracles that they are of. */
export interface Checked {
  prove: Prove;
  slots: [signal: string, names: readonly string[], oracles: string[]][];
}

export function describeChecks(program: string, { prove, slots }: Checked): void {
  describe(`the constraints of ${program}`, () => {
    let analysis: Analysis;
    before(async () => {
      analysis = await Analysis.of(program);
    });

    it('determine every wire from the inputs', () => {
      assert.deepEqual(
        analysis.plan.undetermined.map((w) => analysis.r1cs.names[w]),
        [],
      );
      assert.deepEqual(unusedWires(analysis.r1cs), []);
    });

    it('leave a wire free, or fewer checks, where a determining one is left out', () => {
      const random = new Random(5);
      const { steps, checks } = analysis.plan;
      for (const _ of range(6)) {
        const step = steps[random.below(steps.length)];
        const { undetermined, checks: left } = plan(analysis.r1cs, new Set([step.constraint]));
        assert.ok(undetermined.length > 0 || left.length < checks.length, `${step.kind} ${step.constraint}`);
      }
    });

    it('accept an honest run', () => {
      assert.deepEqual(analysis.violated(prove()), []);
    });

    for (const [stage, check] of [
      ['u', 'level 2'],
      ['u12', 'p2'],
      ['p2', 's2'],
    ])
      it(`catch a false ${stage} by ${check} alone`, () => {
        assert.deepEqual(analysis.violated(prove(shifted(stage, 0, 1))), [check]);
      });

    for (const k of range(9))
      it(`catch a mask of the chunk's coordinates that is no prefix at ${k} by one check alone`, () => {
        const end = k === 0 ? 0 : k === 8 ? 7 : undefined;
        const check = end === undefined ? 'chunk mask' : `0/1 chunkMask[${end}]`;
        assert.deepEqual(analysis.violated({ ...prove(), chunkMask: brokenMask(k) }), [check]);
      });

    it("leave a longer mask of the chunk's coordinates to the contract, which has a signal for its length", () => {
      for (const k of range(9)) {
        const chunkMask = range(8).map((t) => BigInt(t < k));
        assert.deepEqual(analysis.violated({ ...prove(), chunkMask }), []);
      }
    });

    it("leave a false s'' to the contract", () => {
      assert.deepEqual(analysis.violated(prove(shifted('s2', 0, 1))), []);
    });

    it('catch another public descriptor by its word alone', () => {
      const inputs = prove();
      const name = ['shard', 'shape'].find((n) => n in inputs)!;
      assert.deepEqual(analysis.violated({ ...inputs, [name]: (inputs[name] as bigint) + 1n }), [`word ${name}`]);
      if ('seg' in inputs)
        assert.deepEqual(analysis.violated({ ...inputs, seg: (inputs.seg as bigint) + 1n }), ['word seg']);
    });

    for (const [signal, names, oracles] of slots)
      names.forEach((name, i) => {
        it(`catch an offset bit of 2 of ${name} by that bit alone`, () => {
          const [bit, inputs] = negated(prove, name, oracles, 7 * i);
          assert.deepEqual(analysis.violated(inputs), [`0/1 ${signal}[${i}]${bit}`]);
        });
      });

    it('notice a change of any input', () => {
      const inputs = prove();
      const change = (v: Value, path: readonly number[]): Value =>
        typeof v === 'bigint' ? v + 1n : v.map((e, i) => (i === path[0] ? change(e, path.slice(1)) : e));
      const random = new Random(2);
      for (const [name, value] of Object.entries(inputs)) {
        // the fold is the contract's: c and v follow it
        if (name === 'fold') continue;
        // each number, or two entries of each array
        for (const _ of range(typeof value === 'bigint' ? 1 : 2)) {
          const path: number[] = [];
          for (let v = value; typeof v !== 'bigint'; v = v[path[path.length - 1]]) path.push(random.below(v.length));
          // of two inputs that must be equal one has no wire here: score.test.ts changes those
          if (analysis.r1cs.replaced.includes(`${name}${path.map((k) => `[${k}]`).join('')}`)) continue;
          const violated = analysis.violated({ ...inputs, [name]: change(value, path) });
          // digests, nonces and s'' after their last check only steer challenges: they change the outputs instead, and so
          // does a coordinate of the chunk more
          const free =
            (name === 'h' && path[0] === 5) ||
            (name === 'nonce' && path[0] === 4) ||
            (name === 'chunkMask' && path[0] === 0);
          assert.equal(violated.length === 0, free, `${name}[${path}]: ${violated}`);
        }
      }
    });
  });
}
