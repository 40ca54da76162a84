/** A point of BN254 G1 in affine coordinates; (0, 0) is the point at infinity. */
export interface Point {
  x: bigint;
  y: bigint;
}

/** A point of BN254 G2: coordinates as [real, imaginary]; all zero is the point at infinity. */
export interface Point2 {
  x: [bigint, bigint];
  y: [bigint, bigint];
}

/** A committed vector: one point for each chunk of 2^18 entries, at least one (protocol section 1). */
export type Commitment = Point[];

/** The commitments a proof carries besides those of its statement (protocol sections 2 and 4). */
export interface ProofPoints {
  trace: Commitment;
  helper: Commitment;
  /** p' */
  rows: Point;
  /** s */
  columns: Point;
  /** T */
  quotient: Point;
  /** T2 */
  quotient2: Point;
  /** pi */
  opening: Point;
}

/** What a circuit puts out, in the order of its signals. */
export interface ProofSignals {
  eta: bigint;
  gamma: bigint;
  theta: bigint;
  gamma2: bigint;
  z: bigint;
  e2: bigint;
  /** of the coordinates y of the point that name the chunk: the product of 1 - y over those from b on, then the low b (protocol section 4) */
  chunk: bigint[];
}

/** The same with c, the circuit's digest of all its signals (protocol section 2). */
export interface ProofChallenges extends ProofSignals {
  digest: bigint;
}

/** Everything that is sent with an edge besides its statement. */
export interface Proof {
  /** a.x a.y b.x1 b.x0 b.y1 b.y0 c.x c.y, the order of snarkjs' Solidity call */
  groth16: bigint[];
  points: ProofPoints;
  challenges: ProofChallenges;
}
