import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { mod, Random, range, zeros } from '../reference/algebra.ts';
import { Bench } from '../reference/bench.ts';

const random = new Random(21);
const elements = (n: number) => range(n).map(() => random.element());
const prefix = (k: number, n: number) => range(n).map((t) => (t < k ? 1n : 0n));
const product = (factors: readonly bigint[]) => factors.reduce((a, b) => mod(a * b), 1n);
const eq = (a: readonly bigint[], b: readonly bigint[]) => product(a.map((x, t) => mod(1n - x - b[t] + 2n * x * b[t])));

describe('select.circom', () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.of(
      'select',
      `include "lib/select.circom";
      template Bench() {
        signal input one; signal input a[5]; signal input b[5]; signal input address[26]; signal input mask5[5]; signal input mask14[14]; signal input mask12[12];
        signal output eq; signal output dormant; signal output less; signal output equal; signal output from14[12]; signal output from12[12];
        signal prefixes[6] <== EqPrefixes(5)(a, b);
        signal suffixes[6] <== DormantSuffixes(5)(a);
        signal picked <== AtSize(5)(prefixes, mask5);
        signal pickedDormant <== AtSize(5)(suffixes, mask5);
        eq <== one * picked;
        dormant <== one * pickedDormant;
        (less, equal) <== Order(5)(a, b);
        signal high14[12] <== FromSize(26, 14, 12)(address, mask14);
        signal high12[12] <== FromSize(26, 12, 12)(address, mask12);
        for (var t = 0; t < 12; t++) { from14[t] <== one * high14[t]; from12[t] <== one * high12[t]; }
      }`,
    );
  });
  const witness = (a: bigint[], b: bigint[], k: number) => {
    const address = elements(26);
    const inputs = {
      one: 1n,
      a,
      b,
      address,
      mask5: prefix(k % 6, 5),
      mask14: prefix(k, 14),
      mask12: prefix(Math.min(k, 12), 12),
    };
    const values = bench.witness(inputs);
    assert.ok(bench.accepts(values));
    return { address, values };
  };

  it('picks eq and the dormant factor of every size', () => {
    for (const k of range(6)) {
      const [a, b] = [elements(5), elements(5)];
      const { values } = witness(a, b, k);
      assert.equal(bench.signal(values, 'eq'), eq(a.slice(0, k), b.slice(0, k)));
      assert.equal(bench.signal(values, 'dormant'), product(a.slice(k).map((x) => mod(1n - x))));
    }
  });

  it('shifts an address by every size', () => {
    for (const k of range(15)) {
      const { address, values } = witness(elements(5), elements(5), k);
      const from = (n: number) => [...address.slice(n), ...zeros(12)].slice(0, 12);
      assert.deepEqual(bench.array(values, 'from14', 12), from(k));
      assert.deepEqual(bench.array(values, 'from12', 12), from(Math.min(k, 12)));
    }
  });

  it('extends the order of numbers', () => {
    const bits = (n: number) => range(5).map((t) => BigInt((n >> t) & 1));
    for (const x of range(32))
      for (const y of [0, 1, 13, 30, 31, x]) {
        const { values } = witness(bits(x), bits(y), 0);
        assert.equal(bench.signal(values, 'less'), x < y ? 1n : 0n);
        assert.equal(bench.signal(values, 'equal'), x === y ? 1n : 0n);
      }
    const [a, b] = [elements(5), elements(5)];
    const less = range(5).map((t) => product([mod(1n - a[t]), b[t], eq(a.slice(t + 1), b.slice(t + 1))]));
    const { values } = witness(a, b, 0);
    assert.equal(bench.signal(values, 'less'), mod(less.reduce((x, y) => x + y)));
    assert.equal(bench.signal(values, 'equal'), eq(a, b));
  });

  it('refuses another coordinate than that of the size', () => {
    const address = elements(26);
    const inputs = {
      one: 1n,
      a: elements(5),
      b: elements(5),
      address,
      mask5: prefix(2, 5),
      mask14: prefix(9, 14),
      mask12: prefix(9, 12),
    };
    assert.ok(bench.accepts(bench.witness(inputs)));
    assert.ok(!bench.accepts(bench.forged(inputs, { 'from14[0]': address[8] })));
    assert.ok(!bench.accepts(bench.forged(inputs, { 'from12[11]': address[19] })));
  });
});
