import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keccak256, toHex } from 'viem';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { P } from '../../src/numbers/field.ts';
import { G2_GENERATOR, type G2Words } from '../../src/registry/points.ts';
import {
  keyData,
  keyHash,
  keyOfWords,
  keyWords,
  parseVerificationKey,
  type VerificationKey,
} from '../../src/registry/verificationKey.ts';
import { g2PointOf, pointOf, twistPointOutsideGroup } from '../contracts/support/knownTau.ts';

const KEY: VerificationKey = {
  alpha: pointOf(2n),
  beta: g2PointOf(3n),
  delta: g2PointOf(5n),
  IC: [7n, 11n, 13n, 17n].map(pointOf),
};

/** As snarkjs writes it: real parts first, each point with a third coordinate. */
function fileOf({ alpha, beta, delta, IC }: VerificationKey) {
  const one = ({ x, y }: { x: bigint; y: bigint }) => [x, y, 1n].map(String);
  const two = ([x1, x0, y1, y0]: G2Words) => [[x0, x1].map(String), [y0, y1].map(String), ['1', '0']];
  return {
    protocol: 'groth16',
    curve: 'bn128',
    nPublic: 3,
    vk_alpha_1: one(alpha),
    vk_beta_2: two(beta),
    vk_gamma_2: two(G2_GENERATOR),
    vk_delta_2: two(delta),
    IC: IC.map(one),
  };
}

describe('a verification key', () => {
  it('is read from the file of snarkjs and from its words', () => {
    assert.deepEqual(parseVerificationKey(fileOf(KEY)), KEY);
    assert.deepEqual(keyOfWords(keyWords(KEY)), KEY);
  });

  it('has 18 words, alpha first and IC_3 last, and is named by their hash', () => {
    const words = keyWords(KEY);
    assert.equal(words.length, 18);
    assert.deepEqual(words.slice(0, 2), [KEY.alpha.x, KEY.alpha.y]);
    assert.deepEqual(words.slice(16), [KEY.IC[3].x, KEY.IC[3].y]);
    assert.equal(keyHash(KEY), keccak256(`0x${words.map((word) => toHex(word, { size: 32 }).slice(2)).join('')}`));
    assert.equal(keyData(KEY).length, 2 + 2 * 576);
  });

  it('is refused with another number of signals, and says what to do', () => {
    for (const file of [undefined, null, {}, { ...fileOf(KEY), nPublic: 19 }, { ...fileOf(KEY), IC: [] }]) {
      assert.throws(
        () => parseVerificationKey(file),
        (error) => error instanceof FileFormatError && /npm run setup/.test(error.hint ?? ''),
      );
    }
  });

  it('is refused where gamma is not the generator', () => {
    const file = fileOf(KEY);
    assert.throws(() => parseVerificationKey({ ...file, vk_gamma_2: file.vk_beta_2 }), /not the generator/);
  });

  it('is refused with any word missing, or a point that is infinity, off the curve, not canonical or outside its group', () => {
    const words = keyWords(KEY);
    const refused = (changed: readonly bigint[]) => assert.throws(() => keyOfWords(changed), FileFormatError);
    refused(words.slice(1));
    refused([...words, 1n]);
    for (let k = 0; k < words.length; k++) {
      refused(words.with(k, words[k] + 1n));
      refused(words.with(k, words[k] + P));
    }
    for (const [at, size] of [
      [0, 2],
      [2, 4],
      [6, 4],
      [10, 2],
    ] as const) {
      refused([...words.slice(0, at), ...new Array<bigint>(size).fill(0n), ...words.slice(at + size)]);
    }
    for (const at of [2, 6]) refused([...words.slice(0, at), ...twistPointOutsideGroup(), ...words.slice(at + 4)]);
  });
});
