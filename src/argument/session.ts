import { NUMBERING } from '../generated/numbering.ts';
import { randomElement } from '../numbers/field.ts';
import type { Curve, Srs } from './curve.ts';
import type { Kernels, Vec } from './kernels.ts';
import { Transcript } from './transcript.ts';
import type { Point } from './types.ts';

/** What proving needs, shared by any number of proofs, one at a time. */
export interface Backend {
  kernels: Kernels;
  curve: Curve;
  srs: Srs;
}

/** A committed vector: `vec` has a power-of-two length, entries from `used` on are zero. */
export interface Oracle {
  vec: Vec;
  used: number;
}

export interface Stage {
  name: string;
  seconds: number;
}

/** Called when a stage begins; `index` counts from 0. */
export type StageListener = (name: string, index: number) => void;

/** h_k from h_(k-1) and the points sent in between (protocol section 2). */
export type DigestChain = (previous: bigint, points: readonly Point[]) => bigint;

/** One run of the argument: transcript, digests, nonces and the time each stage took. */
export class Session {
  readonly backend: Backend;
  readonly transcript: Transcript;
  /** h_0, h_1, .. as far as points have been sent */
  readonly h: bigint[];
  readonly nonce: bigint[];
  readonly stages: Stage[] = [];
  readonly #chain: DigestChain;
  readonly #onStage: StageListener | undefined;
  #began = 0;

  constructor(backend: Backend, statement: bigint, chain: DigestChain, onStage?: StageListener) {
    this.backend = backend;
    this.transcript = new Transcript(statement);
    this.h = [statement];
    this.nonce = Array.from({ length: NUMBERING.shared.nonces.count }, randomElement);
    this.#chain = chain;
    this.#onStage = onStage;
  }

  /** Ends the stage under way and begins another; with no name only ends. */
  stage(name?: string): void {
    const now = performance.now();
    const last = this.stages.at(-1);
    if (last && this.#began > 0) last.seconds = (now - this.#began) / 1000;
    this.#began = name ? now : 0;
    if (!name) return;
    this.stages.push({ name, seconds: 0 });
    this.#onStage?.(name, this.stages.length - 1);
  }

  absorb = (elements: readonly bigint[]): bigint => this.transcript.absorb(elements);

  /** KZG commitment to the first `used` entries of a vector. */
  commit(vec: Vec, used = vec.len): Promise<Point> {
    return commit(this.backend, vec, used);
  }

  /** Appends the digest of points just sent. */
  send(...points: Point[]): bigint {
    const h = this.#chain(this.h[this.h.length - 1], points);
    this.h.push(h);
    return h;
  }
}

/** f(tau) G1 for f = the first `used` entries of vec. @throws RangeError where the SRS is shorter. */
export function commit({ kernels, curve, srs }: Backend, vec: Vec, used = vec.len): Promise<Point> {
  if (used > srs.size) throw new RangeError(`${used} coefficients, but the SRS holds ${srs.size} powers`);
  return curve.msm(srs.points.subarray(0, used * 64), kernels.canonicalBytes(kernels.view(vec, 0, used)), 32);
}
