import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keyFiles, SRS_JSON } from '../../scripts/setup/paths.ts';
import { loadSrs } from '../../scripts/setup/srs.ts';
import { Prover } from '../../src/proof/prover.ts';
import { parseSrs, type SrsPowers } from '../../src/registry/opening.ts';
import type { Circuit } from '../../src/registry/programs/list.ts';
import type { StatementContext } from '../../src/registry/statement.ts';
import { parseVerificationKey, type VerificationKey } from '../../src/registry/verificationKey.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Who proves in tests: the first account of a local node, on its first contract. */
export const CONTEXT: StatementContext = {
  chainId: 31337n,
  registry: '0x5FbDB2315678afecb367f032d93F642f64180aa3',
  trainer: '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
};

/** The witness program of a circuit. */
export function circuitWasm(circuit: string): Uint8Array {
  return readFileSync(join(ROOT, 'build/circuits', circuit, `${circuit}.wasm`));
}

/** What verifiers hold. */
export function verifierKeys(circuit: Circuit): { vkey: VerificationKey; srs: SrsPowers } {
  return {
    vkey: parseVerificationKey(JSON.parse(readFileSync(keyFiles(circuit).vkey, 'utf8'))),
    srs: parseSrs(JSON.parse(readFileSync(SRS_JSON, 'utf8'))),
  };
}

/** A prover with the compiled circuits and dev keys of these names. */
export async function openProver(names: readonly Circuit[]): Promise<Prover> {
  const circuits = Object.fromEntries(
    names.map((p) => [p, { wasm: circuitWasm(p), zkey: readFileSync(keyFiles(p).zkey) }]),
  );
  return Prover.create({ srs: await loadSrs(), circuits });
}
