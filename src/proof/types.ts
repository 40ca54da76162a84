export type { Point, Proof, ProofPoints, ProofSignals } from '../argument/types.ts';
