import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Point, ProofPoints, ProofSignals } from '../../src/argument/types.ts';
import { inverse, mod, P, R } from '../../src/numbers/field.ts';
import { openingHolds, type SrsPowers } from '../../src/registry/opening.ts';
import { abiOf, Contract, reverts, testChain } from './support/chain.ts';
import {
  commit,
  elements,
  minus,
  type Opened,
  openOracles,
  pointOf,
  TEST_SRS,
  twistPointOutsideGroup,
} from './support/knownTau.ts';

const KAPPA = elements(99n, 1)[0];
const ORACLES = [elements(10n, 2500), elements(11n, 2100), elements(12n, 40)];
const COMMITMENTS = ORACLES.map(commit);
const OPENED = openOracles(ORACLES, 20n);
/** A point of the curve that belongs to nothing here. */
const STRANGER = pointOf(123456789n);

const POINTS = Object.keys(OPENED.points) as (keyof ProofPoints)[];
const SIGNALS = Object.keys(OPENED.signals) as (keyof ProofSignals)[];

describe('KzgOpening', () => {
  let harness: Contract;

  before(async () => {
    const chain = await testChain();
    harness = new Contract(chain, await chain.deploy('Harness'), await abiOf('Harness'));
  });

  async function onChain(
    opened: Opened,
    commitments: readonly Point[] = COMMITMENTS,
    kappa = KAPPA,
    srs: SrsPowers = TEST_SRS,
  ): Promise<boolean> {
    const { tau, tauC, tauC2 } = srs;
    const proof = { groth16: new Array(8).fill(0n), points: opened.points, challenges: opened.signals };
    const words = commitments.flatMap(({ x, y }) => [x, y]);
    return (await harness.read('holds', [{ tau, tauC, tauC2 }, words, proof, kappa]))[0];
  }

  /** Contract and twin must agree. */
  async function verdict(...args: Parameters<typeof onChain>): Promise<boolean> {
    const [opened, commitments = COMMITMENTS, kappa = KAPPA, srs = TEST_SRS] = args;
    const verdict = await onChain(...args);
    assert.equal(openingHolds(srs, commitments, opened.points, opened.signals, kappa), verdict);
    return verdict;
  }

  it('accepts a genuine opening of three oracles with trace and helper', async () => {
    assert.equal(await verdict(OPENED), true);
  });

  it('accepts a genuine opening of one oracle with trace and helper', async () => {
    assert.equal(await verdict(openOracles([ORACLES[0]], 30n), [COMMITMENTS[0]]), true);
  });

  it('accepts a genuine opening for any weight, zero and r - 1 included', async () => {
    for (const kappa of [0n, 1n, R - 1n]) assert.equal(await verdict(OPENED, COMMITMENTS, kappa), true);
  });

  it('accepts a genuine opening whose last value is zero', async () => {
    // s'' - e2 in place of s'': lower p' so that the second level folds to the shifted remainder.
    const opened = openOracles(ORACLES, 21n);
    const shift = opened.signals.e2;
    const points = {
      ...opened.points,
      rows: minus(opened.points.rows, pointOf(shift)),
      columns2: minus(opened.points.columns2, pointOf(shift)),
    };
    assert.equal(await verdict({ points, signals: { ...opened.signals, e2: 0n } }), true);
  });

  for (const name of POINTS) {
    it(`rejects when ${name} alone is another point`, async () => {
      const points = { ...OPENED.points, [name]: STRANGER };
      assert.equal(await verdict({ ...OPENED, points }), false);
    });

    it(`rejects when ${name} alone is negated`, async () => {
      const { x, y } = OPENED.points[name];
      const points = { ...OPENED.points, [name]: { x, y: P - y } };
      assert.equal(await verdict({ ...OPENED, points }), false);
    });
  }

  for (const name of SIGNALS) {
    it(`rejects when ${name} alone is greater by one`, async () => {
      const signals = { ...OPENED.signals, [name]: mod(OPENED.signals[name] + 1n) };
      assert.equal(await verdict({ ...OPENED, signals }), false);
    });
  }

  for (const [i, name] of ['first', 'second', 'third'].entries()) {
    it(`rejects when the ${name} commitment alone is another point`, async () => {
      assert.equal(await verdict(OPENED, COMMITMENTS.toSpliced(i, 1, STRANGER)), false);
    });
  }

  it('rejects when two commitments are swapped', async () => {
    assert.equal(await verdict(OPENED, [COMMITMENTS[1], COMMITMENTS[0], COMMITMENTS[2]]), false);
  });

  it('rejects when trace and helper are swapped', async () => {
    const { trace, helper } = OPENED.points;
    assert.equal(await verdict({ ...OPENED, points: { ...OPENED.points, trace: helper, helper: trace } }), false);
  });

  for (const name of ['tau', 'tauC', 'tauC2'] as const) {
    it(`rejects under another ${name}`, async () => {
      const other = name === 'tau' ? TEST_SRS.tauC : TEST_SRS.tau;
      assert.equal(await verdict(OPENED, COMMITMENTS, KAPPA, { ...TEST_SRS, [name]: other }), false);
    });
  }

  it('rejects a proof that satisfies only the sum of the three equations', async () => {
    // An error of the first equation, repaired in the third for one weight: it must fail for every other weight.
    const error = 5n;
    const kappa2 = mod(KAPPA * KAPPA);
    const { columns } = OPENED.points;
    // Adding `error` G to s changes the sum by (kappa theta - 1) error G; e2 enters it as -kappa^2 e2 G.
    const change = mod((KAPPA * OPENED.signals.theta - 1n) * error);
    const e2 = mod(OPENED.signals.e2 + change * inverse(kappa2));
    const forged = {
      points: { ...OPENED.points, columns: minus(columns, pointOf(R - error)) },
      signals: { ...OPENED.signals, e2 },
    };
    assert.equal(await verdict(forged, COMMITMENTS, KAPPA), true, 'the forgery is made for this weight');
    assert.equal(await verdict(forged, COMMITMENTS, mod(KAPPA + 1n)), false);
  });

  it('takes less than 280,000 gas for three commitments', async () => {
    const { tau, tauC, tauC2 } = TEST_SRS;
    const proof = { groth16: new Array(8).fill(0n), points: OPENED.points, challenges: OPENED.signals };
    const words = COMMITMENTS.flatMap(({ x, y }) => [x, y]);
    const [, gas] = await harness.read('holds', [{ tau, tauC, tauC2 }, words, proof, KAPPA]);
    assert.ok(gas < 280_000n, `${gas}`);
  });

  describe('requirePoint', () => {
    it('accepts points of the curve', async () => {
      await harness.read('requirePoint', [1n, 2n]);
      await harness.read('requirePoint', [STRANGER.x, STRANGER.y]);
    });

    it('reverts with InvalidPoint for infinity', async () => {
      await reverts(harness.read('requirePoint', [0n, 0n]), 'InvalidPoint', [0n, 0n]);
    });

    it('reverts with InvalidPoint off the curve', async () => {
      await reverts(harness.read('requirePoint', [1n, 3n]), 'InvalidPoint', [1n, 3n]);
    });

    it('reverts with InvalidPoint when a coordinate is a multiple of the base field too large', async () => {
      await reverts(harness.read('requirePoint', [1n + P, 2n]), 'InvalidPoint', [1n + P, 2n]);
      await reverts(harness.read('requirePoint', [1n, 2n + P]), 'InvalidPoint', [1n, 2n + P]);
    });
  });

  describe('isUsable', () => {
    const usable = (srs: object) => harness.read('isUsable', [srs]);
    const { tau, tauC, tauC2 } = TEST_SRS;

    it('is true for three different points of the group', async () => {
      assert.equal(await usable({ tau, tauC, tauC2 }), true);
    });

    it('is false when any point is infinity, off the curve or not canonical', async () => {
      for (const bad of [
        [0n, 0n, 0n, 0n],
        [1n, 2n, 3n, 4n],
        [tau[0] + P, tau[1], tau[2], tau[3]],
      ]) {
        assert.equal(await usable({ tau: bad, tauC, tauC2 }), false);
        assert.equal(await usable({ tau, tauC: bad, tauC2 }), false);
        assert.equal(await usable({ tau, tauC, tauC2: bad }), false);
      }
    });

    it('is false for a point of the curve outside the group of order r', async () => {
      // Found by trying x = i for small i; the twist's cofactor is larger than 1.
      const outside = twistPointOutsideGroup();
      assert.equal(await usable({ tau: outside, tauC, tauC2 }), false);
    });

    it('is false when any two points are equal', async () => {
      assert.equal(await usable({ tau, tauC: tau, tauC2 }), false);
      assert.equal(await usable({ tau, tauC, tauC2: tau }), false);
      assert.equal(await usable({ tau, tauC, tauC2: tauC }), false);
    });
  });
});
