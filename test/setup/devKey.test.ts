import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
// @ts-expect-error: snarkjs has no types
import { powersOfTau, zKey } from 'snarkjs';
import { makeDevKey } from '../../scripts/setup/devKey.ts';
import { checkVerificationKey, forgeProof, readContributions } from '../../scripts/setup/keyChecks.ts';
import { ensureDevKey } from '../../scripts/setup/keys.ts';
import { keyFiles } from '../../scripts/setup/paths.ts';
import { R1cs } from '../../scripts/setup/r1cs.ts';
import { devKeySecrets } from '../../scripts/setup/secrets.ts';
import { readSections } from '../../scripts/setup/sections.ts';
import { exportVerificationKey } from '../../scripts/setup/verificationKey.ts';
import { inverse, R } from '../../src/numbers/field.ts';
import { knownPtau } from './knownPtau.ts';
import { compileTiny, prove, startTools, type Tools, verify } from './tiny.ts';

describe('a development key', () => {
  let tools: Tools;
  let circuit: Awaited<ReturnType<typeof compileTiny>>;
  let zkey: Uint8Array;
  const secrets = devKeySecrets('tiny');
  const make = (delta = secrets.delta) =>
    makeDevKey(
      { r1cs: new R1cs(readFileSync(circuit.r1cs), 'tiny'), secrets: { ...secrets, delta }, label: 'dev' },
      tools,
    );

  before(async () => {
    tools = await startTools();
    circuit = await compileTiny();
    zkey = await make();
  });
  after(() => tools.close());

  it('proves and verifies with snarkjs, and only the right public signals', async () => {
    const { proof, publicSignals } = await prove(circuit.wasm, zkey);
    const vkey = await exportVerificationKey(zkey);
    assert.deepEqual(publicSignals, [String(33 * 33 + 15), String(20 * 38), '5']);
    assert.equal(await verify(vkey, publicSignals, proof), true);
    for (const i of publicSignals.keys()) {
      const wrong = publicSignals.with(i, String(BigInt(publicSignals[i]) + 1n));
      assert.equal(await verify(vkey, wrong, proof), false, `signal ${i}`);
    }
  });

  it('is what snarkjs makes from powers of tau with these secrets and one contribution', async () => {
    const [raw, ptau, first] = ['raw.ptau', 'tiny.ptau', 'first.zkey'].map((name) => join(tools.folder, name));
    writeFileSync(raw, await knownPtau({ ...secrets, power: 4 }, tools));
    await powersOfTau.preparePhase2(raw, ptau);
    await zKey.newZKey(circuit.r1cs, ptau, first);
    const [theirs, ours] = [readFileSync(first), zkey].map((bytes) => readSections(bytes, 'zkey', 'key'));
    const section = (sections: typeof ours, id: number) => {
      const { buffer, byteOffset, byteLength } = sections.one(id);
      return Buffer.from(buffer, byteOffset, byteLength);
    };
    // type, IC, coefficients, A, B1, B2 do not depend on delta; the circuit hash covers the rest
    for (const id of [1, 3, 4, 5, 6, 7]) assert.deepEqual(section(ours, id), section(theirs, id), `section ${id}`);
    assert.deepEqual(section(ours, 10).subarray(0, 64), section(theirs, 10).subarray(0, 64), 'circuit hash');
    assert.equal(await zKey.verifyFromR1cs(circuit.r1cs, ptau, { type: 'mem', data: zkey }), true);
    const other = await compileTiny('other');
    assert.equal(await zKey.verifyFromR1cs(other.r1cs, ptau, { type: 'mem', data: zkey }), false);
  });

  it('reproduces bit for bit', async () => {
    assert.deepEqual(await make(), zkey);
  });

  it('names itself in its contribution record', () => {
    assert.deepEqual(readContributions(zkey), [{ name: 'dev', beacon: false }]);
  });

  it('passes the checks for delta as it is, and not for a delta that allows forged proofs', async () => {
    await checkVerificationKey(await exportVerificationKey(zkey), tools.bn);
    const cases = [
      { delta: 1n, factor: 1n, message: /delta is gamma/ },
      { delta: R - 1n, factor: -1n, message: /delta is gamma/ },
      { delta: inverse(2n), factor: 2n, message: /forged proof passes/ },
      { delta: R - inverse(2n), factor: -2n, message: /forged proof passes/ },
    ];
    for (const { delta, factor, message } of cases) {
      const vkey = await exportVerificationKey(await make(delta));
      const signals = ['1', '2', '3'];
      assert.equal(
        await verify(vkey, signals, forgeProof(vkey, signals, factor, tools.bn)),
        true,
        'the forgery is real',
      );
      await assert.rejects(checkVerificationKey(vkey, tools.bn), message);
    }
  });

  it('is made once, and anew when its circuit changes or a file is damaged', async () => {
    const made: string[] = [];
    const options = { ...tools, onProgress: (message: string) => made.push(message) };
    const files = keyFiles('tiny', tools.folder);
    const first = await ensureDevKey('tiny', circuit.r1cs, tools.folder, options);
    const bytes = readFileSync(files.zkey);
    assert.ok(made.splice(0).length > 0);
    assert.deepEqual(await ensureDevKey('tiny', circuit.r1cs, tools.folder, options), first);
    assert.deepEqual(made, []);
    writeFileSync(files.zkey, bytes.subarray(0, bytes.length - 1));
    assert.deepEqual(await ensureDevKey('tiny', circuit.r1cs, tools.folder, options), first);
    assert.ok(made.splice(0).length > 0);
    assert.deepEqual(readFileSync(files.zkey), bytes);
    const other = await ensureDevKey('tiny', (await compileTiny('other')).r1cs, tools.folder, options);
    assert.notEqual(other.zkey, first.zkey);
  });

  it('refuses damaged circuits', () => {
    const bytes = readFileSync(circuit.r1cs);
    for (const broken of [bytes.subarray(0, 40), bytes.subarray(0, bytes.length - 1), Buffer.from('zkey'), zkey]) {
      assert.throws(() => new R1cs(broken, 'broken'), { code: 'FILE_FORMAT' });
    }
  });
});
