import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import { circuitEntries } from '../../scripts/build/circuits.ts';
import { loadBn254 } from '../../scripts/setup/bn254.ts';
import { devKeysLibrary } from '../../scripts/setup/devKeysLibrary.ts';
import { sha256 } from '../../scripts/setup/files.ts';
import { checkVerificationKey } from '../../scripts/setup/keyChecks.ts';
import { keyEntry, keysModule } from '../../scripts/setup/keysModule.ts';
import { DEV_KEYS_LIBRARY, KEYS_MODULE, keyFiles, MANIFEST, SRS_JSON } from '../../scripts/setup/paths.ts';
import { R1cs } from '../../scripts/setup/r1cs.ts';
import { exportVerificationKey } from '../../scripts/setup/verificationKey.ts';
import { PUBLIC_SIGNALS } from '../../src/registry/verificationKey.ts';

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
    it(`of ${program} have the hashes of the manifest`, async () => {
      const files = keyFiles(program);
      const zkey = readFileSync(files.zkey);
      const vkey = readFileSync(files.vkey, 'utf8');
      const r1cs = readFileSync(new URL(`../../build/circuits/${program}/${program}.r1cs`, import.meta.url));
      assert.deepEqual(manifest.programs[program], { r1cs: sha256(r1cs), zkey: sha256(zkey), vkey: sha256(vkey) });
      assert.deepEqual(JSON.parse(vkey), await exportVerificationKey(zkey));
      assert.equal(JSON.parse(vkey).nPublic, PUBLIC_SIGNALS);
      assert.equal(new R1cs(r1cs, program).sizes.publics, PUBLIC_SIGNALS);
      await checkVerificationKey(JSON.parse(vkey), bn);
    });
  }

  it('are those in git, as contracts take them', () => {
    const entries = programs.map(({ program }) => {
      const vkey = JSON.parse(readFileSync(keyFiles(program).vkey, 'utf8'));
      return [program, keyEntry(vkey, manifest.programs[program])];
    });
    assert.equal(readFileSync(KEYS_MODULE, 'utf8'), keysModule(Object.fromEntries(entries)));
  });

  it('are told from others by the library that the public secrets make', () => {
    assert.equal(readFileSync(DEV_KEYS_LIBRARY, 'utf8'), devKeysLibrary());
  });
});
