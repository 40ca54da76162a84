// @ts-expect-error: snarkjs has no types
import { groth16, zKey } from 'snarkjs';
import { DescentError } from '../../src/errors/DescentError.ts';
import { randomElement } from '../../src/numbers/field.ts';
import type { Bn254 } from './bn254.ts';
import { readSections } from './sections.ts';
import { asFile, exportVerificationKey, type VerificationKey, type ZkeySource } from './verificationKey.ts';

/** A key that must not be used, with the reason. */
export class KeyError extends DescentError {
  override name = 'KeyError';

  constructor(shortMessage: string, options: { hint?: string; details?: string } = {}) {
    super(shortMessage, { ...options, code: 'UNSAFE_KEY', exit: 'proof' });
  }
}

/** One entry of a key's phase-2 record. */
export interface Contribution {
  name: string | undefined;
  beacon: boolean;
}

/**
 * What every key must pass: delta is neither gamma nor the generator (nor a negative of them), and proofs forged by
 * whoever knows the ratio of gamma and delta are rejected.
 * @throws KeyError
 */
export async function checkVerificationKey(vkey: VerificationKey, bn: Bn254): Promise<void> {
  const { G2 } = bn;
  const point = (words: string[][]) => G2.fromObject(words.map((pair) => pair.map(BigInt)));
  const delta = point(vkey.vk_delta_2);
  const gamma = point(vkey.vk_gamma_2);
  for (const [name, other] of [
    ['gamma', gamma],
    ['the generator', G2.g],
  ] as const) {
    if (G2.eq(delta, other) || G2.eq(delta, G2.neg(other))) {
      throw new KeyError(`delta is ${name}: anyone can forge proofs for this key`, {
        hint: 'Let at least one person contribute to it.',
      });
    }
  }
  if (G2.isZero(delta) || G2.isZero(gamma)) throw new KeyError('delta or gamma is the point at infinity');
  for (const factor of FORGED_FACTORS) {
    const publicSignals = Array.from({ length: vkey.nPublic }, () => String(randomElement()));
    const proof = forgeProof(vkey, publicSignals, factor, bn);
    if (await groth16.verify(vkey, publicSignals, proof)) {
      throw new KeyError('a forged proof passes this key', { details: `gamma is delta times ${factor}` });
    }
  }
}

const FORGED_FACTORS = [1n, -1n, 2n, -2n];

/**
 * The known forgery where gamma = factor * delta: A = alpha, B = beta, C = -factor * (IC_0 + sum signals_i IC_i)
 * satisfies e(A, B) = e(alpha, beta) e(IC.., gamma) e(C, delta) for any signals, with no witness.
 */
export function forgeProof(vkey: VerificationKey, publicSignals: readonly string[], factor: bigint, bn: Bn254): object {
  const { G1, Fr } = bn;
  const [first, ...rest] = vkey.IC.map((words) => G1.fromObject(words.map(BigInt)));
  const sum = rest.reduce((s, ic, i) => G1.add(s, G1.timesFr(ic, Fr.e(BigInt(publicSignals[i])))), first);
  const c = G1.toObject(G1.toAffine(G1.timesFr(sum, Fr.e(-factor))));
  return {
    protocol: 'groth16',
    curve: 'bn128',
    pi_a: vkey.vk_alpha_1,
    pi_b: vkey.vk_beta_2,
    pi_c: [String(c[0]), String(c[1]), '1'],
  };
}

/**
 * Whether a key may be used for real: made from this circuit and these powers of tau (snarkjs' verification),
 * contributed to by someone, closed by a public beacon, and not forgeable in the known ways. snarkjs alone accepts a
 * key with no contribution at all.
 * @throws KeyError
 */
export async function verifyRealKey(
  { r1cs, ptau, zkey }: { r1cs: ZkeySource; ptau: ZkeySource; zkey: Uint8Array },
  { bn, onProgress = () => {} }: { bn: Bn254; onProgress?: (message: string) => void },
): Promise<Contribution[]> {
  const contributions = readContributions(zkey);
  if (!contributions.some((c) => !c.beacon)) throw new KeyError('nobody contributed to this key');
  if (!contributions.at(-1)?.beacon) {
    throw new KeyError('the key is not closed by a beacon', {
      hint: 'Choose a public random value that nobody could know before the last contribution, and add it with --beacon.',
    });
  }
  await checkVerificationKey(await exportVerificationKey(zkey), bn);
  const complaints: string[] = [];
  const logger = {
    error: (text: string) => complaints.push(text),
    info: (text: string) => onProgress(text.split('\n', 1)[0]),
    warn: (text: string) => complaints.push(text),
    debug: () => {},
  };
  if (!(await zKey.verifyFromR1cs(asFile(r1cs), asFile(ptau), asFile(zkey), logger))) {
    throw new KeyError('the key does not belong to this circuit and these powers of tau', {
      details: complaints.join('; ') || undefined,
    });
  }
  return contributions;
}

const POINTS_BYTES = 3 * 64 + 128;
const TRANSCRIPT_BYTES = 64;

/** The phase-2 record (section 10) of a .zkey. @throws FileFormatError, RangeError for a damaged one */
export function readContributions(zkey: Uint8Array): Contribution[] {
  const record = readSections(zkey, 'zkey', 'the key').one(10);
  const out: Contribution[] = [];
  let at = 64;
  const count = record.getUint32(at, true);
  at += 4;
  for (let i = 0; i < count; i++) {
    at += POINTS_BYTES + TRANSCRIPT_BYTES;
    const beacon = record.getUint32(at, true) === 1;
    const end = at + 8 + record.getUint32(at + 4, true);
    let name: string | undefined;
    // parameters are sorted; the name (1) comes first where there is one
    if (end > at + 8 && record.getUint8(at + 8) === 1) {
      const length = record.getUint8(at + 9);
      name = new TextDecoder().decode(new Uint8Array(record.buffer, record.byteOffset + at + 10, length));
    }
    out.push({ name, beacon });
    at = end;
  }
  if (at !== record.byteLength) throw new RangeError('the contribution record has another length than it says');
  return out;
}
