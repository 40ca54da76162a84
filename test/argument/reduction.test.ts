import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Claims, type ClaimTerm } from '../../src/argument/claims.ts';
import { BLOCK, columnSums, rowSums } from '../../src/argument/integers.ts';
import { Kernels } from '../../src/argument/kernels.ts';
import { Oracle } from '../../src/argument/oracle.ts';
import { reduceClaims } from '../../src/argument/reduction.ts';
import { type Backend, Session } from '../../src/argument/session.ts';
import { layout } from '../../src/model/layout.ts';
import { ADDRESS_BITS, CHUNK_SIZE } from '../../src/numbers/constants.ts';
import { evaluatePolynomial, mod, randomElement } from '../../src/numbers/field.ts';

const random = (n: number) => Array.from({ length: n }, randomElement);
const eqAt = (z: readonly bigint[], i: number) => z.reduce((q, c, t) => mod(q * ((i >> t) & 1 ? c : 1n - c)), 1n);
/** eq(z, i) for every i. */
const eqTable = (z: readonly bigint[]) => Array.from({ length: 2 ** z.length }, (_, i) => eqAt(z, i));
const numbers32 = (n: number, bits: number) =>
  Int32Array.from({ length: n }, () => Math.floor((Math.random() - 0.5) * 2 ** bits));
const numbers64 = (n: number, bits: number) =>
  BigInt64Array.from({ length: n }, () => BigInt(Math.floor((Math.random() - 0.5) * 2 ** bits)));

/** The weight of every entry of a term's slot. */
function weightsOf({ point, tables }: ClaimTerm): bigint[] {
  if (!tables) return eqTable(point);
  const axes = [eqTable(point.slice(0, tables.at)), ...tables.weights, eqTable(point.slice(tables.at))];
  return axes.reduce<bigint[]>((low, high) => high.flatMap((h) => low.map((v) => mod(h * v))), [1n]);
}

for (const [threads, lanes] of [
  [1, false],
  [2, true],
] as const)
  describe(`sums of integers, ${threads} threads, lanes ${lanes}`, () => {
    let k: Kernels;
    before(async () => {
      k = await Kernels.load({ threads, lanes });
    });
    after(() => k.close());

    const rows = 70;
    const kinds: [string, () => Int32Array | BigInt64Array][] = [
      ['limbs', () => numbers32(rows * BLOCK, 17)],
      ['32 bits', () => numbers32(rows * BLOCK, 32)],
      ['the ends of 32 bits', () => new Int32Array(rows * BLOCK).map((_, i) => (i % 2 ? -(2 ** 31) : 2 ** 31 - 1))],
      ['the ends of a digit', () => new Int32Array(rows * BLOCK).map((_, i) => [-(2 ** 17), 2 ** 17 - 1, 0][i % 3])],
      ['weights', () => numbers64(rows * BLOCK, 48)],
      [
        'the ends of 64 bits',
        () => new BigInt64Array(rows * BLOCK).map((_, i) => (i % 2 ? -(2n ** 63n) : 2n ** 63n - 1n)),
      ],
    ];
    for (const [name, make] of kinds)
      it(`are those of big integers: ${name}`, () => {
        const data = make();
        const [e, w] = [random(BLOCK), random(rows)];
        const sum = (of: readonly bigint[], at: (i: number) => number) =>
          mod(of.reduce((total, v, i) => total + v * BigInt(data[at(i)]), 0n));
        k.scoped(() => {
          const out = k.raw(rows);
          rowSums(k, out, data, k.fromBigints(e));
          assert.deepEqual(
            k.toBigints(out),
            Array.from({ length: rows }, (_, i) => sum(e, (j) => i * BLOCK + j)),
          );
          const dst = k.fromBigints(new Array<bigint>(BLOCK).fill(1n));
          columnSums(k, dst, data, k.fromBigints(w), BLOCK);
          assert.deepEqual(
            k.toBigints(dst),
            Array.from({ length: BLOCK }, (_, x) => mod(1n + sum(w, (i) => i * BLOCK + x))),
          );
        });
      });

    it('take the largest element and more rows than one sum holds', () => {
      const many = 2 ** 11 + 3;
      const data = new Int32Array(many * BLOCK).fill(2 ** 17 - 1);
      k.scoped(() => {
        const w = k.fromBigints(new Array<bigint>(many).fill(-1n));
        const dst = k.zeros(BLOCK);
        columnSums(k, dst, data, w, BLOCK);
        assert.equal(k.get(dst, 17), mod(-BigInt(many * (2 ** 17 - 1))));
      });
    });

    it('end where the entries end', () => {
      const data = numbers32(300, 17);
      k.scoped(() => {
        const dst = k.zeros(200);
        columnSums(k, dst, data, k.fromBigints([3n, 5n]), 200);
        assert.equal(k.get(dst, 50), mod(3n * BigInt(data[50]) + 5n * BigInt(data[250])));
        assert.equal(k.get(dst, 150), mod(3n * BigInt(data[150])));
      });
    });
  });

describe('an oracle', () => {
  it('keeps integers of one size, refuses others, and counts its chunks', async () => {
    const k = await Kernels.load();
    const oracle = new Oracle(
      layout([
        { name: 'a', log2: 2 },
        { name: 'b', log2: 18 },
      ]),
    );
    assert.deepEqual([oracle.chunks, oracle.used, oracle.length], [2, CHUNK_SIZE + 4, CHUNK_SIZE + BLOCK]);
    assert.throws(() => oracle.entries, /empty/);
    assert.throws(() => oracle.put('a', new Int32Array(5)), /5 entries, its slot 4/);
    oracle.put('a', Int32Array.of(1, -2, 3, -4));
    assert.throws(() => oracle.put('b', new BigInt64Array(CHUNK_SIZE)), /another kind/);
    assert.throws(() => oracle.field(k, 'b'), /among integers/);
    assert.deepEqual(k.toBigints(oracle.chunk(k, 1)), [1n, mod(-2n), 3n, mod(-4n)]);
    assert.equal(oracle.chunk(k, 0).len, CHUNK_SIZE);
    assert.deepEqual(k.toBigints(oracle.values(k, 'a')), [1n, mod(-2n), 3n, mod(-4n)]);
    assert.equal(new Oracle({ slots: {}, used: 0 }).chunks, 0);
  });
});

describe('reduction', () => {
  let k: Kernels;
  before(async () => {
    k = await Kernels.load({ threads: 2 });
  });
  after(() => k.close());

  interface Made {
    oracle: Oracle;
    values: bigint[];
  }

  /** An oracle with slots s0, s1, .. of random entries, and all its entries. */
  function make(kind: 'field' | 32 | 64, log2s: readonly number[]): Made {
    const oracle = new Oracle(layout(log2s.map((log2, i) => ({ name: `s${i}`, log2 }))));
    const values = new Array<bigint>(oracle.used);
    log2s.forEach((log2, i) => {
      const n = 2 ** log2;
      const own = kind === 'field' ? random(n) : kind === 32 ? numbers32(n, 20) : numbers64(n, 48);
      if (kind === 'field') k.put(oracle.field(k, `s${i}`), k.fromBigints(own as bigint[]));
      else oracle.put(`s${i}`, own as Int32Array | BigInt64Array);
      own.forEach((v, j) => {
        values[oracle.slots[`s${i}`].offset + j] = mod(BigInt(v));
      });
    });
    return { oracle, values };
  }

  /** Two claims on every slot: at points that share coordinates, and at one of its own. */
  function claimsOn(made: readonly Made[]): { claims: Claims; weights: bigint[][]; total: bigint } {
    const terms: ClaimTerm[] = [];
    const shared = random(ADDRESS_BITS);
    made.forEach(({ oracle }, o) => {
      for (const { offset, log2 } of Object.values(oracle.slots))
        for (const point of [shared.slice(0, log2), random(log2)])
          terms.push({ oracle: o as ClaimTerm['oracle'], offset, point, coefficient: randomElement() });
      // the same with tables between the first and the last variables: below a block, across its end, behind it
      for (const { offset, log2 } of Object.values(oracle.slots))
        for (const [at, ...tables] of [
          [Math.min(2, log2), Math.max(0, log2 - 4), 1],
          [0, log2],
          [Math.min(8, log2), log2 - Math.min(8, log2)],
          [Math.max(0, log2 - 2), 1],
        ]) {
          const bits = tables.filter((_, i) => at + tables.slice(0, i + 1).reduce((sum, own) => sum + own, 0) <= log2);
          const point = [...shared.slice(0, at), ...random(log2 - at - bits.reduce((sum, own) => sum + own, 0))];
          const weights = bits.map((count) => random(2 ** count));
          const term = { oracle: o as ClaimTerm['oracle'], offset, point, coefficient: randomElement() };
          terms.push({ ...term, tables: { at, weights } });
        }
    });
    const rho = randomElement();
    const claims = new Claims(rho, terms.length);
    const weights = made.map(({ oracle }) => new Array<bigint>(oracle.used).fill(0n));
    let power = 1n;
    terms.forEach((term, n) => {
      const table = weightsOf(term);
      table.forEach((e, i) => {
        const at = term.offset + i;
        weights[term.oracle][at] = mod(weights[term.oracle][at] + power * term.coefficient! * e);
      });
      const { values } = made[term.oracle];
      const value = mod(table.reduce((sum, e, i) => sum + e * values[term.offset + i], 0n) * term.coefficient!);
      claims.add(n as Parameters<Claims['add']>[0], value, [term]);
      power = mod(power * rho);
    });
    return { claims, weights, total: claims.total };
  }

  const shapes: [string, ['field' | 32 | 64, number[]][]][] = [
    ['one entry', [[32, [0]]]],
    [
      'oracles below a block',
      [
        [32, [3, 1, 1]],
        ['field', [2]],
        [64, [5, 0]],
      ],
    ],
    [
      'small slots behind large ones, blocks that are not full',
      [
        [32, [9, 10, 7, 7, 3, 8]],
        ['field', [10, 4]],
        [64, [6, 9, 2]],
      ],
    ],
    [
      'many small slots in several blocks',
      [
        [32, [...new Array<number>(11).fill(7), 1]],
        ['field', [11, 11, 11]],
      ],
    ],
  ];
  for (const [name, kinds] of shapes)
    it(`brings all claims to one point: ${name}`, () => {
      const mark = k.mark();
      const made = kinds.map(([kind, log2s]) => make(kind, log2s));
      const { claims, weights, total } = claimsOn(made);
      const backend = { kernels: k } as unknown as Backend;
      const session = new Session(backend, 5n, () => 0n);
      const absent = new Oracle({ slots: {}, used: 0 });
      const { messages, y, eta } = reduceClaims(session, [...made.map((m) => m.oracle), absent], claims);
      assert.equal(messages.reduce.length, ADDRESS_BITS);
      assert.equal(eta, session.transcript.state);
      const replay = new Session(backend, 5n, () => 0n);
      let claim = total;
      messages.reduce.forEach(([c0, c2], i) => {
        const r = replay.absorb([c0, c2]);
        assert.equal(r, y[ADDRESS_BITS - 1 - i]);
        claim = evaluatePolynomial([c0, mod(claim - 2n * c0 - c2), c2], r);
      });
      // whole vectors at the whole point, zero-extended
      const at = (values: readonly bigint[]) => mod(values.reduce((sum, v, i) => sum + v * eqAt(y, i), 0n));
      const u = made.map(({ values }) => at(values));
      assert.deepEqual(messages.u, [...u, 0n]);
      assert.equal(claim, mod(u.reduce((sum, value, o) => sum + value * at(weights[o]), 0n)));
      k.release(mark);
    });

  it('opens an oracle of which nothing is claimed', () => {
    const mark = k.mark();
    const { oracle, values } = make(32, [9, 3]);
    const session = new Session({ kernels: k } as unknown as Backend, 5n, () => 0n);
    const { messages, y } = reduceClaims(session, [oracle], new Claims(1n, 0));
    assert.ok(messages.reduce.flat().every((c) => c === 0n));
    assert.deepEqual(messages.u, [mod(values.reduce((sum, v, i) => sum + v * eqAt(y, i), 0n))]);
    k.release(mark);
  });
});
