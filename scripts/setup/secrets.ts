import { keccak256, stringToBytes } from 'viem';
import { mod } from '../../src/numbers/field.ts';

/**
 * The secrets of a development setup. They are public: whoever knows them can forge any proof, which is why every
 * development key says so and why they reproduce bit for bit.
 */

/** The secret behind the powers of the development SRS. */
export function devTau(): bigint {
  return secret('descent.dev.tau.v1');
}

/** Secrets of one program's development key; gamma is 1, as in every key of snarkjs. */
export interface KeySecrets {
  tau: bigint;
  alpha: bigint;
  beta: bigint;
  delta: bigint;
  /** discrete logarithm of the point that the contribution record multiplies by delta */
  record: bigint;
}

/** Where the label of a key is not the program's name: `import` was called `root` when its key was made. */
const LABELS: Record<string, string> = { import: 'root' };

export function devKeySecrets(program: string): KeySecrets {
  const label = LABELS[program] ?? program;
  return {
    tau: devTau(),
    alpha: secret(`descent.dev.alpha.v1:${label}`),
    beta: secret(`descent.dev.beta.v1:${label}`),
    delta: secret(`descent.dev.delta.v1:${label}`),
    record: secret(`descent.dev.record.v1:${label}`),
  };
}

function secret(name: string): bigint {
  return mod(BigInt(keccak256(stringToBytes(name))));
}
