import { Prover, type ProverResources } from '../../src/proof/prover.ts';
import type { SrsPowers } from '../../src/registry/opening.ts';
import type { Program } from '../../src/registry/programs/list.ts';
import { keyFiles } from '../setup/paths.ts';
import { loadSrs } from '../setup/srs.ts';
import { type ProgramKey, readBuilt, readPowers, readProgramKey } from './keys.ts';

const COMPILED = new URL('../../build/circuits/', import.meta.url);

/** A prover with its keys. */
export interface ProverHandle {
  prover: Prover;
  keys: Partial<Record<Program, ProgramKey>>;
  /** Powers of tau in G2, as the contract holds them. */
  powers: SrsPowers;
}

/** Gives a prover that has the program's keys. */
export type ProverSource = (program: Program) => Promise<ProverHandle>;

/**
 * Opens provers when they are needed and keeps one: it is opened anew, with everything so far, when a statement needs
 * another program.
 */
export function proverSource(): { source: ProverSource; close(): Promise<void> } {
  let open: ProverHandle | undefined;
  const programs = new Set<Program>();
  return {
    async source(program) {
      if (open !== undefined && programs.has(program)) return open;
      await open?.prover.close();
      open = undefined;
      programs.add(program);
      open = await openProver([...programs]);
      return open;
    },
    close: async () => open?.prover.close(),
  };
}

/**
 * Loads compiled circuits, keys and powers of tau from the build folder.
 * DESCENT_GROTH16=snarkjs makes Groth16 proofs with snarkjs alone, to compare.
 * @throws DescentError (NOT_BUILT) when something is missing.
 */
export async function openProver(programs: readonly Program[]): Promise<ProverHandle> {
  const circuits: ProverResources['circuits'] = {};
  const keys: ProverHandle['keys'] = {};
  for (const program of programs) {
    const wasm = readBuilt(new URL(`${program}/${program}.wasm`, COMPILED));
    circuits[program] = { wasm, zkey: readBuilt(keyFiles(program).zkey) };
    keys[program] = readProgramKey(program);
  }
  const srs = await loadSrs();
  const plainGroth16 = process.env.DESCENT_GROTH16 === 'snarkjs';
  return { prover: await Prover.create({ srs, circuits, plainGroth16 }), keys, powers: readPowers() };
}
