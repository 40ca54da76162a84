// @ts-expect-error: snarkjs has no types
import { zKey } from 'snarkjs';

/** A Groth16 verification key as snarkjs writes it (decimal strings). */
export interface VerificationKey {
  protocol: 'groth16';
  curve: 'bn128';
  nPublic: number;
  vk_alpha_1: string[];
  vk_beta_2: string[][];
  vk_gamma_2: string[][];
  vk_delta_2: string[][];
  vk_alphabeta_12: string[][][];
  IC: string[][];
}

/** A key in memory or its path. */
export type ZkeySource = string | Uint8Array;

/** What snarkjs takes for a file. */
export function asFile(source: ZkeySource): string | { type: 'mem'; data: Uint8Array } {
  return typeof source === 'string' ? source : { type: 'mem', data: source };
}

export function exportVerificationKey(zkey: ZkeySource): Promise<VerificationKey> {
  return zKey.exportVerificationKey(asFile(zkey));
}
