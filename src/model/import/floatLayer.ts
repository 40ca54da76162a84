export interface FloatLayer {
  /** [i, j] with j low, n_l x n_(l-1), without padding. */
  weight: Float64Array;
  /** n_l values. */
  bias: Float64Array;
}
