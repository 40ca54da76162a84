import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { Kernels } from '../../src/argument/kernels.ts';
import {
  finalValue,
  type Instance,
  interpolate,
  type Poly,
  poly,
  range,
  sumcheck,
  type Term,
} from '../../src/argument/sumcheck.ts';
import { Transcript } from '../../src/argument/transcript.ts';
import { evaluatePolynomial, mod, randomElement } from '../../src/numbers/field.ts';

const random = (n: number) => Array.from({ length: n }, randomElement);

/** The verifier's side: follows the claim through the messages. */
function verify(claim: bigint, messages: readonly bigint[][], start: bigint): { point: bigint[]; claim: bigint } {
  const t = new Transcript(start);
  const point: bigint[] = [];
  let c = claim;
  for (const [c0, ...higher] of messages) {
    const c1 = mod(c - 2n * c0 - higher.reduce((s, v) => s + v, 0n));
    const r = t.absorb([c0, ...higher]);
    point.unshift(r);
    c = evaluatePolynomial([c0, c1, ...higher], r);
  }
  return { point, claim: c };
}

describe('batched sumcheck', () => {
  let k: Kernels;
  before(async () => {
    k = await Kernels.load();
  });

  interface Case {
    instances: Instance[];
    claim: bigint;
    /** what the instances' terms are worth at the point, with zero-extension */
    final: (point: readonly bigint[]) => bigint;
  }

  /** Instances of different sizes, dormant variables below, between and above, shared and row-only factors. */
  function example(rounds: number): Case {
    const at: number[][] = [range(0, 2), [0, 1, 4, 5], [4], [], range(0, rounds)];
    const rowOnly = poly(k.fromBigints(random(4)), [0, 1]);
    const instances: Instance[] = at.map((positions, i) => {
      const p = () => poly(k.fromBigints(random(2 ** positions.length)), positions);
      const [a, b, c] = [p(), p(), p()];
      const terms: Term[] = [
        { coefficient: 3n, factors: [a, b, c] },
        { coefficient: -5n, factors: i === 1 ? [rowOnly, a, a] : [a] },
      ];
      const claim = sumOf(terms, positions);
      return { weight: randomElement(), claim, positions, terms, dormantDegree: 1 };
    });
    const claim = mod(instances.reduce((s, I) => s + I.weight * I.claim, 0n));
    return {
      instances,
      claim,
      final: (point) =>
        mod(
          instances.reduce((s, I) => {
            const value = I.terms.reduce(
              (v, t) => v + t.factors.reduce((x, p) => mod(x * finalValue(k, p)), t.coefficient),
              0n,
            );
            const dormant = range(0, rounds).filter((t) => !I.positions.includes(t));
            return s + dormant.reduce((v, t) => mod(v * (1n - point[t])), mod(I.weight * value));
          }, 0n),
        ),
    };
  }

  /** Sum over the cube, entry by entry. */
  function sumOf(terms: readonly Term[], positions: readonly number[]): bigint {
    const at = (p: Poly, x: number) => k.get(p.vec, x & (2 ** p.positions.length - 1));
    let s = 0n;
    for (const t of terms)
      for (let x = 0; x < 2 ** positions.length; x++)
        s += t.factors.reduce((v, p) => mod(v * at(p, x)), mod(t.coefficient));
    return mod(s);
  }

  it('convinces a verifier, who needs only the values at the point', () => {
    const { instances, claim, final } = example(6);
    const { point, messages } = sumcheck(k, instances, 6, 3, (m) => transcript.absorb(m));
    const seen = verify(claim, messages, 7n);
    assert.deepEqual(seen.point, point);
    assert.equal(seen.claim, final(point));
  });
  const transcript = new Transcript(7n);

  it('does not convince with another claim or a changed message', () => {
    const { instances, claim, final } = example(6);
    const t = new Transcript(8n);
    const { messages, point } = sumcheck(k, instances, 6, 3, (m) => t.absorb(m));
    const expected = final(point);
    assert.notEqual(verify(mod(claim + 1n), messages, 8n).claim, expected);
    for (let i = 0; i < messages.length; i++)
      for (let j = 0; j < messages[i].length; j++) {
        const changed = messages.map((m) => m.slice());
        changed[i][j] = mod(changed[i][j] + 1n);
        assert.notEqual(verify(claim, changed, 8n).claim, expected, `message ${i}.${j}`);
      }
  });

  it('refuses to prove a false claim', () => {
    const { instances } = example(6);
    instances[0].claim = mod(instances[0].claim + 1n);
    assert.throws(() => sumcheck(k, instances, 6, 3, () => 5n), /instance 0 does not sum/);
  });

  it('extends by (1 - X)^2 where both factors are extended', () => {
    const f = poly(k.fromBigints(random(4)), [0, 1]);
    const e = poly(k.fromBigints(random(4)), [0, 1]);
    const terms: Term[] = [{ coefficient: 1n, factors: [f, e] }];
    const claim = sumOf(terms, [0, 1]);
    const t = new Transcript(9n);
    const { messages, point } = sumcheck(
      k,
      [{ weight: 1n, claim, positions: [0, 1], terms, dormantDegree: 2 }],
      5,
      2,
      (m) => t.absorb(m),
    );
    const zero = point.slice(2).reduce((v, x) => mod(v * (1n - x)), 1n);
    assert.equal(verify(claim, messages, 9n).claim, mod(finalValue(k, f) * finalValue(k, e) * zero * zero));
  });

  it('binds places first with factors of places alone, and sends the same', () => {
    // places stand above rows; sum over places p and rows s of a(p) b(p) e(s) f(p, s), and of f alone with weights of rows
    const at = [0, 1, 4, 5, 7];
    const rows = [0, 1];
    const [a, b, e, f] = [random(8), random(8), random(4), random(32)];
    const over = (v: readonly bigint[], count: number) => k.fromBigints(v.slice(0, count));
    const run = (isStaged: boolean) => {
      const places = [4, 5, 7];
      const whole = poly(over(f, 32), at);
      const t = new Transcript(11n);
      const both = poly(k.fromBigints(range(0, 32).map((x) => mod(a[x >> 2] * b[x >> 2] * e[x & 3] * f[x]))), at);
      const claim = k.sum(both.vec);
      const instance: Instance = { weight: 3n, claim, positions: at, terms: [] };
      const plain: Instance = {
        weight: 5n,
        claim: mod(f.reduce((sum, v, x) => sum + mod(e[x & 3] * v) * v, 0n)),
        positions: at,
        terms: [{ coefficient: 1n, factors: [poly(over(e, 4), rows), whole, whole] }],
      };
      if (isStaged) {
        const [aPoly, bPoly] = [poly(over(a, 8), places), poly(over(b, 8), places)];
        const sums = poly(k.contractLow(whole.vec, over(e, 4)), places);
        instance.terms = [{ coefficient: 1n, factors: [aPoly, bPoly, sums] }];
        instance.later = {
          open: 2,
          terms: () => {
            const coefficient = mod(finalValue(k, aPoly) * finalValue(k, bPoly));
            return [{ coefficient, factors: [poly(over(e, 4), rows), whole] }];
          },
        };
      } else {
        const wide = (v: readonly bigint[]) => poly(k.fromBigints(range(0, 32).map((x) => v[x >> 2])), at);
        instance.terms = [{ coefficient: 1n, factors: [poly(over(e, 4), rows), whole, wide(a), wide(b)] }];
      }
      const { messages } = sumcheck(k, [instance, plain], 9, 4, (m) => t.absorb(m));
      return { messages, value: finalValue(k, whole) };
    };
    assert.deepEqual(run(true), run(false));
  });

  it('takes the later terms at once where nothing else is unbound', () => {
    const values = random(4);
    const run = (later: boolean) => {
      const own = poly(k.fromBigints(values), [0, 1]);
      const terms = [{ coefficient: 2n, factors: [own] }];
      const instance: Instance = { weight: 1n, claim: mod(2n * k.sum(own.vec)), positions: [0, 1], terms };
      if (later) Object.assign(instance, { terms: [], later: { open: 2, terms: () => terms } });
      const t = new Transcript(12n);
      return sumcheck(k, [instance], 3, 2, (m) => t.absorb(m)).messages;
    };
    assert.deepEqual(run(true), run(false));
  });

  it('leaves a vector that is kept as it was, and sends the same', () => {
    const [values, weights] = [random(16), random(16)];
    const run = (keep: boolean) => {
      const [v, w] = [k.fromBigints(values), k.fromBigints(weights)];
      const positions = range(0, 4);
      const terms: Term[] = [{ coefficient: 1n, factors: [poly(v, positions, { keep }), poly(w, positions)] }];
      const t = new Transcript(10n);
      const claim = k.dot(v, w);
      const { messages } = sumcheck(k, [{ weight: 1n, claim, positions, terms }], 4, 2, (m) => t.absorb(m));
      return { messages, after: k.toBigints(v) };
    };
    assert.deepEqual(run(true).messages, run(false).messages);
    assert.deepEqual(run(true).after, values);
    assert.notDeepEqual(run(false).after, values);
  });

  it('interpolates through 0..d', () => {
    const coefficients = random(6);
    assert.deepEqual(interpolate(range(0, 6).map((x) => evaluatePolynomial(coefficients, BigInt(x)))), coefficients);
  });
});
