import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { NUMBERING } from '../../src/generated/numbering.ts';
import { Random } from '../reference/algebra.ts';
import { Analysis } from '../reference/analysis.ts';
import { check, circuitOf } from '../reference/check.ts';
import { type DataRun, type DataShape, proveData, randomData } from '../reference/data.ts';
import type { Hooks } from '../reference/run.ts';

// Each cheat goes on honestly after its lie, so exactly the check that must catch it fails.
interface Cheat {
  name: string;
  shape?: Partial<DataShape>;
  run?: (run: DataRun) => void;
  hooks?: Hooks<DataRun>;
  violated: string[];
}

const { evaluations: E, oracles: O } = NUMBERING.data;
const SHAPE: DataShape = { inputs: 3, outputs: 3, rows: 5, classes: true };
const S = 8;
const hot = (run: DataRun, s: number) => [0, 1, 2].findIndex((i) => run.Y[i * S + s] !== 0n);
const regression = { shape: { classes: false } };
const labels = { shape: { classes: false, labels: true } };

const CHEATS: Cheat[] = [
  { name: 'an input on a padded column', run: (r) => (r.X[3 * S] = 1n), violated: ['batch'] },
  { name: 'an input on a row beyond the rows', run: (r) => (r.X[5] = 1n), violated: ['batch'] },
  { name: 'an input of 2^15', run: (r) => (r.X[0] = 2n ** 15n), violated: ['batch'] },
  { name: 'an input of -2^15 - 1', run: (r) => (r.X[0] = -(2n ** 15n) - 1n), violated: ['batch'] },
  { name: 'a label on a padded class', run: (r) => (r.Y[3 * S] = 512n), violated: ['batch', 'reduction'] },
  { name: 'a label on a row beyond the rows', run: (r) => (r.Y[7] = 512n), violated: ['batch', 'reduction'] },
  {
    name: 'a label moved to a padded class',
    run: (r) => ([r.Y[hot(r, 0) * S], r.Y[3 * S]] = [0n, 512n]),
    violated: ['batch'],
  },
  { name: 'a row with two labels', run: (r) => (r.Y[((hot(r, 0) + 1) % 3) * S] = 512n), violated: ['reduction'] },
  { name: 'a row without a label', run: (r) => (r.Y[hot(r, 2) * S + 2] = 0n), violated: ['reduction'] },
  {
    name: 'a label split in two halves',
    run: (r) => {
      const i = hot(r, 1);
      [r.Y[i * S + 1], r.Y[((i + 1) % 3) * S + 1]] = [256n, 256n];
    },
    violated: ['batch'],
  },
  { name: 'a regression target out of range', ...regression, run: (r) => (r.Y[0] = 2n ** 15n), violated: ['batch'] },
  { name: 'a regression target on padding', ...regression, run: (r) => (r.Y[3 * S] = 1n), violated: ['batch'] },
  {
    name: 'regression rows sold as classes',
    ...regression,
    run: (r) => (r.cls = 1n),
    violated: ['batch', 'reduction'],
  },
  { name: 'a label of 2^9 + 1', ...labels, run: (r) => (r.Y[0] = 513n), violated: ['batch'] },
  { name: 'half a label', ...labels, run: (r) => (r.Y[0] = 256n), violated: ['batch'] },
  { name: 'a negative label', ...labels, run: (r) => (r.Y[S] = -512n), violated: ['batch'] },
  { name: 'a label on a padded column', ...labels, run: (r) => (r.Y[3 * S] = 512n), violated: ['batch'] },
  { name: 'a row of labels beyond the rows', ...labels, run: (r) => (r.Y[6] = 512n), violated: ['batch'] },
  { name: 'labels sold as classes', ...labels, run: (r) => ([r.cls, r.lab] = [1n, 0n]), violated: ['reduction'] },
  { name: 'regression rows sold as labels', ...regression, run: (r) => (r.lab = 1n), violated: ['batch'] },
  {
    name: 'rows of classes and of labels at once',
    run: (r) => (r.lab = 1n),
    violated: ['classes labels'],
  },
  { name: 'a class bit of 2', run: (r) => (r.cls = 2n), violated: ['0/1 classes'] },
  { name: 'a label bit of 2', ...labels, run: (r) => (r.lab = 2n), violated: ['0/1 labels'] },
  { name: 'a multiplicity too many', hooks: { multiplicities: (m) => m[3]++ }, violated: ['batch'] },
  { name: 'more rows than there are', run: (r) => (r.rows = 6), violated: ['reduction'] },
  { name: 'fewer rows than there are', run: (r) => (r.rows = 4), shape: { rows: 5 }, violated: ['batch', 'reduction'] },
  {
    name: 'a misaligned slot of X',
    hooks: { slots: (s) => (s.X.bits[0] = 1n) },
    violated: ['reduction'],
  },
  {
    name: 'the slot of Y pointed at X',
    hooks: { slots: (s) => (s.Y.bits = s.X.bits) },
    violated: ['reduction'],
  },
  {
    name: 'a helper entry changed',
    hooks: {
      committed: (name, o) => {
        if (name === 'helper') o.vector[1] += 1n;
      },
    },
    violated: ['reduction'],
  },
];

/** Entries by which all checks of the circuit are made to hold. */
const REPAIR = { evals1: E.mult, u: O.trace, u12: 0, p2: 0, s2: 0 };

describe('cheats on program data', () => {
  let analysis: Analysis;
  before(async () => {
    analysis = await Analysis.of('data');
  });
  const build = ({ shape, run: change, hooks }: Omit<Cheat, 'name' | 'violated'>) => {
    const random = new Random(4);
    const run = randomData(random, { ...SHAPE, ...shape });
    return proveData(random, run, { ...hooks, run: change });
  };

  it('does not object to an honest run', () => {
    assert.deepEqual(analysis.violated(build({}).inputs), []);
  });

  for (const { name, violated, ...cheat } of CHEATS) {
    it(`rejects ${name}`, () => {
      const { inputs } = build(cheat);
      assert.deepEqual(analysis.violated(inputs).toSorted(), violated.toSorted());
      if (!/^0\/1|^classes/.test(violated[0])) {
        assert.deepEqual(circuitOf('data', inputs).failed.toSorted(), violated.toSorted());
        const adaptive = build({ ...cheat, hooks: { ...cheat.hooks, repair: REPAIR } });
        assert.deepEqual(analysis.violated(adaptive.inputs), []);
        assert.deepEqual(check(adaptive), ['opening 2']);
      }
    });
  }
});
