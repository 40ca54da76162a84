import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { NUMBERING } from '../../src/generated/numbering.ts';
import { mod, Random, range } from '../reference/algebra.ts';
import { Analysis } from '../reference/analysis.ts';
import type { Slot } from '../reference/argument.ts';
import { plan } from '../reference/determinism.ts';
import { unusedWires } from '../reference/r1cs.ts';
import type { AnyHooks, ProgramName, Reference } from '../reference/run.ts';
import type { Inputs, Value } from '../reference/tensors.ts';
import { PROVE } from '../support/smallProofs.ts';

// What checks.test.ts shows of the first circuits of dense networks, of all others: every constraint either determines a wire
// or is a check, and for every check of a size or of a place there is a cheat that violates it alone.

const { shared: SHARED } = NUMBERING;

/** Inputs that say where tensors stand: the tensors by number, and the committed vectors that have them. */
type Placed = [signal: string, names: readonly string[], oracles: string[]];
const MODELS: [program: ProgramName, oracles: string[]][] = [
  ['convSeed', ['model']],
  ['convImport', ['model']],
  ['convMerge', ['child', 'parent_0', 'parent_1']],
  ['convScore', ['model']],
  ['convTrain', ['parent', 'child']],
  ['infer', ['model']],
  ['convInfer', ['model']],
  ['disjoint', []],
  ['subset', []],
  ['sparseMerge', []],
];
const PLACED: Record<string, Placed[]> = Object.fromEntries(
  MODELS.map(([program, oracles]): [string, Placed[]] => [
    program,
    [
      ...(program === 'infer' ? [['modelOffset', SHARED.model.names, oracles] as Placed] : []),
      ...(program.startsWith('conv') ? [['offsets', SHARED.network.names, oracles] as Placed] : []),
      ...(program === 'convScore' || program === 'convTrain'
        ? [['shardOffset', SHARED.shard.names, ['shard']] as Placed]
        : []),
      ['traceOffset', NUMBERING[program].trace.names, ['trace']],
      ['helperOffset', NUMBERING[program].helper.names, ['helper']],
    ],
  ]),
);

/**
 * Slots without a neighbour at 2^t: claiming bit 2 makes the circuit see the tensor with factor -1.
 * @returns the inputs, and the bit of each slot
 */
function negated(
  prove: (hooks: AnyHooks) => Reference,
  names: readonly string[],
  oracles: readonly string[],
  length: number,
): { inputs: Inputs; bits: number[] } {
  let slots: Slot[] = [];
  let bits: number[] = [];
  const { inputs } = prove({
    slots: (all) => {
      slots = names.map((name) => all[name]);
      // a bit below a slot's size, or one above all that is used
      bits = slots.map((slot, i) => {
        const free = range(length).filter((t) => slot.bits[t] === 0n && (t < slot.log2 || t > 17));
        return free[(7 * i) % free.length];
      });
      for (const [i, slot] of slots.entries()) slot.bits = slot.bits.with(bits[i], 2n);
    },
    committed: (which, { vector }) => {
      if (!oracles.includes(which)) return;
      for (const [k, slot] of slots.entries()) {
        if (slot.present !== 1n) continue;
        const offset = Number(slot.bits.with(bits[k], 0n).reduce((v, b, t) => v + b * 2n ** BigInt(t), 0n));
        for (let i = offset; i < offset + 2 ** slot.log2; i++) vector[i] = mod(-vector[i]);
      }
    },
  });
  return { inputs, bits };
}

/** A value with 1 added to one number in it. */
const raised = (v: Value, path: readonly number[]): Value =>
  typeof v === 'bigint' ? v + 1n : v.map((e, i) => (i === path[0] ? raised(e, path.slice(1)) : e));

/** The analysis of a program, which takes a while, when its tests begin. */
function analysed(program: string): () => Analysis {
  let analysis: Analysis;
  before(async () => {
    analysis = await Analysis.of(program);
  });
  return () => analysis;
}

for (const [program, placed] of Object.entries(PLACED))
  describe(`the constraints of ${program}`, () => {
    const analysis = analysed(program);
    const prove = PROVE[program as ProgramName];

    it('determine every wire from the inputs', () => {
      const { r1cs, plan: own } = analysis();
      assert.deepEqual(
        own.undetermined.map((w) => r1cs.names[w]),
        [],
      );
      assert.deepEqual(unusedWires(r1cs), []);
    });

    it('leave a wire free, or fewer checks, where a determining one is left out', () => {
      const random = new Random(5);
      const { r1cs, plan: own } = analysis();
      for (const _ of range(3)) {
        const { kind, constraint } = own.steps[random.below(own.steps.length)];
        const { undetermined, checks } = plan(r1cs, new Set([constraint]));
        const less = undetermined.length > 0 || checks.length < own.checks.length;
        assert.ok(less, `${kind} ${constraint}`);
      }
    });

    it('accept an honest run', () => {
      assert.deepEqual(analysis().violated(prove().inputs), []);
    });

    for (const [signal, names, oracles] of placed)
      it(`catch an offset bit of 2 of each tensor of ${signal} by that bit alone`, () => {
        const { inputs, bits } = negated(prove, names, oracles, /^(offsets|modelOffset)$/.test(signal) ? 23 : 26);
        const expected = bits.map((bit, i) => `0/1 ${signal}[${i}][${bit}]`);
        assert.deepEqual(analysis().violated(inputs).sort(), expected.sort());
      });

    it('notice a change of any input', () => {
      const { inputs } = prove();
      const random = new Random(2);
      for (const [name, value] of Object.entries(inputs)) {
        // the fold is the contract's: c and v follow it
        if (name === 'fold') continue;
        const path: number[] = [];
        for (let v = value; typeof v !== 'bigint'; v = v[path[path.length - 1]]) path.push(random.below(v.length));
        // of two inputs that must be equal one has no wire here
        if (analysis().r1cs.replaced.includes(`${name}${path.map((k) => `[${k}]`).join('')}`)) continue;
        // what steers challenges after its last check changes the outputs instead, and so does a coordinate more
        const free =
          (name === 'h' && path[0] === 5) ||
          (name === 'nonce' && path[0] === 4) ||
          (name === 'chunkMask' && path[0] === 0);
        const violated = analysis().violated({ ...inputs, [name]: raised(value, path) });
        assert.equal(violated.length === 0, free, `${name}[${path}]: ${violated}`);
      }
    });
  });

/** Fields of the shape that an import reads in no relation, or only by their bits: lowest bit in the word, bits. */
const FIELDS: [name: string, at: (k: number) => number, bits: number, entries: number][] = [
  ['channels1', (k) => (k === 0 ? 0 : 18 + 29 * (k - 1)), 12, 7],
  ['sides1', (k) => (k === 0 ? 12 : 30 + 29 * (k - 1)), 6, 7],
  ['kernels1', (k) => 36 + 29 * k, 6, 6],
  ['strides1', (k) => 42 + 29 * k, 1, 6],
  ['flat', (k) => 45 + 29 * k, 1, 6],
  ['pooled', (k) => 46 + 29 * k, 1, 6],
];

describe('the shape checks of convImport', () => {
  const analysis = analysed('convImport');
  const { inputs } = PROVE.convImport();
  const word = (name: string) => inputs[name] as bigint;
  const list = (name: string) => inputs[name] as bigint[];
  const lists = (name: string) => inputs[name] as bigint[][];

  for (const [name, at, bits, entries] of FIELDS)
    it(`catch ${name} out of range by one check alone, in each entry`, () => {
      for (const k of range(entries)) {
        // one bit above those that there are: what is read of the others stays; of single bits, 2 or more
        const by = 2n ** BigInt(bits);
        const other = list(name).with(k, list(name)[k] + by);
        const shape = word('shape') + by * 2n ** BigInt(at(k));
        const violated = analysis().violated({ ...inputs, [name]: other, shape });
        if (bits > 1) assert.equal(violated.length, 1, `${name}[${k}]: ${violated}`);
        else assert.deepEqual(violated, [`0/1 ${name}[${k}]`]);
        assert.ok(!violated.includes('word shape'));
      }
    });

  it('catch a padding whose bit is 2 by that bit alone', () => {
    for (const k of range(6))
      for (const t of range(2)) {
        const paddings = lists('paddings').with(k, lists('paddings')[k].with(t, 2n));
        const by = (2n - lists('paddings')[k][t]) * 2n ** BigInt(43 + 29 * k + t);
        const violated = analysis().violated({ ...inputs, paddings, shape: word('shape') + by });
        assert.deepEqual(violated, [`0/1 paddings[${k}][${t}]`]);
      }
  });

  it('catch a fan whose bit is 2 by that bit alone', () => {
    for (const k of range(6)) {
      const t = k % 5;
      const fans = lists('fans').with(k, lists('fans')[k].with(t, 2n));
      const by = (2n - lists('fans')[k][t]) * 2n ** BigInt(51 * (k % 3) + 46 + t);
      const half = Math.floor(k / 3);
      const layout = list('layout').with(half, list('layout')[half] + by);
      assert.deepEqual(analysis().violated({ ...inputs, fans, layout }), [`0/1 fans[${k}][${t}]`]);
    }
  });

  for (const [head, check] of [
    [[1n, 1n], 'head[0] head[1]'],
    [[2n, 0n], '0/1 head[0]'],
    [[0n, 2n], '0/1 head[1]'],
  ] as const)
    it(`catch a head of ${head} alone`, () => {
      const shape = word('shape') + head[0] * 2n ** 197n + head[1] * 2n ** 198n;
      assert.deepEqual(analysis().violated({ ...inputs, head: [...head], shape }), [check]);
    });

  for (const [name, entry] of [
    ['shape', undefined],
    ['layout', 0],
    ['layout', 1],
  ] as const)
    it(`catch another ${name}${entry === undefined ? '' : `_${entry + 1}`} by its word alone`, () => {
      const other =
        entry === undefined ? word(name) + 2n ** 249n : list(name).with(entry, list(name)[entry] + 2n ** 200n);
      const violated = analysis().violated({ ...inputs, [name]: other });
      assert.equal(violated.length, 1, `${violated}`);
    });
});
