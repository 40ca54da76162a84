import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Commitment } from '../../src/argument/types.ts';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { P } from '../../src/numbers/field.ts';
import { parseSrs, powersOnChain, type SrsPowers, samePowers } from '../../src/registry/opening.ts';
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
    openingHolds(TEST_SRS, [[commitment]], points, OPENED.signals, KAPPA, false);

  it('is true for a genuine opening', () => {
    assert.equal(holds(), true);
  });

  it('is true beside an absent parent, and false where infinity stands in its place', () => {
    const { points, signals } = openOracles([[ORACLE], []], 4n);
    const verdict = (...commitments: Commitment[]) =>
      openingHolds(TEST_SRS, commitments, points, signals, KAPPA, false);
    assert.equal(verdict([commit(ORACLE)], []), true);
    assert.equal(verdict([], [commit(ORACLE)]), false);
    assert.equal(verdict([commit(ORACLE)]), false);
    assert.equal(verdict([commit(ORACLE)], [{ x: 0n, y: 0n }]), false);
  });

  it('is true beside the tables where the program opens them, and only with those', () => {
    const { points, signals } = openOracles([[ORACLE]], 6n, { tables: true });
    const verdict = (srs: SrsPowers, opensTables: boolean) =>
      openingHolds(srs, [[commit(ORACLE)]], points, signals, KAPPA, opensTables);
    assert.equal(verdict(TEST_SRS, true), true);
    assert.equal(verdict(TEST_SRS, false), false);
    assert.equal(verdict({ ...TEST_SRS, tables: pointOf(5n) }, true), false);
    const without = openOracles([[ORACLE]], 6n);
    assert.equal(openingHolds(TEST_SRS, [[commit(ORACLE)]], without.points, without.signals, KAPPA, true), false);
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
    tablesG1: words([TEST_SRS.tables.x, TEST_SRS.tables.y]),
  };

  it('reads three points and whether they are for dev keys', () => {
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

  it('rejects a commitment to the tables that is missing, misspelled, infinity, off the curve or not canonical', () => {
    const { x, y } = TEST_SRS.tables;
    for (const tablesG1 of [
      undefined,
      'text',
      words([x]),
      words([x, y, 0n]),
      ['0x1', '2'],
      ['-1', '2'],
      words([0n, 0n]),
      words([x, y + 1n]),
      words([x + P, y]),
      words(TEST_SRS.tau),
    ]) {
      assert.throws(() => parseSrs({ ...FILE, tablesG1 }), FileFormatError, String(tablesG1));
    }
  });
});

describe('samePowers', () => {
  it('compares every word', () => {
    const onChain = powersOnChain(TEST_SRS);
    assert.equal(samePowers(TEST_SRS, onChain), true);
    for (const name of ['tau', 'tauC', 'tables'] as const) {
      onChain[name].forEach((_, k) => {
        const other = onChain[name].map((word, i) => (i === k ? word + 1n : word));
        assert.equal(samePowers(TEST_SRS, { ...onChain, [name]: other }), false, `${name} ${k}`);
      });
    }
  });
});
