import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Keys and SRS; not in git. */
export const SETUP_FOLDER = join(ROOT, 'build/setup');
/** Hashes of the keys the project stands on; in git. */
export const MANIFEST = join(ROOT, 'circuits/setup/manifest.json');
/** The SRS points that contracts hold; in git. */
export const SRS_JSON = join(ROOT, 'src/generated/srs.json');
/** Generated verifier contracts; in git. */
export const VERIFIERS_FOLDER = join(ROOT, 'contracts/verifiers');

/** Files of a program's key. */
export function keyFiles(program: string, folder = SETUP_FOLDER) {
  return {
    zkey: join(folder, `${program}.zkey`),
    vkey: join(folder, `${program}.vkey.json`),
    /** what the key was made from and the hashes of its files */
    stamp: join(folder, `${program}.stamp.json`),
  };
}
