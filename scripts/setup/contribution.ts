import { createHash } from 'node:crypto';
// @ts-expect-error: ffjavascript has no types
import { ChaCha } from 'ffjavascript';
import type { Bn254 } from './bn254.ts';

/**
 * Section 10 of a .zkey with one contribution: after the circuit hash and the count, delta G1, s G1, s delta G1, delta
 * H for H hashed from the transcript, the transcript, the type (0: no beacon) and the name. It proves knowledge of
 * delta, as snarkjs' verification checks.
 * @param s discrete logarithm of the record's own base point
 */
export function recordContribution(
  bn: Bn254,
  circuitHash: Uint8Array,
  delta: bigint,
  s: bigint,
  name: string,
): Uint8Array {
  const { G1, G2, Fr } = bn;
  const base = G1.toAffine(G1.timesFr(G1.g, Fr.e(s)));
  const multiple = G1.toAffine(G1.timesFr(base, Fr.e(delta)));
  const transcript = createHash('blake2b512').update(circuitHash);
  for (const point of [base, multiple]) transcript.update(uncompressed(G1, point, 64));
  const digest = new Uint8Array(transcript.digest());
  const proof = G2.toAffine(G2.timesFr(hashToG2(bn, digest), Fr.e(delta)));
  const label = new TextEncoder().encode(name);
  const parameters = Uint8Array.of(1, label.length, ...label);
  return Buffer.concat([
    circuitHash,
    word(1),
    encoded(G1, G1.timesFr(G1.g, Fr.e(delta)), 64),
    encoded(G1, base, 64),
    encoded(G1, multiple, 64),
    encoded(G2, proof, 128),
    digest,
    word(0),
    word(parameters.length),
    parameters,
  ]);
}

/** snarkjs' hash to G2: a point drawn from ChaCha seeded with the first 32 bytes. */
function hashToG2(bn: Bn254, digest: Uint8Array): Uint8Array {
  const view = new DataView(digest.buffer, digest.byteOffset);
  return bn.G2.fromRng(new ChaCha(Array.from({ length: 8 }, (_, i) => view.getUint32(4 * i))));
}

// biome-ignore lint/suspicious/noExplicitAny: ffjavascript has no types
function encoded(group: any, point: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  group.toRprLEM(out, 0, point);
  return out;
}

// biome-ignore lint/suspicious/noExplicitAny: ffjavascript has no types
function uncompressed(group: any, point: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  group.toRprUncompressed(out, 0, point);
  return out;
}

function word(value: number): Uint8Array {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, value, true);
  return out;
}
