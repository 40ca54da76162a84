import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { loadSrs } from '../../scripts/setup/srs.ts';
import { Curve, type Srs } from '../../src/argument/curve.ts';
import { Kernels } from '../../src/argument/kernels.ts';
import { LookupTable, multiplicities } from '../../src/argument/lookup.ts';
import { balancedLimits, lookupsPay, type Places } from '../../src/argument/places.ts';
import { type Backend, commit, helperSums } from '../../src/argument/session.ts';
import { CHUNK_SIZE, LIMB_BITS } from '../../src/numbers/constants.ts';
import { mod, randomElement, toBytes } from '../../src/numbers/field.ts';
import { slottedOracle } from '../../src/programs/common.ts';
import { lookupHelper } from '../../src/programs/helper.ts';

const POINT = 64;

function encode(scalars: readonly bigint[]): Uint8Array {
  const out = new Uint8Array(32 * scalars.length);
  scalars.forEach((s, i) => void out.set(toBytes(s), 32 * i));
  return out;
}

/** The scalar of every point, one by one. */
function scalarsOf({ columns, table }: Places, points: number, scalars: readonly bigint[]): bigint[] {
  const out = new Array<bigint>(points).fill(0n);
  for (const { at, values } of columns)
    values.forEach((v, i) => {
      out[at + i] = mod(out[at + i] + scalars[v]);
    });
  table?.times.forEach((times, v) => {
    out[table.at + v] = mod(out[table.at + v] + BigInt(times) * scalars[v]);
  });
  return out;
}

const randomValues = (length: number, below: number) =>
  Int32Array.from({ length }, () => Math.floor(Math.random() * below));

for (const lanes of [true, false]) {
  for (const threads of [1, 3]) {
    describe(`sums by value, ${lanes ? 'in lanes' : 'without relaxed SIMD'}, ${threads} threads`, () => {
      let curve: Curve;
      let srs: Srs;
      before(async () => {
        [curve, srs] = [await Curve.load({ threads, lanes }), await loadSrs()];
      });
      after(() => curve.close());

      /** Must be what a scalar for each point gives. */
      async function check(places: Places, count: number, points: number) {
        const scalars = Array.from({ length: count }, randomElement);
        const bytes = srs.points.subarray(0, points * POINT);
        const expected = await curve.msm(bytes, encode(scalarsOf(places, points, scalars)), 32);
        assert.deepEqual(await curve.lookups(bytes, places, encode(scalars), threads), expected);
      }

      it('take columns of every length at any place, overlapping too', async () => {
        for (const length of [1, 2, 3, 31, 64, 250]) {
          const columns = [0, 0, 7, 40].map((at) => ({ at, values: randomValues(length, 50) }));
          await check({ columns }, 50, 300);
        }
      });

      it('add a point that has one value twice or three times, and a value that stands everywhere', async () => {
        const same = randomValues(40, 9);
        await check({ columns: [same, same, same].map((values) => ({ at: 3, values })) }, 9, 50);
        await check({ columns: [{ at: 0, values: new Int32Array(99).fill(4) }] }, 9, 99);
      });

      it('count the points of the table as often as its multiplicities say, with and without columns', async () => {
        const times = Int32Array.of(0, 1, 2, 3, 4, 5, 7, 8, 255, 256, 65535, 65536, 2 ** 30, 2 ** 31 - 1, 0, 1);
        await check({ columns: [{ at: 2, values: randomValues(30, 16) }], table: { at: 40, times } }, 16, 60);
        await check({ columns: [], table: { at: 1, times } }, 16, 17);
        await check({ columns: [], table: { at: 0, times: new Int32Array(16) } }, 16, 16);
      });

      it('are infinity where nothing is looked up', async () => {
        const nothing = await curve.lookups(srs.points.subarray(0, POINT), { columns: [] }, encode([1n, 2n]), threads);
        assert.deepEqual(nothing, { x: 0n, y: 0n });
      });

      it('take values up to 65535', async () => {
        const values = Int32Array.of(65535, 0, 65535, 32768, 65534);
        const columns = [{ at: 0, values }];
        const scalars = new Uint8Array(32 * 65536);
        const chosen = new Map(Array.from(new Set(values), (v) => [v, randomElement()]));
        for (const [v, s] of chosen) scalars.set(toBytes(s), 32 * v);
        const bytes = srs.points.subarray(0, values.length * POINT);
        const expected = await curve.msm(bytes, encode(Array.from(values, (v) => chosen.get(v)!)), 32);
        assert.deepEqual(await curve.lookups(bytes, { columns }, scalars, threads), expected);
      });
    });
  }
}

describe('the commitment to a helper', () => {
  let backend: Backend;
  before(async () => {
    backend = {
      kernels: await Kernels.load({ threads: 2 }),
      curve: await Curve.load({ threads: 2 }),
      srs: await loadSrs(),
    };
  });
  after(() => Promise.all([backend.kernels.close(), backend.curve.close()]));

  /** A helper of these limbs, in groups of three or one. */
  function helperOf(groups: Int32Array[][]) {
    const { kernels: k } = backend;
    const trace = slottedOracle([{ name: 'mult', log2: LIMB_BITS }]);
    trace.put('mult', multiplicities(LIMB_BITS, groups.flat()));
    const named = groups.map((limbs, i) => ({ slot: `h${i}`, limbs }));
    return lookupHelper(k, new LookupTable(k, randomElement(), LIMB_BITS), named, trace);
  }

  it('is that of its entries, whichever way it is made: few values, or as many as places', async () => {
    const few = helperOf([[0, 1, 2].map(() => randomValues(4096, 300)), [randomValues(512, 2 ** LIMB_BITS)]]);
    assert.deepEqual(await commit(backend, few.oracle, helperSums(backend, few)), await commit(backend, few.oracle));
    const many = helperOf([[randomValues(512, 2 ** LIMB_BITS)]]);
    assert.deepEqual(await commit(backend, many.oracle, helperSums(backend, many)), await commit(backend, many.oracle));
  });

  it('is that of its entries in two chunks, a slot in both of them', async () => {
    const helper = helperOf([[randomValues(2 * CHUNK_SIZE, 100)], [0, 1, 2].map(() => randomValues(8, 100))]);
    const points = await commit(backend, helper.oracle, helperSums(backend, helper));
    assert.equal(points.length, 3);
    assert.deepEqual(points, await commit(backend, helper.oracle));
  });
});

describe('the commitment to a helper with lookups of pairs', () => {
  let backend: Backend;
  before(async () => {
    backend = {
      kernels: await Kernels.load({ threads: 2 }),
      curve: await Curve.load({ threads: 2 }),
      srs: await loadSrs(),
    };
  });
  after(() => Promise.all([backend.kernels.close(), backend.curve.close()]));

  /** Limbs in the first table and pairs by their index in the second; a slot of pairs is larger than what is looked up. */
  function helperOf(limbs: Int32Array, index: Int32Array) {
    const { kernels: k } = backend;
    const trace = slottedOracle(['mult', 'mult2'].map((name) => ({ name, log2: LIMB_BITS })));
    trace.put('mult', multiplicities(LIMB_BITS, [limbs]));
    trace.put('mult2', multiplicities(LIMB_BITS, [index]));
    const [beta, alpha, values] = [randomElement(), randomElement(), randomValues(2 ** LIMB_BITS, 2000)];
    const helper = lookupHelper(k, new LookupTable(k, beta, LIMB_BITS), [{ slot: 'h', limbs: [limbs] }], trace, {
      table: new LookupTable(k, beta, LIMB_BITS, { alpha, values }),
      groups: [{ slot: 'hF', limbs: [index] }],
    });
    return { helper, beta, alpha, values };
  }

  it('holds the inverses of the pairs on the entries that are looked up, and 0 behind them', () => {
    const { kernels: k } = backend;
    const index = randomValues(48, 2 ** LIMB_BITS);
    const { helper, beta, alpha, values } = helperOf(randomValues(64, 300), index);
    const found = k.toBigints(helper.oracle.values(k, 'hF'));
    assert.equal(found.length, 64);
    index.forEach((at, i) => {
      const pair = beta - BigInt(at) - alpha * BigInt(values[at]) - alpha * alpha;
      assert.equal(mod(found[i] * pair), 1n);
    });
    assert.ok(found.slice(48).every((value) => value === 0n));
    const table = k.sum(helper.oracle.values(k, 'g2'));
    assert.equal(table, k.sum(helper.oracle.values(k, 'hF')), 'what is looked up is what the table gives');
  });

  it('is that of its entries, whichever way it is made', async () => {
    for (const limbs of [randomValues(4096, 300), randomValues(256, 2 ** LIMB_BITS)]) {
      for (const index of [randomValues(3000, 100), randomValues(200, 2 ** LIMB_BITS)]) {
        const { helper } = helperOf(limbs, index);
        const points = await commit(backend, helper.oracle, helperSums(backend, helper));
        assert.deepEqual(points, await commit(backend, helper.oracle));
      }
    }
  });
});

describe('the choice between both ways', () => {
  it('takes sums by value where many places share few values', () => {
    const columns = [{ at: 0, values: new Int32Array(1000).fill(3) }];
    assert.equal(lookupsPay([{ places: { columns }, count: 10 }], 1000), true);
    assert.equal(
      lookupsPay([{ places: { columns: [{ at: 0, values: Int32Array.of(1, 2, 3) }] }, count: 10 }], 3),
      false,
    );
  });

  it('cuts the values into ranges of about the same cost, of which one may be a single value', () => {
    assert.deepEqual(balancedLimits(Uint32Array.of(1, 1, 1, 1), 2), [0, 2, 4]);
    assert.deepEqual(balancedLimits(Uint32Array.of(9, 1, 1, 1), 2), [0, 1, 4]);
    assert.deepEqual(balancedLimits(Uint32Array.of(5), 3), [0, 1]);
    assert.deepEqual(balancedLimits(Uint32Array.of(0, 0, 0), 2), [0, 1, 3]);
  });
});
