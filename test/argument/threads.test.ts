import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { Kernels, type Vec } from '../../src/argument/kernels.ts';
import { poly, range, sumcheck } from '../../src/argument/sumcheck.ts';
import { mod, R, randomElement } from '../../src/numbers/field.ts';

/** Long enough to be cut into parts, and no multiple of three. */
const N = 2 ** 12;
/** So many that some begin while others are still on their way to sleep. */
const ROUNDS = 30_000;

describe('field kernels on several threads', () => {
  let one: Kernels;
  let three: Kernels;
  let plainThree: Kernels;
  before(async () => {
    [one, three, plainThree] = await Promise.all([
      Kernels.load({ lanes: false }),
      Kernels.load({ threads: 3 }),
      Kernels.load({ threads: 3, lanes: false }),
    ]);
  });
  after(() => Promise.all([three.close(), plainThree.close()]));

  const integers = Int32Array.from({ length: N }, (_, i) => ((i * 2654435761) % 2 ** 31) - 2 ** 30);
  const points = Array.from({ length: 12 }, randomElement);
  const [c, d] = [randomElement(), randomElement()];
  /** A vector of full-size elements, the same in both. */
  const full = (k: Kernels, n = N): Vec => k.view(k.eqTable(points, c), 0, n);

  const operations: Record<string, (k: Kernels) => Vec | bigint | bigint[] | Uint8Array> = {
    fromIntegers: (k) => k.fromIntegers(integers),
    'fromIntegers of 64 bits': (k) => k.fromIntegers(BigInt64Array.from(integers, (x) => BigInt(x) ** 2n)),
    gather: (k) => {
      const out = k.zeros(N);
      const indices = integers.map((x) => x & 1023);
      k.gather(out, full(k, 1024), indices);
      k.gather(out, full(k, 1024), indices.reverse(), true);
      return out;
    },
    mulTile: (k) => {
      const out = k.copy(full(k));
      k.mulTile(out, full(k, 256));
      return out;
    },
    canonicalBytes: (k) => k.canonicalBytes(full(k)),
    addScaled: (k) => {
      const out = k.fromIntegers(integers);
      k.addScaled(out, full(k), d);
      return out;
    },
    scale: (k) => k.scale(full(k), d),
    addTo: (k) => {
      const out = k.fromIntegers(integers);
      k.addTo(out, full(k));
      return out;
    },
    sub: (k) => k.sub(full(k), k.fromIntegers(integers)),
    mul: (k) => k.mul(full(k), k.fromIntegers(integers)),
    constMinus: (k) => k.constMinus(d, full(k)),
    addConst: (k) => k.addConst(full(k), d),
    sum: (k) => k.sum(full(k)),
    dot: (k) => k.dot(full(k), k.fromIntegers(integers)),
    contractLow: (k) => k.contractLow(full(k), full(k, 64)),
    contractHigh: (k) => k.contractHigh(full(k), full(k, 64)),
    eqTable: (k) => k.eqTable(points, d),
    addEq: (k) => {
      const out = k.fromIntegers(new Int32Array(2 * N).fill(3));
      k.addEq(k.view(out, N), points, d);
      return out;
    },
    evaluate: (k) => k.evaluate(k.fromIntegers(integers), points),
    fold: (k) => k.fold(k.copy(full(k)), d),
    'exclusiveSums from the start': (k) => {
      const out = k.copy(full(k));
      k.exclusiveSums(out, 32, 'start');
      return out;
    },
    'exclusiveSums from the end': (k) => {
      const out = k.copy(full(k));
      k.exclusiveSums(out, 32, 'end');
      return out;
    },
    repeatEach: (k) => k.repeatEach(full(k), 8),
    divide: (k) => {
      const out = k.copy(full(k));
      k.divide(out, 64, d);
      return out;
    },
    'roundProduct of five': (k) => {
      const factors = [full(k), k.fromIntegers(integers), k.scale(full(k), d), full(k, 32), full(k)];
      return k.roundProduct(factors, N / 2);
    },
    roundLookup: (k) => {
      const v = full(k);
      return k.roundLookup([v, k.scale(v, d), k.addConst(v, 1n), k.fromIntegers(integers), v], N / 2);
    },
  };
  for (const [name, operation] of Object.entries(operations)) {
    it(`give what one thread gives: ${name}`, () => {
      const plain = (k: Kernels) =>
        k.scoped(() => {
          const result = operation(k);
          return typeof result === 'object' && 'ptr' in result ? k.toBigints(result) : result;
        });
      assert.deepEqual(plain(three), plain(one));
      assert.deepEqual(plain(plainThree), plain(one));
    });
  }

  it('prove the same sumcheck', () => {
    const run = (k: Kernels) =>
      k.scoped(() => {
        const [a, b] = [k.copy(full(k)), k.fromIntegers(integers)];
        const claim = k.dot(a, b);
        let absorbed = 1n;
        const positions = range(0, 12);
        const terms = [{ coefficient: 1n, factors: [poly(a, positions), poly(b, positions)] }];
        const absorb = (message: bigint[]) => {
          absorbed = message.reduce((sum, m) => mod(sum * 31n + m), absorbed);
          return absorbed;
        };
        return sumcheck(k, [{ weight: 1n, claim, positions, terms }], 12, 2, absorb);
      });
    assert.deepEqual(run(three), run(one));
    assert.deepEqual(run(plainThree), run(one));
  });

  it('report a failure of any thread, and go on', async () => {
    const small = await Kernels.load({ threads: 2 });
    // the second part reads beyond the memory
    assert.throws(() => small.sum({ ptr: 2 ** 17 - 64, len: N }), WebAssembly.RuntimeError);
    assert.equal(small.sum(small.fromBigints([R - 1n, 5n])), 4n);
    assert.equal(small.sum(small.fromIntegers(new Int32Array(3 * N).fill(2))), 6n * BigInt(N));
    await small.close();
  });

  // Others may have done a round and sleep when its notification comes. In a process of its own, since what fails here waits for ever.
  it('make each call once, however late their notification', () => {
    const kernels = new URL('../../src/argument/kernels.ts', import.meta.url);
    const script = `
      const { Kernels } = await import('${kernels}');
      const k = await Kernels.load({ threads: 3 });
      const { notify } = Atomics;
      Atomics.notify = (...args) => {
        for (const until = performance.now() + 0.1; performance.now() < until; );
        return notify(...args);
      };
      const one = k.fromIntegers(new Int32Array(${N}).fill(1));
      const sum = k.fromIntegers(new Int32Array(${N}));
      for (let i = 0; i < ${ROUNDS}; i++) k.addTo(sum, one);
      console.log(String(k.sum(sum)));
      await k.close();`;
    const options = { encoding: 'utf8', timeout: 60_000 } as const;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], options);
    assert.equal(said.trim(), `${ROUNDS * N}`);
  });
});
