import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { bn254 } from '@noble/curves/bn254.js';
import { openPtau } from '../../scripts/setup/ptau.ts';
import { devKeySecrets, devTau } from '../../scripts/setup/secrets.ts';
import { installSrs, loadSrs, srsIsConsistent } from '../../scripts/setup/srs.ts';
import { P, power, R, toBytes } from '../../src/numbers/field.ts';
import { parseSrs } from '../../src/registry/opening.ts';
import { knownPtau } from './knownPtau.ts';
import { startTools, type Tools } from './tiny.ts';

const { BASE } = bn254.G1.Point;

/** tau^i G1 as in Srs, by an independent implementation. */
function expectedPoint(i: number): Uint8Array {
  const { x, y } = BASE.multiplyUnsafe(power(devTau(), BigInt(i))).toAffine();
  return Buffer.concat([x, y].map((v) => toBytes((v << 256n) % P)));
}

function checkPoints(points: Uint8Array, size: number): void {
  assert.equal(points.length, 64 * size);
  for (const i of [0, 1, 2, size >> 1, size - 1]) {
    assert.deepEqual(Buffer.from(points.subarray(64 * i, 64 * i + 64)), Buffer.from(expectedPoint(i)), `point ${i}`);
  }
}

describe('the SRS of development', () => {
  let tools: Tools;
  before(async () => {
    tools = await startTools();
  });
  after(() => tools.close());
  const file = () => join(tools.folder, 'srs.points');

  it('holds the powers of the public constant, and is extended where more are needed', async () => {
    const steps: number[] = [];
    const onProgress = (done: number) => steps.push(done);
    const small = await loadSrs(100, { folder: tools.folder, onProgress });
    assert.equal(small.size, 100);
    checkPoints(small.points, 100);
    assert.ok(steps.splice(0).length > 0);
    await loadSrs(4096, { folder: tools.folder, onProgress });
    assert.deepEqual(steps, [], 'what is cached is not computed again');
    const large = await loadSrs(4097, { folder: tools.folder, onProgress });
    checkPoints(large.points, 4097);
    assert.equal(statSync(file()).size, 64 * 8192);
    checkPoints(readFileSync(file()), 8192);
  });

  it('is computed anew where the cached file is damaged or cut short', async () => {
    const bytes = readFileSync(file());
    const broken = Buffer.from(bytes);
    broken[broken.length - 1] ^= 1;
    for (const damaged of [
      broken,
      bytes.subarray(0, bytes.length - 32),
      Buffer.alloc(0),
      bytes.subarray(0, 64 * 5000),
    ]) {
      writeFileSync(file(), damaged);
      checkPoints((await loadSrs(8000, { folder: tools.folder })).points, 8000);
    }
  });

  it('refuses sizes that no oracle has', async () => {
    for (const size of [0, -1, 1.5, Number.NaN, 2 ** 20 + 1]) {
      await assert.rejects(loadSrs(size, { folder: tools.folder }), { code: 'INVALID_INPUT' });
    }
  });
});

describe('the SRS of a ceremony', () => {
  let tools: Tools;
  let ptau: string;
  let bytes: Uint8Array;
  before(async () => {
    tools = await startTools();
    const { alpha, beta } = devKeySecrets('test');
    bytes = await knownPtau({ tau: devTau(), alpha, beta, power: 12 }, tools);
    ptau = join(tools.folder, 'test.ptau');
  });
  beforeEach(() => writeFileSync(ptau, bytes));
  after(() => tools.close());

  it('is read from its file', async () => {
    const { points, size } = await loadSrs(5000, { ptau, folder: tools.folder });
    assert.equal(size, 5000);
    checkPoints(points, 5000);
    assert.equal((await loadSrs(8191, { ptau })).points.length, 64 * 8191);
    await assert.rejects(loadSrs(8192, { ptau }), /holds 8191 powers/);
  });

  it('is recorded by the setup, with the points that contracts hold', async () => {
    const target = join(tools.folder, 'srs.json');
    await assert.rejects(installSrs({ ptau }, tools.bn, tools.folder, target), /holds 8191 powers, 196608 are needed/);
    const { alpha, beta } = devKeySecrets('test');
    writeFileSync(ptau, await knownPtau({ tau: devTau(), alpha, beta, power: 17, filled: 1025 }, tools));
    await installSrs({ ptau }, tools.bn, tools.folder, target);
    const real = JSON.parse(readFileSync(target, 'utf8'));
    assert.equal(real.devKeys, false);
    checkPoints((await loadSrs(10, { folder: tools.folder })).points, 10);
    assert.equal(existsSync(join(tools.folder, 'srs.points')), false, 'the file is the source, not the constant');
    await installSrs({ ptau: null }, tools.bn, tools.folder, target);
    const dev = JSON.parse(readFileSync(target, 'utf8'));
    // the test's ceremony has the constant of development, so the points are the same
    assert.deepEqual({ ...real, devKeys: true }, dev);
    const { G2 } = bn254;
    for (const [name, exponent] of [
      ['tauG2', 1n],
      ['tauCG2', 1024n],
    ] as const) {
      const { x, y } = G2.Point.BASE.multiplyUnsafe(power(devTau(), exponent)).toAffine();
      assert.deepEqual(dev[name].map(BigInt), [x.c1, x.c0, y.c1, y.c0], name);
    }
    // The tables from their definition: exponentials, sigmoids, log-losses, as the coefficients of one polynomial at tau.
    const exponentials = Array.from({ length: 2 ** 16 }, (_, t) => Math.round(2 ** 16 * Math.exp(-t / 512)));
    const sigmoids = Array.from({ length: 2 ** 16 }, (_, k) => Math.round(2048 / (1 + Math.exp((32_768 - k) / 512))));
    // log(1 + exp(u)) = max(u, 0) + log(1 + exp(-|u|)), of which the first is a number of units
    const losses = Array.from({ length: 2 ** 16 }, (_, k) => {
      const logit = k - 32_768;
      return 128 * Math.max(logit, 0) + Math.ceil(2 ** 16 * Math.log1p(Math.exp(-Math.abs(logit) / 512)));
    });
    const value = [...exponentials, ...sigmoids, ...losses].reduceRight(
      (sum, entry) => (sum * devTau() + BigInt(entry)) % R,
      0n,
    );
    const { x, y } = BASE.multiplyUnsafe(value).toAffine();
    assert.deepEqual(dev.tablesG1.map(BigInt), [x, y]);
    assert.deepEqual(parseSrs(dev).tables, { x, y });
  });

  it('is checked for consistency', async () => {
    assert.equal(await srsIsConsistent(ptau, tools.bn), true);
    const g1 = sectionStart(bytes, 2);
    const g2 = sectionStart(bytes, 3);
    const swaps = [
      [g1, 64, 0, 1],
      [g1, 64, 3000, 3001],
      [g1, 64, 8189, 8190],
      [g2, 128, 0, 1],
      [g2, 128, 1024, 1023],
    ];
    for (const [start, size, i, j] of swaps) {
      const altered = bytes.slice();
      altered.set(bytes.subarray(start + i * size, start + (i + 1) * size), start + j * size);
      altered.set(bytes.subarray(start + j * size, start + (j + 1) * size), start + i * size);
      writeFileSync(ptau, altered);
      assert.equal(await srsIsConsistent(ptau, tools.bn), false, `${size} ${i}`);
    }
  });

  it('is refused where the file is damaged', () => {
    const head = sectionStart(bytes, 1);
    const damaged: [string, Uint8Array][] = [
      ['empty', new Uint8Array(0)],
      ['another type', Buffer.concat([Buffer.from('zkey'), bytes.subarray(4)])],
      ['cut short', bytes.subarray(0, bytes.length - 1)],
      ['another field', bytes.map((b, i) => (i === head + 4 ? b ^ 1 : b))],
      ['another power', bytes.map((b, i) => (i === head + 36 ? 13 : b))],
    ];
    for (const [name, content] of damaged) {
      writeFileSync(ptau, content);
      assert.throws(() => openPtau(ptau), { code: 'FILE_FORMAT' }, name);
    }
  });
});

function sectionStart(bytes: Uint8Array, id: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let at = 12;
  while (view.getUint32(at, true) !== id) at += 12 + Number(view.getBigUint64(at + 4, true));
  return at + 12;
}
