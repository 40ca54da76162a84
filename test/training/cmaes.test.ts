import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InputError } from '../../src/errors/InputError.ts';
import { Cmaes, usualPopulation } from '../../src/training/cmaes.ts';
import { symmetricEigen } from '../../src/training/symmetricEigen.ts';

type Measure = (x: Float64Array) => number;

const sphere: Measure = (x) => x.reduce((sum, value) => sum + value * value, 0);
const rosenbrock: Measure = (x) =>
  x.slice(1).reduce((sum, value, k) => sum + 100 * (value - x[k] ** 2) ** 2 + (1 - x[k]) ** 2, 0);
/** Axes whose lengths differ by up to 1,000, none of them along a coordinate. */
const ellipsoid: Measure = (x) => {
  const turned = x.map((value, k) => 0.6 * value + 0.8 * x[(k + 1) % x.length]);
  return turned.reduce((sum, value, k) => sum + 10 ** ((6 * k) / (x.length - 1)) * value ** 2, 0);
};

function search(measure: Measure, start: number[], { seed = 1, generations = 500, sigma = 0.5 } = {}) {
  const strategy = new Cmaes(start, sigma, { seed });
  let best = Number.POSITIVE_INFINITY;
  const asked: number[] = [];
  for (let g = 0; g < generations; g++) {
    const values = strategy.ask().map((x) => {
      asked.push(...x);
      return measure(x);
    });
    best = Math.min(best, ...values);
    strategy.tell(values.map((_, k) => k).sort((i, j) => values[i] - values[j]));
  }
  return { best, asked, strategy };
}

describe('CMA-ES', () => {
  it('comes within 1e-12 of the least value of a sphere of 10 numbers in 300 generations', () => {
    for (const seed of [0, 1, 2 ** 32 - 1]) {
      const { best, strategy } = search(sphere, Array(10).fill(3), { seed, generations: 300 });
      assert.ok(best < 1e-12, `${best}`);
      assert.ok(strategy.spread < 1e-5, `${strategy.spread}`);
    }
  });

  it("comes within 1e-12 of the least value of Rosenbrock's function of 5 numbers in 600 generations", () => {
    const { best, strategy } = search(rosenbrock, Array(5).fill(0), { generations: 600 });
    assert.ok(best < 1e-12, `${best}`);
    for (const value of strategy.mean) assert.ok(Math.abs(value - 1) < 1e-5, `${value}`);
  });

  it('learns a shape: within 1e-10 on axes that differ a thousand times, in 700 generations', () => {
    const { best } = search(ellipsoid, Array(6).fill(1), { generations: 700 });
    assert.ok(best < 1e-10, `${best}`);
  });

  it('searches one number, too', () => {
    assert.ok(search(sphere, [5], { generations: 200 }).best < 1e-12);
  });

  it('asks for the same candidates for the same seed, and for others for another', () => {
    const start = [1, 2, 3];
    const { asked } = search(rosenbrock, start, { seed: 7, generations: 40 });
    assert.deepEqual(search(rosenbrock, start, { seed: 7, generations: 40 }).asked, asked);
    assert.notDeepEqual(search(rosenbrock, start, { seed: 8, generations: 40 }).asked, asked);
  });

  it('hears nothing but the order', () => {
    const start = [1, 2, 3];
    const { asked } = search(sphere, start, { generations: 30 });
    assert.deepEqual(search((x) => Math.log(sphere(x)), start, { generations: 30 }).asked, asked);
  });

  it('has the population of the tutorial unless told', () => {
    assert.deepEqual([1, 2, 4, 10, 24].map(usualPopulation), [4, 6, 8, 10, 13]);
    assert.equal(new Cmaes([0], 1, { seed: 1, population: 9 }).ask().length, 9);
  });

  it('refuses what is no search, and an order that is none', () => {
    const make = (mean: number[], sigma: number, options: { seed: number; population?: number }) => () =>
      new Cmaes(mean, sigma, options);
    assert.throws(make([], 1, { seed: 1 }), InputError);
    assert.throws(make(Array(257).fill(0), 1, { seed: 1 }), InputError);
    assert.throws(make([0], 0, { seed: 1 }), InputError);
    assert.throws(make([0], 1, { seed: -1 }), InputError);
    assert.throws(make([0], 1, { seed: 1, population: 3 }), InputError);
    const strategy = new Cmaes([0, 0], 1, { seed: 1, population: 4 });
    assert.throws(() => strategy.tell([0, 1, 2, 3]), InputError);
    strategy.ask();
    for (const order of [
      [0, 1, 2],
      [0, 1, 2, 2],
      [0, 1, 2, 4],
    ])
      assert.throws(() => strategy.tell(order), InputError);
  });
});

describe('eigenvectors of a symmetric matrix', () => {
  it('give the matrix again, and are at right angles', () => {
    const n = 7;
    const matrix = Float64Array.from({ length: n * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      return Math.sin(3 * (i + j)) + (i === j ? 2 : 0);
    });
    const { values, vectors } = symmetricEigen(matrix, n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let [again, dot] = [0, 0];
        for (let k = 0; k < n; k++) {
          again += vectors[i * n + k] * values[k] * vectors[j * n + k];
          dot += vectors[k * n + i] * vectors[k * n + j];
        }
        assert.ok(Math.abs(again - matrix[i * n + j]) < 1e-12);
        assert.ok(Math.abs(dot - (i === j ? 1 : 0)) < 1e-12);
      }
    }
  });
});
