// @ts-expect-error: ffjavascript has no types
import { getCurveFromName } from 'ffjavascript';
import type { Point } from './types.ts';

/** Powers of tau in G1: point i is tau^i G1. */
export interface Srs {
  size: number;
  /** size * 64 bytes: affine x, y of each point, 32 bytes little-endian in Montgomery form (R = 2^256) */
  points: Uint8Array;
}

/** Called with points done and points in all. */
export type Progress = (done: number, total: number) => void;

/** Work in BN254 G1 that grows with the data, on several threads. */
export class Curve {
  // biome-ignore lint/suspicious/noExplicitAny: ffjavascript has no types
  readonly #curve: any;

  // biome-ignore lint/suspicious/noExplicitAny: ffjavascript has no types
  private constructor(curve: any) {
    this.#curve = curve;
  }

  static async load(_options: { threads?: number } = {}): Promise<Curve> {
    return new Curve(await getCurveFromName('bn128'));
  }

  /**
   * sum of scalars[i] points[i] over the scalars given.
   * @param points as in Srs, at least as many as scalars
   * @param scalars canonical little-endian, `width` bytes each (1..32)
   */
  async msm(points: Uint8Array, scalars: Uint8Array, width: number, onProgress?: Progress): Promise<Point> {
    const n = scalars.length / width;
    const { G1 } = this.#curve;
    const sum = await G1.multiExpAffine(points.subarray(0, 64 * n), scalars);
    onProgress?.(n, n);
    const [x, y] = G1.isZero(sum) ? [0n, 0n] : G1.toObject(G1.toAffine(sum));
    return { x, y };
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    await this.#curve.terminate();
  }
}
