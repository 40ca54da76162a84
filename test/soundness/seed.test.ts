import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { NUMBERING } from '../../src/generated/numbering.ts';
import { power, Random } from '../reference/algebra.ts';
import { Analysis } from '../reference/analysis.ts';
import { check, circuitOf } from '../reference/check.ts';
import type { Hooks } from '../reference/run.ts';
import { drawLayer, proveSeed, type SeedRun, seedNumbers, seedRun, setValue } from '../reference/seed.ts';

// Each cheat goes on honestly after its lie, so exactly the check that must catch it fails.
interface Cheat {
  name: string;
  widths?: number[];
  run?: (run: SeedRun) => void;
  hooks?: Hooks<SeedRun>;
  violated: string[];
}

const { oracles: O, evaluations: E } = NUMBERING.seed;
const SEED = 0x1234567n;
const value = (run: SeedRun, l: number, x: number) => run.layers[l].v0[x] + 2n ** 16n * run.layers[l].v1[x];

/** A vector that is changed on its way to the commitment. */
const committed = (which: string): Hooks<SeedRun> => ({
  committed: (name, oracle) => {
    if (name === which) oracle.vector[0] += 1n;
  },
});

const CHEATS: Cheat[] = [
  { name: 'a weight off by one', run: (r) => (r.layers[4].W[0] += 1n), violated: ['batch'] },
  { name: 'a weight of the first layer off by one', run: (r) => (r.layers[3].W[5] -= 1n), violated: ['batch'] },
  {
    name: 'two weights exchanged',
    run: ({
      layers: {
        3: { W },
      },
    }) => ([W[0], W[1]] = [W[1], W[0]]),
    violated: ['batch'],
  },
  { name: 'a weight on a padded column', run: (r) => (r.layers[3].W[3] = 1n), violated: ['batch'] },
  { name: 'a weight on a padded row', run: (r) => (r.layers[3].W[3 * 4] = 1n), violated: ['batch'] },
  { name: 'a bias', run: (r) => (r.layers[4].b[1] = 1n), violated: ['reduction'] },
  { name: 'a bias on padding', run: (r) => (r.layers[3].b[3] = 1n), violated: ['reduction'] },
  {
    name: 'a value of its own choice, weight to match',
    run: ({ layers: { 4: layer } }) => {
      setValue(layer, 0, 12345n);
      layer.W[0] = 12345n - (layer.q - 1n) / 2n;
    },
    violated: ['batch'],
  },
  {
    name: 'a value of its own choice with the quotient that fits in the field',
    run: ({ layers: { 4: layer } }) => {
      setValue(layer, 0, 12345n);
      // u = (v (x + off + 1) - factor) / q in the field is no small number
      layer.u0[0] =
        (12345n * (layer.offset + 1n) - layer.factor) *
        power(layer.q, 21888242871839275222246405745257275088548364400416034343698204186575808495615n);
      layer.u1[0] = 0n;
      layer.W[0] = 12345n - (layer.q - 1n) / 2n;
    },
    violated: ['batch'],
  },
  {
    name: 'the same residue above the modulus',
    // fan in 2^4: q < 2^31, so v + q still fits two limbs
    widths: [16, 1],
    run: (r) => {
      const layer = r.layers[4];
      setValue(layer, 2, value(r, 4, 2) + layer.q);
      layer.W[2] += layer.q;
    },
    violated: ['batch'],
  },
  {
    name: 'the numbers of another seed',
    run: (r) => {
      r.seed += 1n;
    },
    violated: ['batch'],
  },
  {
    name: "one layer's numbers with another's offset",
    run: (r) => {
      drawLayer(Object.assign(r.layers[3], seedNumbers(SEED, 4)), 3, 3);
    },
    violated: ['batch'],
  },
  { name: 'a multiplicity too many', hooks: { multiplicities: (m) => m[3]++ }, violated: ['batch'] },
  { name: 'a limb changed after counting', hooks: committed('trace'), violated: ['reduction'] },
  { name: 'a helper changed', hooks: committed('helper'), violated: ['reduction'] },
  { name: 'a committed weight changed', hooks: committed('model'), violated: ['reduction'] },
  { name: 'a misaligned slot', hooks: { slots: (s) => (s.v0_4.bits[0] = 1n) }, violated: ['reduction'] },
  { name: 'two tensors in one slot', hooks: { slots: (s) => (s.v0_4.bits = s.v1_4.bits) }, violated: ['reduction'] },
  ...[E.v0(1), E.hA(1), E.W(1)].map((k) => ({
    name: `an evaluation of an absent layer (${E.names[k]})`,
    hooks: { message: (stage: string, m: bigint[]) => (stage === 'evals1' ? m.with(k, m[k] + 1n) : m) },
    violated: ['batch', 'reduction'],
  })),
  {
    name: 'evaluations of an absent layer that balance each other in the batch',
    // u0 and u1 of layer 1 enter the sequence as u0 + 2^16 u1, but their lookups are weighted apart
    hooks: {
      message: (stage: string, m: bigint[]) => (stage === 'evals1' ? m.with(E.u0(1), 2n ** 16n).with(E.u1(1), -1n) : m),
    },
    violated: ['reduction'],
  },
];

/** Entries by which all checks of the circuit are made to hold. */
const REPAIR = { evals1: E.mult, u: O.trace, u12: 0, p2: 0, s2: 0 };

describe('cheats on program seed', () => {
  let analysis: Analysis;
  before(async () => {
    analysis = await Analysis.of('seed');
  });
  const build = ({ widths = [3, 3, 2], run: change, hooks }: Omit<Cheat, 'name' | 'violated'>) =>
    proveSeed(new Random(4), seedRun(widths, SEED), { ...hooks, run: change });

  it('does not object to an honest run', () => {
    assert.deepEqual(analysis.violated(build({}).inputs), []);
  });

  for (const { name, violated, ...cheat } of CHEATS) {
    it(`rejects ${name}`, () => {
      const { inputs } = build(cheat);
      assert.deepEqual(analysis.violated(inputs).toSorted(), violated.toSorted());
      assert.deepEqual(circuitOf('seed', inputs).failed.toSorted(), violated.toSorted());
      const adaptive = build({ ...cheat, hooks: { ...cheat.hooks, repair: REPAIR } });
      assert.deepEqual(analysis.violated(adaptive.inputs), []);
      assert.deepEqual(check(adaptive), ['opening 2']);
    });
  }
});
