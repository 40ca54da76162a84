import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
// @ts-expect-error: snarkjs has no types
import { powersOfTau, zKey } from 'snarkjs';
import { applyBeacon, contribute, newKey } from '../../scripts/setup/ceremony.ts';
import { forgeProof, KeyError, readContributions, verifyRealKey } from '../../scripts/setup/keyChecks.ts';
import { advanceRealKey } from '../../scripts/setup/keys.ts';
import { keyFiles } from '../../scripts/setup/paths.ts';
import { exportVerificationKey } from '../../scripts/setup/verificationKey.ts';
import { compileTiny, prove, startTools, type Tools, verify } from './tiny.ts';

const BEACON = { value: '0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20', iterations: 10 };

describe('a key from a ceremony', () => {
  let tools: Tools;
  let circuit: Awaited<ReturnType<typeof compileTiny>>;
  let ptau: string;
  const path = (name: string) => join(tools.folder, name);
  const judge = (name: string, r1cs = circuit.r1cs) =>
    verifyRealKey({ r1cs, ptau, zkey: readFileSync(path(name)) }, tools);

  before(async () => {
    tools = await startTools();
    circuit = await compileTiny();
    ptau = path('final.ptau');
    await powersOfTau.newAccumulator(tools.bn, 8, path('0.ptau'));
    await powersOfTau.contribute(path('0.ptau'), path('1.ptau'), 'first', 'entropy');
    await powersOfTau.beacon(path('1.ptau'), path('2.ptau'), 'beacon', BEACON.value, 10);
    await powersOfTau.preparePhase2(path('2.ptau'), ptau);
    await newKey(circuit.r1cs, ptau, path('0.zkey'));
    await contribute(path('0.zkey'), path('1.zkey'), 'Alice');
    await contribute(path('1.zkey'), path('2.zkey'), 'Bob', 'dice');
    await applyBeacon(path('2.zkey'), path('3.zkey'), BEACON);
  });
  after(() => tools.close());

  it('is accepted with contributions and a beacon, and proves', async () => {
    const contributions = await judge('3.zkey');
    assert.deepEqual(contributions, [
      { name: 'Alice', beacon: false },
      { name: 'Bob', beacon: false },
      { name: 'beacon', beacon: true },
    ]);
    const { proof, publicSignals } = await prove(circuit.wasm, path('3.zkey'));
    assert.equal(await verify(await exportVerificationKey(path('3.zkey')), publicSignals, proof), true);
  });

  it('is rejected with no contribution, though snarkjs accepts it and anyone can forge proofs for it', async () => {
    assert.equal(await zKey.verifyFromR1cs(circuit.r1cs, ptau, path('0.zkey')), true);
    const vkey = await exportVerificationKey(path('0.zkey'));
    assert.equal(await verify(vkey, ['7', '7', '7'], forgeProof(vkey, ['7', '7', '7'], 1n, tools.bn)), true);
    await assert.rejects(judge('0.zkey'), /nobody contributed/);
  });

  it('is rejected with a beacon alone', async () => {
    await applyBeacon(path('0.zkey'), path('beacon.zkey'), BEACON);
    await assert.rejects(judge('beacon.zkey'), /nobody contributed/);
  });

  it('is rejected without a beacon at the end', async () => {
    await assert.rejects(judge('2.zkey'), /not closed by a beacon/);
    await contribute(path('3.zkey'), path('late.zkey'), 'Late');
    await assert.rejects(judge('late.zkey'), /not closed by a beacon/);
  });

  it('is rejected for another circuit and for other powers of tau', async () => {
    const other = await compileTiny('other');
    await assert.rejects(judge('3.zkey', other.r1cs), KeyError);
    await powersOfTau.newAccumulator(tools.bn, 4, path('a.ptau'));
    await powersOfTau.contribute(path('a.ptau'), path('b.ptau'), 'other', 'entropy');
    await powersOfTau.preparePhase2(path('b.ptau'), path('c.ptau'));
    const zkey = readFileSync(path('3.zkey'));
    await assert.rejects(verifyRealKey({ r1cs: circuit.r1cs, ptau: path('c.ptau'), zkey }, tools), KeyError);
  });

  it('is rejected when it borrows the record of an honest key while delta is 1', async () => {
    const first = readFileSync(path('0.zkey'));
    const honest = readFileSync(path('3.zkey'));
    // section 10 is the last of both
    const recordOf = (bytes: Buffer) => bytes.length - 12 - sectionSize(bytes);
    const forged = Buffer.concat([first.subarray(0, recordOf(first)), honest.subarray(recordOf(honest))]);
    assert.deepEqual(readContributions(forged), readContributions(honest));
    writeFileSync(path('forged.zkey'), forged);
    await assert.rejects(judge('forged.zkey'), /delta is gamma/);
  });

  it('is rejected when any section is altered', async () => {
    const zkey = readFileSync(path('3.zkey'));
    for (const [id, at] of [...starts(zkey)].filter(([id]) => id > 2 && id < 10)) {
      // swaps the first two points, or alters a coefficient: the file stays well-formed
      const altered = Buffer.from(zkey);
      const size = id === 7 ? 128 : id === 4 ? 0 : 64;
      if (size === 0) altered[at + 4 + 12] ^= 1;
      else {
        zkey.copy(altered, at, at + size, at + 2 * size);
        zkey.copy(altered, at + size, at, at + size);
      }
      assert.notDeepEqual(altered, zkey, `section ${id}`);
      await assert.rejects(
        verifyRealKey({ r1cs: circuit.r1cs, ptau, zkey: altered }, tools),
        KeyError,
        `section ${id}`,
      );
    }
  });

  it('refuses a ceremony that is too small for the circuit, and malformed beacons', async () => {
    await powersOfTau.newAccumulator(tools.bn, 1, path('s0.ptau'));
    await powersOfTau.preparePhase2(path('s0.ptau'), path('s1.ptau'));
    await assert.rejects(newKey(circuit.r1cs, path('s1.ptau'), path('s.zkey')), { code: 'INVALID_INPUT' });
    assert.equal(existsSync(path('s.zkey')), false);
    for (const beacon of [
      { value: 'xyz', iterations: 10 },
      { value: '', iterations: 10 },
      { value: '00', iterations: 9 },
    ]) {
      await assert.rejects(applyBeacon(path('2.zkey'), path('s.zkey'), beacon), { code: 'INVALID_INPUT' });
    }
  });

  it('advances visit by visit and is installed once it is closed', async () => {
    const [alice, bob] = ['alice', 'bob'].map(path);
    assert.equal(await advanceRealKey('tiny', circuit.r1cs, alice, { ptau, contribute: 'Alice' }, tools), undefined);
    assert.equal(existsSync(keyFiles('tiny', alice).zkey), false);
    const zkeys = join(alice, 'ceremony');
    assert.equal(await advanceRealKey('tiny', circuit.r1cs, bob, { ptau, zkeys, contribute: 'Bob' }, tools), undefined);
    const hashes = await advanceRealKey('tiny', circuit.r1cs, bob, { ptau, beacon: BEACON }, tools);
    assert.ok(hashes);
    const files = keyFiles('tiny', bob);
    assert.deepEqual(
      readContributions(readFileSync(files.zkey)).map((c) => c.name),
      ['Alice', 'Bob', 'beacon'],
    );
    const { proof, publicSignals } = await prove(circuit.wasm, files.zkey);
    assert.equal(await verify(JSON.parse(readFileSync(files.vkey, 'utf8')), publicSignals, proof), true);
    // a key that was finished elsewhere
    mkdirSync(path('finished'));
    copyFileSync(files.zkey, path('finished/tiny.zkey'));
    const finished = await advanceRealKey(
      'tiny',
      circuit.r1cs,
      path('carol'),
      { ptau, zkeys: path('finished') },
      tools,
    );
    assert.deepEqual(finished, hashes);
  });
});

/** Where the content of each section begins. */
function starts(bytes: Buffer): Map<number, number> {
  const out = new Map<number, number>();
  for (let i = 0, at = 12; i < bytes.readUInt32LE(8); i++) {
    out.set(bytes.readUInt32LE(at), at + 12);
    at += 12 + Number(bytes.readBigUInt64LE(at + 4));
  }
  return out;
}

/** Size of section 10. */
function sectionSize(bytes: Buffer): number {
  return Number(bytes.readBigUInt64LE(starts(bytes).get(10)! - 8));
}
