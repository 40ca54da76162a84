import { Prover, type ProverResources } from '../../src/proof/prover.ts';
import type { SrsPowers } from '../../src/registry/opening.ts';
import type { Circuit } from '../../src/registry/programs/list.ts';
import { keyFiles } from '../setup/paths.ts';
import { loadSrs } from '../setup/srs.ts';
import { type ProgramKey, readBuilt, readPowers, readProgramKey } from './keys.ts';

const COMPILED = new URL('../../build/circuits/', import.meta.url);

/** A prover with its keys. */
export interface ProverHandle {
  prover: Prover;
  keys: Partial<Record<Circuit, ProgramKey>>;
  /** Powers of tau in G2, as the contract holds them. */
  powers: SrsPowers;
}

/** Gives a prover that has the circuit's keys. */
export type ProverSource = (circuit: Circuit) => Promise<ProverHandle>;

/**
 * Opens provers when they are needed and keeps one: it is opened anew, with everything so far, when a statement needs
 * another circuit.
 */
export function proverSource(): { source: ProverSource; close(): Promise<void> } {
  let open: ProverHandle | undefined;
  const wanted = new Set<Circuit>();
  return {
    async source(circuit) {
      if (open !== undefined && wanted.has(circuit)) return open;
      await open?.prover.close();
      open = undefined;
      wanted.add(circuit);
      open = await openProver([...wanted]);
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
export async function openProver(wanted: readonly Circuit[]): Promise<ProverHandle> {
  const circuits: ProverResources['circuits'] = {};
  const keys: ProverHandle['keys'] = {};
  for (const circuit of wanted) {
    const wasm = readBuilt(new URL(`${circuit}/${circuit}.wasm`, COMPILED));
    circuits[circuit] = { wasm, zkey: readBuilt(keyFiles(circuit).zkey) };
    keys[circuit] = readProgramKey(circuit);
  }
  const srs = await loadSrs();
  const plainGroth16 = process.env.DESCENT_GROTH16 === 'snarkjs';
  return { prover: await Prover.create({ srs, circuits, plainGroth16 }), keys, powers: readPowers() };
}
