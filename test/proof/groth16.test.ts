import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
// @ts-expect-error: snarkjs has no types
import { groth16 } from 'snarkjs';
import { keyFiles } from '../../scripts/setup/paths.ts';
import { Curve } from '../../src/argument/curve.ts';
import { Session } from '../../src/argument/session.ts';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { encodeShard } from '../../src/model/shape.ts';
import type { CircuitInputs } from '../../src/programs/common.ts';
import { proveData } from '../../src/programs/data.ts';
import { type CircuitFiles, Groth16 } from '../../src/proof/groth16/groth16.ts';
import { parseProvingKey } from '../../src/proof/groth16/provingKey.ts';
import { groth16Holds } from '../../src/registry/pairing.ts';
import { circuitSignals, foldOf, hashWords, publicSignals, signalDigest } from '../../src/registry/statement.ts';
import { PUBLIC_SIGNALS, parseVerificationKey } from '../../src/registry/verificationKey.ts';
import { circuitWasm, openProver } from '../support/prover.ts';
import { random, randomShard } from '../training/helpers.ts';

const files: CircuitFiles = { wasm: circuitWasm('data'), zkey: readFileSync(keyFiles('data').zkey) };
const vkey = JSON.parse(readFileSync(keyFiles('data').vkey, 'utf8'));
const key = parseVerificationKey(vkey);

/** Whether snarkjs takes the eight words of a proof; ours must say the same. */
async function holds(proof: readonly bigint[], signals: PublicSignals): Promise<boolean> {
  const [ax, ay, bx1, bx0, by1, by0, cx, cy] = proof.map(String);
  const theirs: boolean = await groth16.verify(vkey, signals.map(String), {
    protocol: 'groth16',
    curve: 'bn128',
    pi_a: [ax, ay, '1'],
    pi_b: [
      [bx0, bx1],
      [by0, by1],
      ['1', '0'],
    ],
    pi_c: [cx, cy, '1'],
  });
  assert.equal(groth16Holds(key, signals, proof), theirs);
  return theirs;
}

type PublicSignals = [bigint, bigint, bigint];

describe('Groth16 with our kernels', () => {
  let curve: Curve;
  let inputs: CircuitInputs;
  let signals: PublicSignals;

  before(async () => {
    curve = await Curve.load({ threads: 2 });
    const prover = await openProver(['data']);
    const shard = randomShard({ inputs: 5, outputs: 3, rows: 16, kind: 'classes' }, random(5));
    const session = new Session(prover.backend, 12345n, hashWords);
    const argued = await proveData(session, shard);
    inputs = argued.inputs;
    const sigma = circuitSignals(argued.challenges, 0, session.h, [encodeShard(shard)]);
    assert.equal(argued.challenges.digest, signalDigest(sigma));
    assert.equal(argued.inputs.fold, foldOf(argued.challenges.digest, sigma));
    signals = publicSignals(argued.challenges.digest, sigma);
    await prover.close();
  });
  after(async () => {
    await curve.close();
    await (globalThis as { curve_bn128?: { terminate(): Promise<void> } | null }).curve_bn128?.terminate();
  });

  it('makes proofs that snarkjs verifies, each with other blinding, and so does snarkjs alone', async () => {
    const fast = new Groth16(curve);
    const plain = new Groth16(curve, { plain: true });
    const proofs = [await fast.prove(files, inputs), await fast.prove(files, inputs), await plain.prove(files, inputs)];
    for (const proof of proofs) {
      assert.equal(proof.length, 8);
      assert.equal(await holds(proof, signals), true);
      for (const at of [0, 1, 2]) {
        assert.equal(await holds(proof, signals.with(at, signals[at] + 1n) as PublicSignals), false);
      }
    }
    assert.equal(new Set(proofs.map(([x]) => x)).size, 3);
  });

  it('reads a key that Node gives as a Buffer, whose slice does not copy', () => {
    const { matrices } = parseProvingKey(readFileSync(keyFiles('data').zkey));
    assert.deepEqual(matrices, parseProvingKey(files.zkey).matrices);
  });

  it('refuses inputs that break a constraint, and proves again after them', async () => {
    const fast = new Groth16(curve);
    const wrong = { ...inputs, shard: (inputs.shard as bigint) + 1n };
    const muted = console.error;
    console.error = () => {};
    try {
      await assert.rejects(fast.prove(files, wrong), /Assert Failed/);
    } finally {
      console.error = muted;
    }
    assert.equal(await holds(await fast.prove(files, inputs), signals), true);
  });
});

describe('proving keys', () => {
  const { zkey } = files;

  it('are read as snarkjs wrote them', () => {
    const proving = parseProvingKey(zkey);
    assert.equal(proving.publicSignals, PUBLIC_SIGNALS);
    assert.equal(proving.A.length, 64 * proving.signals);
    assert.equal(proving.H.length, 64 * 2 ** proving.power);
  });

  const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset);
  const changed = (change: (bytes: Uint8Array) => void) => {
    const bytes = new Uint8Array(zkey);
    change(bytes);
    return bytes;
  };
  /** Where the content of a section begins. */
  const sectionAt = (type: number) => {
    for (let at = 12; ; at += 12 + Number(view(zkey).getBigUint64(at + 4, true))) {
      if (view(zkey).getUint32(at, true) === type) return at + 12;
    }
  };

  const damaged: [string, () => Uint8Array][] = [
    ['nothing', () => new Uint8Array(0)],
    ['another format', () => changed((bytes) => bytes.set([1, 2, 3, 4]))],
    ['a cut file', () => zkey.slice(0, zkey.length - 100)],
    ['another field', () => changed((bytes) => bytes.set([7], sectionAt(2) + 4))],
    ['a wrong number of signals', () => changed((bytes) => view(bytes).setUint32(sectionAt(2) + 72, 5, true))],
    ['a domain that is no power of two', () => changed((bytes) => view(bytes).setUint32(sectionAt(2) + 80, 5, true))],
    ['a third matrix', () => changed((bytes) => view(bytes).setUint32(sectionAt(4) + 4, 2, true))],
    ['a row outside of the matrix', () => changed((bytes) => view(bytes).setUint32(sectionAt(4) + 8, 1 << 30, true))],
    [
      'a column outside of the matrix',
      () => changed((bytes) => view(bytes).setUint32(sectionAt(4) + 12, 1 << 30, true)),
    ],
    ['fewer coefficients than told', () => changed((bytes) => view(bytes).setUint32(sectionAt(4), 1 << 30, true))],
  ];
  for (const [name, make] of damaged) {
    it(`are refused: ${name}`, () => {
      assert.throws(() => parseProvingKey(make()), FileFormatError);
    });
  }
});
