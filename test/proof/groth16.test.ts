import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
// @ts-expect-error: snarkjs has no types
import { groth16 } from 'snarkjs';
import { keyFiles } from '../../scripts/setup/paths.ts';
import { Curve } from '../../src/argument/curve.ts';
import { Session } from '../../src/argument/session.ts';
import { FileFormatError } from '../../src/errors/FileFormatError.ts';
import { NUMBERING } from '../../src/generated/numbering.ts';
import { encodeShard } from '../../src/model/shape.ts';
import type { CircuitInputs } from '../../src/programs/common.ts';
import { proveData } from '../../src/programs/data.ts';
import { type CircuitFiles, Groth16 } from '../../src/proof/groth16/groth16.ts';
import { parseProvingKey } from '../../src/proof/groth16/provingKey.ts';
import { nextDigest, publicSignals } from '../../src/registry/statement.ts';
import { circuitWasm, openProver } from '../support/prover.ts';
import { random, randomShard } from '../training/helpers.ts';

const files: CircuitFiles = { wasm: circuitWasm('data'), zkey: readFileSync(keyFiles('data').zkey) };
const vkey = JSON.parse(readFileSync(keyFiles('data').vkey, 'utf8'));

/** Whether snarkjs takes the eight words of a proof. */
function holds([ax, ay, bx1, bx0, by1, by0, cx, cy]: string[], signals: readonly bigint[]): Promise<boolean> {
  return groth16.verify(vkey, signals.map(String), {
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
}

/** where h_0 stands among the public signals */
const statementAt = NUMBERING.data.signals.h(NUMBERING.shared.digests.statement);

describe('Groth16 with our kernels', () => {
  let curve: Curve;
  let inputs: CircuitInputs;
  let signals: bigint[];

  before(async () => {
    curve = await Curve.load({ threads: 2 });
    const prover = await openProver(['data']);
    const shard = randomShard({ inputs: 5, outputs: 3, rows: 16, kind: 'classes' }, random(5));
    const session = new Session(prover.backend, 12345n, nextDigest);
    const argued = await proveData(session, shard);
    inputs = argued.inputs;
    signals = publicSignals(argued.signals, session.h, [encodeShard(shard)]);
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
      assert.equal(await holds(proof.map(String), signals), true);
      assert.equal(await holds(proof.map(String), signals.with(statementAt, signals[statementAt] + 1n)), false);
    }
    assert.equal(new Set(proofs.map(([x]) => x)).size, 3);
  });

  it('reads a key that Node gives as a Buffer, whose slice does not copy', () => {
    const { matrices } = parseProvingKey(readFileSync(keyFiles('data').zkey));
    assert.deepEqual(matrices, parseProvingKey(files.zkey).matrices);
  });

  it('refuses inputs that break a constraint, and proves again after them', async () => {
    const fast = new Groth16(curve);
    const [name] = Object.keys(inputs).filter((key) => typeof inputs[key] === 'bigint');
    const wrong = { ...inputs, [name]: (inputs[name] as bigint) + 1n };
    const muted = console.error;
    console.error = () => {};
    try {
      await assert.rejects(fast.prove(files, wrong), /Assert Failed/);
    } finally {
      console.error = muted;
    }
    assert.equal(await holds((await fast.prove(files, inputs)).map(String), signals), true);
  });
});

describe('proving keys', () => {
  const { zkey } = files;

  it('are read as snarkjs wrote them', () => {
    const key = parseProvingKey(zkey);
    assert.equal(key.publicSignals, NUMBERING.data.signals.count);
    assert.equal(key.A.length, 64 * key.signals);
    assert.equal(key.H.length, 64 * 2 ** key.power);
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
