import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Commitment } from '../../src/argument/types.ts';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { P } from '../../src/numbers/field.ts';
import { parseSrs } from '../../src/registry/opening.ts';
import { openingHolds } from '../../src/registry/pairing.ts';
import { isPoint } from '../../src/registry/points.ts';
import {
  commit,
  elements,
  openOracles,
  pointOf,
  TEST_SRS,
  twistPointOutsideGroup,
} from '../contracts/support/knownTau.ts';

// That openingHolds agrees with the contract, changed values included, is tested in test/contracts/kzgOpening.test.ts.
const ORACLE = elements(1n, 2100);
const OPENED = openOracles([[ORACLE]], 2n);
const KAPPA = elements(3n, 1)[0];

describe('openingHolds', () => {
  const holds = (points = OPENED.points, commitment = commit(ORACLE)) =>
    openingHolds(TEST_SRS, [[commitment]], points, OPENED.signals, KAPPA);

  it('is true for a genuine opening', () => {
    assert.equal(holds(), true);
  });

  it('is true beside an absent parent, and false where infinity stands in its place', () => {
    const { points, signals } = openOracles([[ORACLE], []], 4n);
    const verdict = (...commitments: Commitment[]) => openingHolds(TEST_SRS, commitments, points, signals, KAPPA);
    assert.equal(verdict([commit(ORACLE)], []), true);
    assert.equal(verdict([], [commit(ORACLE)]), false);
    assert.equal(verdict([commit(ORACLE)]), false);
    assert.equal(verdict([commit(ORACLE)], [{ x: 0n, y: 0n }]), false);
  });

  it('is false, not an error, when any point is infinity, off the curve or not canonical', () => {
    for (const bad of [
      { x: 0n, y: 0n },
      { x: 1n, y: 3n },
      { x: 1n + P, y: 2n },
      { x: -1n, y: 2n },
    ]) {
      assert.equal(holds(OPENED.points, bad), false);
      for (const [name, point] of Object.entries(OPENED.points)) {
        assert.equal(holds({ ...OPENED.points, [name]: Array.isArray(point) ? [bad] : bad }), false);
      }
    }
  });
});

describe('isPoint', () => {
  it('is true for points of the curve and only for them', () => {
    for (const scalar of [1n, 2n, 12345n]) assert.equal(isPoint(pointOf(scalar)), true);
    const { x, y } = pointOf(7n);
    assert.equal(isPoint({ x, y: P - y }), true);
    for (const bad of [
      { x: 0n, y: 0n },
      { x, y: y + 1n },
      { x: x + P, y },
      { x, y: y + P },
      { x: x - P, y },
      { x, y: y - P },
    ]) {
      assert.equal(isPoint(bad), false);
    }
  });
});

describe('parseSrs', () => {
  const words = (point: readonly bigint[]) => point.map(String);
  const FILE = {
    devKeys: true,
    tauG2: words(TEST_SRS.tau),
    tauCG2: words(TEST_SRS.tauC),
  };

  it('reads two points and whether they are for dev keys', () => {
    assert.deepEqual(parseSrs(FILE), TEST_SRS);
    assert.equal(parseSrs({ ...FILE, devKeys: false }).devKeys, false);
  });

  it('rejects what is no file of powers', () => {
    for (const file of [undefined, null, 5, 'x', [], {}, { ...FILE, devKeys: 1 }]) {
      assert.throws(() => parseSrs(file), FileFormatError);
    }
  });

  it('rejects each power that is missing, misspelled, infinity, off the curve, not canonical or outside the group', () => {
    const [x1, ...rest] = TEST_SRS.tau;
    const bad = [
      undefined,
      'text',
      words(TEST_SRS.tau).slice(1),
      [...words(TEST_SRS.tau), '0'],
      ['0x1', '2', '3', '4'],
      ['-1', '2', '3', '4'],
      ['0', '0', '0', '0'],
      ['1', '2', '3', '4'],
      words([x1 + P, ...rest]),
      words(twistPointOutsideGroup()),
    ];
    for (const name of ['tauG2', 'tauCG2']) {
      for (const value of bad)
        assert.throws(() => parseSrs({ ...FILE, [name]: value }), FileFormatError, `${name} = ${value}`);
    }
  });
});
