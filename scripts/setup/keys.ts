import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Curve } from '../../src/argument/curve.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { writeDurably } from '../files/durable.ts';
import type { Bn254 } from './bn254.ts';
import { applyBeacon, type Beacon, contribute, newKey } from './ceremony.ts';
import { makeDevKey } from './devKey.ts';
import { sha256 } from './files.ts';
import { checkVerificationKey, readContributions, verifyRealKey } from './keyChecks.ts';
import { keyFiles } from './paths.ts';
import { R1cs } from './r1cs.ts';
import { devKeySecrets } from './secrets.ts';
import { exportVerificationKey } from './verificationKey.ts';

/** Counts changes of makeDevKey: keys of another version are made anew. */
const DEV_KEY_VERSION = 1;
const DEV_LABEL = 'descent development key, secrets are public';

/** Hashes (SHA-256) of what belongs to a program's key. */
export interface KeyHashes {
  r1cs: string;
  zkey: string;
  vkey: string;
}

export interface KeyTools {
  bn: Bn254;
  curve: Curve;
  onProgress?: (message: string) => void;
}

interface Stamp extends KeyHashes {
  /** what the key was made from: the version of the development key, or the ceremony */
  origin: string;
}

/**
 * Makes the development key of a compiled circuit unless the one that is there was made from the same circuit. The
 * files appear whole, the stamp last, so a run that was killed leaves nothing that is taken for a key.
 */
export async function ensureDevKey(
  program: string,
  r1csPath: string,
  folder: string,
  tools: KeyTools,
): Promise<KeyHashes> {
  const r1cs = readFileSync(r1csPath);
  const origin = `development ${DEV_KEY_VERSION}`;
  const present = readStamp(program, folder);
  if (present?.origin === origin && present.r1cs === sha256(r1cs)) return present;
  const zkey = await makeDevKey(
    { r1cs: new R1cs(r1cs, r1csPath), secrets: devKeySecrets(program), label: DEV_LABEL },
    tools,
  );
  return install(program, r1cs, zkey, origin, folder, tools.bn);
}

export interface RealKeyOptions {
  /** powers of tau of a ceremony, prepared for phase 2 */
  ptau: string;
  /** folder with keys to go on from, <program>.zkey */
  zkeys?: string;
  /** contribute under this name */
  contribute?: string;
  beacon?: Beacon;
}

/**
 * One visit to a program's phase-2 ceremony: takes the key to go on from (or makes the first one), contributes and
 * adds the beacon where asked, and leaves the result in `folder`/ceremony. A key that is closed by a beacon must pass
 * the checks of keys and is installed then.
 * @returns hashes of the installed key, or undefined while the ceremony is open
 */
export async function advanceRealKey(
  program: string,
  r1csPath: string,
  folder: string,
  options: RealKeyOptions,
  { bn, onProgress = () => {} }: KeyTools,
): Promise<KeyHashes | undefined> {
  const workshop = join(folder, 'ceremony');
  mkdirSync(workshop, { recursive: true });
  const file = join(workshop, `${program}.zkey`);
  if (options.zkeys) {
    const source = join(options.zkeys, `${program}.zkey`);
    if (!existsSync(source)) throw new InputError(`${source} does not exist`);
    writeDurably(file, readFileSync(source));
  } else if (!existsSync(file)) {
    onProgress('making the first key');
    await newKey(r1csPath, options.ptau, file);
  }
  if (options.contribute) {
    onProgress('contributing');
    await contribute(file, file, options.contribute);
  }
  if (options.beacon) {
    onProgress('adding the beacon');
    await applyBeacon(file, file, options.beacon);
  }
  const zkey = readFileSync(file);
  if (!readContributions(zkey).at(-1)?.beacon) return undefined;
  onProgress('verifying');
  const contributions = await verifyRealKey({ r1cs: r1csPath, ptau: options.ptau, zkey }, { bn, onProgress });
  const names = contributions.map((c) => c.name ?? 'unnamed').join(', ');
  return install(program, readFileSync(r1csPath), zkey, `ceremony: ${names}`, folder, bn);
}

async function install(
  program: string,
  r1cs: Uint8Array,
  zkey: Uint8Array,
  origin: string,
  folder: string,
  bn: Bn254,
): Promise<KeyHashes> {
  const vkey = await exportVerificationKey(zkey);
  await checkVerificationKey(vkey, bn);
  const text = `${JSON.stringify(vkey, null, 2)}\n`;
  const files = keyFiles(program, folder);
  const stamp: Stamp = { origin, r1cs: sha256(r1cs), zkey: sha256(zkey), vkey: sha256(text) };
  rmSync(files.stamp, { force: true });
  writeDurably(files.zkey, zkey);
  writeDurably(files.vkey, text);
  writeDurably(files.stamp, `${JSON.stringify(stamp, null, 2)}\n`);
  return stamp;
}

/** The stamp of a key whose files are whole. */
function readStamp(program: string, folder: string): Stamp | undefined {
  const files = keyFiles(program, folder);
  if (!Object.values(files).every((path) => existsSync(path))) return undefined;
  const stamp: Stamp = JSON.parse(readFileSync(files.stamp, 'utf8'));
  const whole = sha256(readFileSync(files.zkey)) === stamp.zkey && sha256(readFileSync(files.vkey)) === stamp.vkey;
  return whole ? stamp : undefined;
}
