const P = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;

/** The text of an edge file with a.y of the Groth16 proof negated wherever it stands, so that only the proof is wrong. */
export function withWrongProof(text: string): string {
  const [, ay] = (JSON.parse(text) as { proof: { groth16: string[] } }).proof.groth16;
  const negated = P - BigInt(ay);
  const bare = (value: bigint) => value.toString(16).padStart(64, '0');
  return text.replaceAll(ay, `0x${negated.toString(16)}`).replaceAll(bare(BigInt(ay)), bare(negated));
}
