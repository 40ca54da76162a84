import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { NUMBERING } from '../../src/generated/numbering.ts';
import { mod, range } from '../reference/algebra.ts';
import { Analysis } from '../reference/analysis.ts';
import { check, circuitOf } from '../reference/check.ts';
import type { AnyHooks } from '../reference/run.ts';
import type { SubsetRun } from '../reference/subset.ts';
import { provenSubset, SUBSET_LIES, takeRow } from '../support/lies/subset.ts';

// As the cheats on program disjoint: each goes on honestly after its lie, then makes all checks of the circuit hold.
interface Cheat {
  name: string;
  change?: (run: SubsetRun) => void;
  hooks?: AnyHooks;
  violated: string[];
}

const { evaluations: E, oracles: O } = NUMBERING.subset;
const REPAIR = { evals1: E.hS, u: O.trace, u12: 0, p2: 0, s2: 0 };

const CHEATS: Cheat[] = [
  { name: 'a row that no set has', change: ({ shard }) => (shard.X[2] += 1n), violated: ['batch'] },
  {
    name: 'a row with another label',
    change: ({ shard }) => ([shard.Y[0], shard.Y[8]] = [shard.Y[8], shard.Y[0]]),
    violated: ['batch'],
  },
  {
    name: 'a row of zeros, which padding of a set is',
    change: ({ shard, sets }) => takeRow(shard, 0, sets[0], 3),
    violated: ['batch'],
  },
  {
    name: 'padding of a set that is counted as a row',
    change: ({ shard, sets }) => takeRow(shard, 0, sets[0], 3),
    hooks: {
      trace: (traced) => {
        traced.m_1[3] = 1n;
      },
    },
    violated: ['batch'],
  },
  {
    name: 'a row that an absent set would have',
    change: ({ shard, sets }) => takeRow(shard, 0, sets[0], 3),
    hooks: {
      trace: (traced) => {
        traced.m_5[0] = 1n;
      },
      helper: (helped, beta) => {
        // the fingerprint of a row of zeros is 0
        helped.h_5[0] = mod(helped.hS[0] || beta);
      },
    },
    violated: ['batch'],
  },
  {
    name: 'a negative count beside one too many',
    hooks: {
      trace: (traced) => {
        [traced.m_1[0], traced.m_1[1]] = [traced.m_1[0] + 1n, mod(traced.m_1[1] - 1n)];
      },
    },
    violated: ['batch'],
  },
  {
    name: 'the slot of m_1 pointed at m_2',
    hooks: { slots: (s) => (s.m_1.bits = s.m_2.bits) },
    violated: ['reduction'],
  },
  { name: 'a misaligned slot of a set', hooks: { slots: (s) => (s['X 1'].bits[0] = 1n) }, violated: ['reduction'] },
  {
    name: 'a set of which another row is committed',
    hooks: {
      committed: (name, o) => {
        if (name === 'set_2') o.vector[0] += 1n;
      },
    },
    violated: ['reduction'],
  },
];

describe('cheats on program subset', () => {
  let analysis: Analysis;
  before(async () => {
    analysis = await Analysis.of('subset');
  });

  it('does not object to an honest run', () => {
    assert.deepEqual(analysis.violated(provenSubset().inputs), []);
  });

  for (const { name, change, hooks = {}, violated } of CHEATS)
    it(`rejects ${name}`, () => {
      const { inputs } = provenSubset(hooks, change);
      assert.deepEqual(circuitOf('subset', inputs).failed, violated);
      assert.deepEqual(analysis.violated(inputs), violated);
      const adaptive = provenSubset({ ...hooks, repair: REPAIR }, change);
      assert.deepEqual(analysis.violated(adaptive.inputs), []);
      assert.deepEqual(check(adaptive), ['opening 2']);
    });

  it('takes no set for present that is not counted, and none that lies behind a hole', () => {
    const said = (present: bigint[]) =>
      provenSubset({}, (run) => {
        run.present = range(16).map((k) => present[k] ?? 0n);
      });
    for (const present of [[1n], [1n, 1n, 1n], [1n, 0n, 1n], [0n, 1n], [2n, 0n]])
      assert.notDeepEqual(analysis.violated(said(present).inputs), [], `${present}`);
  });

  for (const { name, prove, fails } of SUBSET_LIES.filter((_, i) => i % 4 === 0))
    it(`has the constraint that refuses a proof of which only one thing is false: ${name}`, () =>
      assert.deepEqual(analysis.violated(prove().inputs), [fails]));
});
