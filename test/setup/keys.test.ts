import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { circuitEntries } from '../../scripts/build/circuits.ts';
import { loadBn254 } from '../../scripts/setup/bn254.ts';
import { sha256 } from '../../scripts/setup/files.ts';
import { checkVerificationKey } from '../../scripts/setup/keyChecks.ts';
import { keyFiles, MANIFEST, SRS_JSON, VERIFIERS_FOLDER } from '../../scripts/setup/paths.ts';
import { R1cs } from '../../scripts/setup/r1cs.ts';
import { exportVerificationKey, exportVerifier } from '../../scripts/setup/verificationKey.ts';
import { verifierName } from '../../src/registry/programs/list.ts';

/** The keys that setup leaves behind are those that git speaks of. */
describe('the keys in use', async () => {
  const manifest = JSON.parse(readFileSync(MANIFEST, 'utf8'));
  const programs = circuitEntries();
  const bn = await loadBn254();
  after(() => bn.terminate());

  it('are listed in the manifest, one for each program, of one kind with the SRS', () => {
    assert.deepEqual(Object.keys(manifest.programs).sort(), programs.map((p) => p.program).sort());
    assert.equal(JSON.parse(readFileSync(SRS_JSON, 'utf8')).devKeys, manifest.devKeys);
  });

  for (const { program } of programs) {
    it(`of ${program} have the hashes of the manifest and the verifier contract of their key`, async () => {
      const files = keyFiles(program);
      const zkey = readFileSync(files.zkey);
      const vkey = readFileSync(files.vkey, 'utf8');
      const r1cs = readFileSync(new URL(`../../build/circuits/${program}/${program}.r1cs`, import.meta.url));
      assert.deepEqual(manifest.programs[program], { r1cs: sha256(r1cs), zkey: sha256(zkey), vkey: sha256(vkey) });
      assert.deepEqual(JSON.parse(vkey), await exportVerificationKey(zkey));
      const contract = readFileSync(join(VERIFIERS_FOLDER, `${verifierName(program)}.sol`), 'utf8');
      assert.equal(contract, await exportVerifier(zkey, program));
      assert.equal(JSON.parse(vkey).nPublic, new R1cs(r1cs, program).sizes.publics);
      await checkVerificationKey(JSON.parse(vkey), bn);
    });
  }
});
