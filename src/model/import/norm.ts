/**
 * Batch normalisation in inference: (x - mean) / sqrt(variance + epsilon) * weight + bias, feature by feature; or a part of
 * one, as a graph may have it.
 */
export interface Norm {
  /** For people: the module of a state dict or the node of a graph. */
  name: string;
  /** Features or channels. Each tensor has as many numbers, or one for all. */
  size: number;
  /** Absent: 0. */
  mean: string | undefined;
  /** Absent: 1, with no epsilon. */
  variance: string | undefined;
  /** Absent: 1. */
  weight: string | undefined;
  /** Absent: 0. */
  bias: string | undefined;
  epsilon: number;
}

/** Where a normalisation of a state dict stands, which its names may leave open; `none`: leave all of them out. */
export type NormPlace = 'before-relu' | 'after-relu' | 'none';

export interface NormOptions {
  /** Undefined: the numbers of the modules must tell. */
  place?: NormPlace;
  /** Added to the variance; a state dict does not hold it. 1e-5 if absent. */
  epsilon?: number;
}

/** PyTorch's BatchNorm has this one unless its maker chose another. */
export const USUAL_EPSILON = 1e-5;
