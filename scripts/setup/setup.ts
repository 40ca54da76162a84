/** Keys and SRS for all programs: `node scripts/setup/setup.ts --help`. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Curve } from '../../src/argument/curve.ts';
import { DescentError } from '../../src/errors/DescentError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { buildCircuits, circuitEntries } from '../build/circuits.ts';
import { loadBn254 } from './bn254.ts';
import type { Beacon } from './ceremony.ts';
import { devKeysLibrary } from './devKeysLibrary.ts';
import { sha256File, writeIfChanged } from './files.ts';
import { advanceRealKey, ensureDevKey, type KeyHashes, type KeyTools } from './keys.ts';
import { writeKeysModule } from './keysModule.ts';
import { DEV_KEYS_LIBRARY, MANIFEST, SETUP_FOLDER } from './paths.ts';
import { installSrs, srsIsConsistent } from './srs.ts';

const HELP = `node scripts/setup/setup.ts [options]

Without --ptau: development keys from public constants. They reproduce bit for bit and anyone can forge proofs for them.

  --program <name>      only this program (repeatable)
  --ptau <file>         keys from a ceremony's powers of tau, prepared for phase 2
  --zkey <folder>       go on from the keys <program>.zkey in this folder; finished ones are verified and installed
  --contribute <name>   contribute to the keys
  --beacon <hex>        close the keys with a public random value, verify and install them
  --iterations <n>      hash the beacon 2^n times (10 unless given)
`;

export interface SetupOptions {
  /** all of circuits.json unless given */
  programs?: readonly string[];
  /** powers of tau of a ceremony; development keys without */
  ptau?: string;
  zkeys?: string;
  contribute?: string;
  beacon?: Beacon;
  onProgress?: (message: string) => void;
}

/** What is in git about the keys: contracts and clients compare the files they load with it. */
interface Manifest {
  devKeys: boolean;
  /** SHA-256 of the powers of tau; null for those of the public constant */
  ptau: string | null;
  programs: Record<string, KeyHashes>;
}

/**
 * Compiles the circuits, makes or checks their keys, and writes what depends on them: verification keys, by which contracts
 * tell development keys, the manifest and the contracts' SRS points. Quick where nothing changed.
 * @returns the programs whose ceremony is still open
 */
export async function setup(options: SetupOptions = {}): Promise<string[]> {
  const { ptau, onProgress = () => {} } = options;
  const known = circuitEntries().map((entry) => entry.program);
  const programs = options.programs ?? known;
  for (const program of programs) {
    if (!known.includes(program))
      throw new InputError(`there is no program ${program}`, { hint: `Programs: ${known.join(', ')}.` });
  }
  if (!ptau && (options.zkeys || options.contribute || options.beacon)) {
    throw new InputError('contributions, beacons and finished keys belong to a ceremony', { hint: 'Give its --ptau.' });
  }
  const circuits = await buildCircuits(programs, { onProgress });
  const bn = await loadBn254();
  const curve = await Curve.load();
  const open: string[] = [];
  try {
    const manifest = readManifest(ptau ? await sha256File(ptau) : null, known);
    for (const program of programs) {
      const tools: KeyTools = { bn, curve, onProgress: (message) => onProgress(`${program}: ${message}`) };
      const { r1cs } = circuits[program];
      const hashes = ptau
        ? await advanceRealKey(program, r1cs, SETUP_FOLDER, { ...options, ptau }, tools)
        : await ensureDevKey(program, r1cs, SETUP_FOLDER, tools);
      if (!hashes) {
        open.push(program);
        continue;
      }
      manifest.programs[program] = { r1cs: hashes.r1cs, zkey: hashes.zkey, vkey: hashes.vkey };
      onProgress(`${program}: ready`);
    }
    if (open.length === 0) {
      if (ptau) {
        onProgress('checking the powers of tau');
        if (!(await srsIsConsistent(ptau, bn))) throw new InputError(`${ptau} does not hold powers of one number`);
      }
      await installSrs({ ptau: ptau ?? null }, bn);
      writeIfChanged(MANIFEST, `${JSON.stringify(manifest, null, 2)}\n`);
      writeKeysModule(manifest.programs);
      writeIfChanged(DEV_KEYS_LIBRARY, devKeysLibrary());
    }
    return open;
  } finally {
    await curve.close();
    await bn.terminate();
  }
}

/** The manifest to update: entries of known programs, none of them where the powers of tau change. */
function readManifest(ptau: string | null, known: readonly string[]): Manifest {
  const empty: Manifest = { devKeys: ptau === null, ptau, programs: {} };
  if (!existsSync(MANIFEST)) return empty;
  const present: Manifest = JSON.parse(readFileSync(MANIFEST, 'utf8'));
  if (present.devKeys !== empty.devKeys || (present.ptau ?? null) !== ptau) return empty;
  return {
    ...empty,
    programs: Object.fromEntries(Object.entries(present.programs).filter(([p]) => known.includes(p))),
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      program: { type: 'string', multiple: true },
      ptau: { type: 'string' },
      zkey: { type: 'string' },
      contribute: { type: 'string' },
      beacon: { type: 'string' },
      iterations: { type: 'string', default: '10' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(HELP);
  const began = performance.now();
  const open = await setup({
    programs: values.program,
    ptau: values.ptau,
    zkeys: values.zkey,
    contribute: values.contribute,
    beacon: values.beacon === undefined ? undefined : { value: values.beacon, iterations: Number(values.iterations) },
    onProgress: (message) => console.log(message),
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  if (open.length === 0) console.log(`${values.ptau ? 'ceremony' : 'development'} keys are ready (${seconds} s)`);
  else
    console.log(
      `still open: ${open.join(', ')}. Pass on ${join(SETUP_FOLDER, 'ceremony')}, or close it with --beacon.`,
    );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof DescentError ? error.message : error);
    process.exitCode = error instanceof DescentError ? error.exitCode : 1;
  }
}
