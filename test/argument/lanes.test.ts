import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { hasLanes } from '../../src/argument/lanes.ts';
import { g1LanesWasm } from '../../src/generated/g1Lanes.wasm.ts';
import { g2LanesWasm } from '../../src/generated/g2Lanes.wasm.ts';
import { P, randomElement } from '../../src/numbers/field.ts';

type Exports = Record<'mul' | 'square' | 'reduce', (...addresses: number[]) => void> & {
  memory: WebAssembly.Memory;
  alloc(bytes: number): number;
};

const LIMB = 51n;
const HALF = 1n << 50n;
const R_BITS = 5n * LIMB;

/** Five signed limbs of 51 bits, the highest with what is left. */
function toLimbs(value: bigint): bigint[] {
  const limbs: bigint[] = [];
  for (let i = 0; i < 4; i++) {
    const limb = BigInt.asIntN(51, value);
    limbs.push(limb);
    value = (value - limb) >> LIMB;
  }
  return [...limbs, value];
}

const toValue = (limbs: readonly bigint[]) => limbs.reduceRight((sum, limb) => (sum << LIMB) + limb, 0n);
const residue = (value: bigint) => ((value % P) + P) % P;
const signed = () => toLimbs(randomElement() - (P >> 1n));
const abs = (value: bigint) => (value < 0n ? -value : value);

describe('the base field in lanes', () => {
  let x: Exports;
  let [a, b, out] = [0, 0, 0];

  before(async () => {
    const wasm = Uint8Array.from(atob(g1LanesWasm), (ch) => ch.charCodeAt(0));
    x = (await WebAssembly.instantiate(wasm, {})).instance.exports as unknown as Exports;
    assert.equal(await hasLanes(), true, 'every processor of the last ten years has a fused multiply-add');
    [a, b, out] = [x.alloc(80), x.alloc(80), x.alloc(80)];
  });

  function put(at: number, pair: readonly (readonly bigint[])[]): void {
    const view = new Float64Array(x.memory.buffer, at, 10);
    pair.forEach((limbs, lane) => {
      limbs.forEach((limb, i) => {
        view[2 * i + lane] = Number(limb);
      });
    });
  }

  function get(at: number): bigint[][] {
    const view = new Float64Array(x.memory.buffer, at, 10);
    return [0, 1].map((lane) => [0, 1, 2, 3, 4].map((i) => BigInt(view[2 * i + lane])));
  }

  /** Both lanes of the product must be u v / R, in limbs that are operands again, and below the bound stated for it. */
  function checkProduct(u: readonly bigint[][], v: readonly bigint[][]): void {
    put(a, u);
    put(b, v);
    x.mul(out, a, b);
    checkResult(u, v);
  }

  function checkResult(u: readonly bigint[][], v: readonly bigint[][]): void {
    get(out).forEach((limbs, lane) => {
      const [left, right, product] = [u[lane], v[lane], limbs].map(toValue);
      assert.equal(residue(product << R_BITS), residue(left * right));
      for (const limb of limbs) assert.ok(abs(limb) <= HALF);
      assert.ok(1000n * abs(product) * P <= 378n * abs(left * right) + 628n * P * P);
    });
  }

  function checkSquare(u: readonly bigint[][]): void {
    put(a, u);
    x.square(out, a);
    checkResult(u, u);
  }

  const EDGES = [0n, 1n, -1n, P - 1n, 1n - P, P, -P, P >> 1n, -(P >> 1n), HALF, -HALF, 1n << 253n, (1n << 253n) - 1n];

  it('multiplies edge values and random ones, each lane by itself', () => {
    const values = [...EDGES, ...Array.from({ length: 30 }, () => randomElement() - (P >> 1n))].map(toLimbs);
    for (const u of values) {
      values.forEach((v, i) => {
        checkProduct([u, v], [v, values[(7 * i + 3) % values.length]]);
      });
    }
  });

  it('squares edge values and random ones', () => {
    const values = [...EDGES, ...Array.from({ length: 200 }, () => randomElement() - (P >> 1n))].map(toLimbs);
    values.forEach((u, i) => {
      checkSquare([u, values[(5 * i + 1) % values.length]]);
    });
  });

  it('takes differences of elements as both operands, up to the largest limbs there can be', () => {
    const top = P >> 204n;
    const most = 2n * HALF;
    const patterns = [
      [most, most, most, most, top],
      [-most, -most, -most, -most, -top],
      [most, -most, most, -most, top],
      [-most, most, -most, most, -top],
      [most - 1n, 1n - most, 0n, most, 0n],
      [0n, 0n, most, 0n, 0n],
      [1n, 0n, 0n, 0n, 0n],
    ];
    for (const u of patterns) for (const v of patterns) checkProduct([u, v], [v, [...u].reverse().map((l) => l / 4n)]);
    for (let i = 0; i < 300; i++) {
      const [u, v] = [0, 1].map(() => {
        const [first, second] = [0, 1].map(() => toLimbs(randomElement() - (P >> 1n)));
        return first.map((limb, k) => limb - second[k]);
      });
      checkProduct([u, v], [v, u]);
    }
  });

  it('is right where a column is half a limb, which rounds either way', () => {
    for (let i = 0; i < 5; i++) {
      for (let j = 0; j < 5; j++) {
        for (const sign of [1n, -1n]) {
          const [u, v] = [new Array<bigint>(5).fill(0n), new Array<bigint>(5).fill(0n)];
          u[i] = i < 4 ? sign * HALF : sign * (P >> 205n);
          v[j] = 1n;
          checkProduct([u, v], [v, u]);
          checkSquare([u, v]);
        }
      }
    }
  });

  it('reduces sums of up to four times the modulus', () => {
    for (let i = 0; i < 400; i++) {
      const sum = [1, 2, 3].map(() => toLimbs(i < 50 ? EDGES[i % EDGES.length] : randomElement() - (P >> 1n)));
      const limbs = sum[0].map((limb, k) => limb + sum[1][k] + sum[2][k]);
      const other = limbs.map((limb) => -limb);
      put(a, [limbs, other]);
      x.reduce(out, a);
      get(out).forEach((reduced, lane) => {
        const value = toValue(reduced);
        assert.equal(residue(value), residue(toValue([limbs, other][lane])));
        assert.ok(100n * abs(value) <= 51n * P);
        for (const limb of reduced) assert.ok(abs(limb) <= HALF);
      });
    }
  });
});

describe('the extension field in lanes', () => {
  let x: Exports;
  let [a, b, out] = [0, 0, 0];

  before(async () => {
    const wasm = Uint8Array.from(atob(g2LanesWasm), (ch) => ch.charCodeAt(0));
    x = (await WebAssembly.instantiate(wasm, {})).instance.exports as unknown as Exports;
    [a, b, out] = [x.alloc(160), x.alloc(160), x.alloc(160)];
  });

  /** A pair of elements, each a real and an imaginary part of five limbs. */
  type Pair = readonly (readonly bigint[])[][];

  function put(at: number, pair: Pair): void {
    const view = new Float64Array(x.memory.buffer, at, 20);
    pair.forEach((parts, lane) => {
      parts.flat().forEach((limb, i) => {
        view[2 * i + lane] = Number(limb);
      });
    });
  }

  function get(at: number): bigint[][][] {
    const view = new Float64Array(x.memory.buffer, at, 20);
    const part = (lane: number, from: number) => [0, 1, 2, 3, 4].map((i) => BigInt(view[2 * (from + i) + lane]));
    return [0, 1].map((lane) => [part(lane, 0), part(lane, 5)]);
  }

  function checkResult(u: Pair, v: Pair, bound: bigint): void {
    get(out).forEach((parts, lane) => {
      const [[u0, u1], [v0, v1], [real, imaginary]] = [u[lane], v[lane], parts].map((it) => it.map(toValue));
      assert.equal(residue(real << R_BITS), residue(u0 * v0 - u1 * v1));
      assert.equal(residue(imaginary << R_BITS), residue(u0 * v1 + u1 * v0));
      for (const limb of parts.flat()) assert.ok(abs(limb) <= HALF);
      for (const value of [real, imaginary]) assert.ok(100n * abs(value) <= bound * P);
    });
  }

  const edges = [0n, 1n, -1n, P >> 1n, -(P >> 1n), HALF, -HALF].map(toLimbs);
  const elements = edges.flatMap((real) => edges.map((imaginary) => [real, imaginary]));

  it('multiplies edge values, differences and random elements', () => {
    const difference = () => {
      const [first, second] = [signed(), signed()];
      return first.map((limb, i) => limb - second[i]);
    };
    const values = [...elements, ...Array.from({ length: 60 }, () => [difference(), difference()])];
    values.forEach((u, i) => {
      for (const v of [values[(i * 7 + 3) % values.length], [signed(), signed()], [difference(), difference()]]) {
        put(a, [u, v]);
        put(b, [v, u]);
        x.mul(out, a, b);
        checkResult([u, v], [v, u], 51n);
      }
    });
  });

  it('squares edge values and random elements, in place too', () => {
    const values = [...elements, ...Array.from({ length: 60 }, () => [signed(), signed()])];
    values.forEach((u, i) => {
      const pair = [u, values[(i * 5 + 1) % values.length]];
      put(out, pair);
      x.square(out, out);
      checkResult(pair, pair, 105n);
    });
  });
});
