import { InputError } from '../errors/InputError.ts';
import { mulberry32 } from '../numbers/mulberry32.ts';
import { symmetricEigen } from './symmetricEigen.ts';

/**
 * CMA-ES as in N. Hansen, "The CMA Evolution Strategy: A Tutorial" (arXiv:1604.00772): its figure 6 with the settings of its
 * table 1, negative weights included. Only the order of the candidates counts, so that a measure may be of several parts.
 * The same seed and the same orders give the same candidates on one version of Node.js, whose exponential and logarithm are
 * its own on every machine.
 */
export class Cmaes {
  readonly dimensions: number;
  /** Candidates of a generation. */
  readonly population: number;
  readonly #settings: Settings;
  readonly #normal: () => number;
  /** Row by row. */
  #covariance: Float64Array;
  /** Column k of `axes` is a principal axis of the distribution, `lengths[k]` its standard deviation over sigma. */
  #axes: Float64Array;
  #lengths: Float64Array;
  #mean: Float64Array;
  #sigma: number;
  #pathSigma: Float64Array;
  #pathC: Float64Array;
  #generation = 0;
  /** Of the generation that was asked for: (candidate - mean) / sigma. */
  #steps: Float64Array[] = [];

  /**
   * @param mean where the search begins, 1 to 256 numbers; @param sigma standard deviation of the first steps, above 0
   * @param seed 0..2^32-1; @param population at least 4; the tutorial's unless told
   * @throws InputError for anything else
   */
  constructor(
    mean: ArrayLike<number>,
    sigma: number,
    { seed, population = usualPopulation(mean.length) }: { seed: number; population?: number },
  ) {
    const n = mean.length;
    if (n < 1 || n > MOST_DIMENSIONS) throw new InputError(`A search has 1 to ${MOST_DIMENSIONS} numbers, not ${n}.`);
    if (!(sigma > 0)) throw new InputError(`The first steps of a search are above 0, not ${sigma}.`);
    if (!Number.isInteger(population) || population < FEWEST_CANDIDATES) {
      throw new InputError(`A generation has at least ${FEWEST_CANDIDATES} candidates, not ${population}.`);
    }
    if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
      throw new InputError(`The seed of a search is an integer in 0..2^32-1, not ${seed}.`);
    }
    this.dimensions = n;
    this.population = population;
    this.#settings = settingsOf(n, population);
    this.#normal = normalNumbers(seed);
    this.#mean = Float64Array.from(mean);
    this.#sigma = sigma;
    this.#pathSigma = new Float64Array(n);
    this.#pathC = new Float64Array(n);
    this.#covariance = identity(n);
    this.#axes = identity(n);
    this.#lengths = new Float64Array(n).fill(1);
  }

  get mean(): Float64Array {
    return this.#mean.slice();
  }

  /** Standard deviation of the next candidates along the axis on which they differ most. */
  get spread(): number {
    return this.#sigma * this.#lengths.reduce((a, b) => Math.max(a, b), 0);
  }

  /** The candidates of the next generation. `tell` must follow. */
  ask(): Float64Array[] {
    const n = this.dimensions;
    this.#steps = Array.from({ length: this.population }, () => {
      const z = Float64Array.from({ length: n }, this.#normal);
      return multiply(
        this.#axes,
        z.map((value, k) => this.#lengths[k] * value),
      );
    });
    return this.#steps.map((y) => y.map((value, k) => this.#mean[k] + this.#sigma * value));
  }

  /**
   * Learns from the generation that was asked for.
   * @param order places of all its candidates, best first
   * @throws InputError where some are missing
   */
  tell(order: readonly number[]): void {
    const sorted = order.map((k) => this.#steps[k]);
    if (
      sorted.length !== this.population ||
      new Set(order).size !== order.length ||
      sorted.includes(undefined as never)
    ) {
      throw new InputError(`An order of ${this.population} candidates was expected.`);
    }
    const { weights, mu, muEff, cSigma, dSigma, cC, c1, cMu, expectedNorm } = this.#settings;
    const n = this.dimensions;
    const step = new Float64Array(n); // <y>_w, equation 41
    for (let i = 0; i < mu; i++) for (let k = 0; k < n; k++) step[k] += weights[i] * sorted[i][k];
    for (let k = 0; k < n; k++) this.#mean[k] += this.#sigma * step[k];

    // Equations 43 to 45.
    const whitened = this.#whiten(step);
    const gain = Math.sqrt(cSigma * (2 - cSigma) * muEff);
    for (let k = 0; k < n; k++) this.#pathSigma[k] = (1 - cSigma) * this.#pathSigma[k] + gain * whitened[k];
    const length = norm(this.#pathSigma);
    this.#generation++;
    const unbiased = length / Math.sqrt(1 - (1 - cSigma) ** (2 * this.#generation));
    const isShort = unbiased < (1.4 + 2 / (n + 1)) * expectedNorm;
    const gainC = isShort ? Math.sqrt(cC * (2 - cC) * muEff) : 0;
    for (let k = 0; k < n; k++) this.#pathC[k] = (1 - cC) * this.#pathC[k] + gainC * step[k];

    // Equations 46 and 47.
    const lengths = sorted.map((y, i) => (weights[i] < 0 ? norm(this.#whiten(y)) ** 2 : 0));
    const used = weights.map((w, i) => (w >= 0 ? w : (w * n) / Math.max(lengths[i], TINY)));
    const lost = isShort ? 0 : cC * (2 - cC);
    const kept = 1 + c1 * lost - c1 - cMu * weights.reduce((sum, w) => sum + w, 0);
    this.#covariance.forEach((value, at) => {
      const [row, column] = [Math.floor(at / n), at % n];
      let sum = 0;
      for (let i = 0; i < used.length; i++) sum += used[i] * sorted[i][row] * sorted[i][column];
      this.#covariance[at] = kept * value + c1 * this.#pathC[row] * this.#pathC[column] + cMu * sum;
    });
    this.#sigma *= Math.exp((cSigma / dSigma) * (length / expectedNorm - 1));
    this.#decompose();
  }

  /** C^(-1/2) y. */
  #whiten(y: Float64Array): Float64Array {
    const n = this.dimensions;
    const along = new Float64Array(n);
    for (let k = 0; k < n; k++) {
      for (let row = 0; row < n; row++) along[k] += this.#axes[row * n + k] * y[row];
      along[k] /= this.#lengths[k];
    }
    return multiply(this.#axes, along);
  }

  #decompose(): void {
    const { values, vectors } = symmetricEigen(this.#covariance, this.dimensions);
    this.#axes = vectors;
    this.#lengths = values.map((value) => Math.sqrt(Math.max(value, TINY)));
  }
}

/** Candidates of a generation. */
export const FEWEST_CANDIDATES = 4;
const MOST_DIMENSIONS = 256;
const TINY = 1e-30;

/** Equation 48. @param dimensions at least 1 */
export function usualPopulation(dimensions: number): number {
  return FEWEST_CANDIDATES + Math.floor(3 * Math.log(dimensions));
}

interface Settings {
  /** Of all candidates, best first; those of the worse half are negative. */
  weights: number[];
  /** Candidates of the better half. */
  mu: number;
  muEff: number;
  cSigma: number;
  dSigma: number;
  cC: number;
  c1: number;
  cMu: number;
  /** Of a vector of normal numbers. */
  expectedNorm: number;
}

/** Table 1 of the tutorial, equations 49 to 58. */
function settingsOf(n: number, population: number): Settings {
  const mu = Math.floor(population / 2);
  const raw = Array.from({ length: population }, (_, i) => Math.log((population + 1) / 2) - Math.log(i + 1));
  const effective = (part: number[]) => sumOf(part) ** 2 / sumOf(part.map((w) => w * w));
  const muEff = effective(raw.slice(0, mu));
  const cC = (4 + muEff / n) / (n + 4 + (2 * muEff) / n);
  const c1 = 2 / ((n + 1.3) ** 2 + muEff);
  const cMu = Math.min(1 - c1, (2 * (1 / 4 + muEff + 1 / muEff - 2)) / ((n + 2) ** 2 + muEff));
  const negative = Math.min(1 + c1 / cMu, 1 + (2 * effective(raw.slice(mu))) / (muEff + 2), (1 - c1 - cMu) / (n * cMu));
  const better = sumOf(raw.filter((w) => w >= 0));
  const worse = -sumOf(raw.filter((w) => w < 0));
  const cSigma = (muEff + 2) / (n + muEff + 5);
  return {
    weights: raw.map((w) => (w >= 0 ? w / better : (negative * w) / worse)),
    mu,
    muEff,
    cSigma,
    dSigma: 1 + 2 * Math.max(0, Math.sqrt((muEff - 1) / (n + 1)) - 1) + cSigma,
    cC,
    c1,
    cMu,
    expectedNorm: Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)),
  };
}

/** Normal numbers by Marsaglia's polar method, from mulberry32 of the seed. */
function normalNumbers(seed: number): () => number {
  const uniform = mulberry32(seed);
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    for (;;) {
      const [u, v] = [2 * uniform() - 1, 2 * uniform() - 1];
      const s = u * u + v * v;
      if (s === 0 || s >= 1) continue;
      const factor = Math.sqrt((-2 * Math.log(s)) / s);
      spare = v * factor;
      return u * factor;
    }
  };
}

function identity(n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? 1 : 0));
}

function multiply(matrix: Float64Array, x: Float64Array): Float64Array {
  const n = x.length;
  return Float64Array.from({ length: n }, (_, row) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += matrix[row * n + k] * x[k];
    return sum;
  });
}

function norm(x: Float64Array): number {
  return Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
