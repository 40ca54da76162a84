import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Transcript } from '../../src/argument/transcript.ts';
import { SEED_MODULI } from '../../src/numbers/constants.ts';
import { seedOffset } from '../../src/training/seed.ts';
import { mod, ORDER, Random, range } from '../reference/algebra.ts';
import { bits } from '../reference/argument.ts';
import { Bench } from '../reference/bench.ts';
import { seedModulus } from '../reference/seed.ts';

const random = new Random(12);
const elements = (n: number) => range(n).map(() => random.element());

describe('seed.circom', () => {
  let bench: Bench;
  before(async () => {
    bench = await Bench.of(
      'seedOffset',
      `include "programs/seed.circom";
      template Bench() { signal input seed; signal output offset[4]; signal output moduli[13]; signal output top;
        offset[0] <== SeedOffset(1)(seed); offset[1] <== SeedOffset(2)(seed); offset[2] <== SeedOffset(3)(seed); offset[3] <== SeedOffset(4)(seed);
        for (var a = 0; a < 13; a++) moduli[a] <== SEED_MODULUS(a); top <== ORDER_TOP(); }`,
    );
  });

  it('has the moduli of src, which are prime and the largest', () => {
    const witness = bench.witness({ seed: 1n });
    const moduli = range(13).map((a) => bench.signal(witness, `moduli[${a}]`));
    assert.deepEqual(moduli, [...SEED_MODULI].slice(0, 13).map(BigInt));
    assert.deepEqual(moduli, range(13).map(seedModulus));
  });

  it('has the offsets of src', () => {
    for (const seed of [0n, 1n, ORDER - 1n, ...elements(5)]) {
      const witness = bench.witness({ seed });
      assert.ok(bench.accepts(witness));
      assert.deepEqual(
        bench.array(witness, 'offset', 4),
        range(4).map((l) => BigInt(seedOffset(seed, l + 1))),
      );
    }
  });

  it('refuses the bits of a digest plus the order', () => {
    // only digests below 2^254 - r have a second representation
    const [seed, digest] = range(1000)
      .map((i): [bigint, bigint] => [BigInt(i), new Transcript(BigInt(i)).absorb([1n])])
      .find(([, d]) => d + ORDER < 2n ** 254n)!;
    const honest = bench.witness({ seed });
    const names = bench.r1cs.names.flat().filter((n) => /^SeedOffset_\d+_\d+\.(bits|slack)\[0\]$/.test(n));
    const prefix = names
      .map((n) => n.replace(/\.\w+\[0\]$/, ''))
      .find((n) => range(254).every((t) => bench.signal(honest, `${n}.bits[${t}]`) === ((digest >> BigInt(t)) & 1n)))!;
    assert.ok(prefix);
    const forged = Object.fromEntries(bits(digest + ORDER, 254).map((b, t) => [`${prefix}.bits[${t}]`, b]));
    const slack = bits(mod((ORDER >> 190n) - 1n - ((digest + ORDER) >> 190n)), 64);
    const slackBits = Object.fromEntries(slack.map((b, t) => [`${prefix}.slack[${t}]`, b]));
    const low = Number((digest + ORDER) & (2n ** 21n - 1n));
    assert.notEqual(BigInt(low), digest & (2n ** 21n - 1n));
    assert.ok(bench.accepts(honest));
    assert.ok(!bench.accepts(bench.forged({ seed }, { ...forged, ...slackBits, 'offset[0]': BigInt(low) })));
  });

  it('knows the top of the order', () => {
    assert.equal(bench.signal(bench.witness({ seed: 1n }), 'top'), ORDER >> 190n);
  });
});
