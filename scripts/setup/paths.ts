import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Keys and SRS; not in git. */
export const SETUP_FOLDER = join(ROOT, 'build/setup');
/** Hashes of the keys the project stands on; in git. */
export const MANIFEST = join(ROOT, 'circuits/setup/manifest.json');
/** The SRS points that contracts hold; in git. */
export const SRS_JSON = join(ROOT, 'src/generated/srs.json');
/** The verification keys themselves, for contracts and clients; in git. */
export const KEYS_MODULE = join(ROOT, 'src/generated/keys.ts');
/** By what contracts tell development keys; in git. */
export const DEV_KEYS_LIBRARY = join(ROOT, 'contracts/libraries/DevKeys.sol');

/** Files of a program's key. */
export function keyFiles(program: string, folder = SETUP_FOLDER) {
  return {
    zkey: join(folder, `${program}.zkey`),
    vkey: join(folder, `${program}.vkey.json`),
    /** what the key was made from and the hashes of its files */
    stamp: join(folder, `${program}.stamp.json`),
  };
}
