import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { SRS_JSON } from '../../scripts/setup/paths.ts';
import { loadSrs } from '../../scripts/setup/srs.ts';
import { Claims, type ClaimTerm } from '../../src/argument/claims.ts';
import { Curve } from '../../src/argument/curve.ts';
import { Kernels } from '../../src/argument/kernels.ts';
import { type OpeningResult, open } from '../../src/argument/opening.ts';
import { Oracle } from '../../src/argument/oracle.ts';
import { type Backend, commit, Session } from '../../src/argument/session.ts';
import type { Commitment } from '../../src/argument/types.ts';
import { layout } from '../../src/model/layout.ts';
import { chunkSalt } from '../../src/model/salt.ts';
import { CHUNK_SIZE } from '../../src/numbers/constants.ts';
import { mod, randomElement } from '../../src/numbers/field.ts';
import { blindHelper, blindTrace } from '../../src/programs/common.ts';
import { parseSrs } from '../../src/registry/opening.ts';
import { openingHolds } from '../../src/registry/pairing.ts';
import { hashWords } from '../../src/registry/statement.ts';

const srs = parseSrs(JSON.parse(readFileSync(SRS_JSON, 'utf8')));
const random = (n: number) => Array.from({ length: n }, randomElement);

/** One slot that fills a chunk and one of four entries behind it; all entries are 0 but a few. */
const TWO_CHUNKS = layout([
  { name: 'large', log2: 18 },
  { name: 'small', log2: 2 },
]);

describe('opening of vectors of several chunks', () => {
  let backend: Backend;
  let commitments: Commitment[];
  let opened: OpeningResult;
  let values: bigint[];

  before(async () => {
    backend = {
      kernels: await Kernels.load({ threads: 2 }),
      curve: await Curve.load({ threads: 2 }),
      srs: await loadSrs(),
    };
    const k = backend.kernels;
    const weights = new BigInt64Array(CHUNK_SIZE);
    weights[7] = -(2n ** 40n);
    weights[CHUNK_SIZE - 1] = 5n;
    const model = new Oracle(TWO_CHUNKS);
    model.put('large', weights);
    model.put('small', BigInt64Array.of(1n, 2n, -3n, 4n));
    model.tails.forEach((tail, chunk) => void tail.push({ at: 0, value: chunkSalt(99n, chunk) }));
    const trace = new Oracle(layout([{ name: 't', log2: 3 }]));
    trace.put('t', Int32Array.of(1, -2, 3, 0, 0, 6, 7, 65535));
    blindTrace(trace);
    const helper = new Oracle(TWO_CHUNKS);
    k.set(helper.field(k, 'large'), 3, randomElement());
    k.set(helper.field(k, 'small'), 1, randomElement());
    blindHelper(helper);
    const oracles = [model, trace, helper];

    const session = new Session(backend, 1n, hashWords);
    commitments = [];
    for (const oracle of oracles) commitments.push(await commit(backend, oracle));
    session.send(...commitments[1]);
    session.send(...commitments[2]);
    const terms = oracles.flatMap(({ slots }, oracle) =>
      Object.values(slots).map(({ offset, log2 }) => ({
        oracle: oracle as ClaimTerm['oracle'],
        offset,
        point: random(log2),
      })),
    );
    const claims = new Claims(randomElement(), terms.length);
    values = terms.map(({ oracle, offset, point }, n) => {
      const name = Object.keys(oracles[oracle].slots).find((slot) => oracles[oracle].slots[slot].offset === offset)!;
      const value = k.scoped(() => k.evaluate(oracles[oracle].values(k, name), point));
      claims.add(n as Parameters<Claims['add']>[0], value, [{ oracle, offset, point }]);
      return value;
    });
    opened = await open(session, oracles, claims);
  });
  after(async () => {
    await backend.kernels.close();
    await backend.curve.close();
  });

  const holds = (change: (own: { commitments: Commitment[]; opened: OpeningResult }) => void = () => {}) => {
    const own = structuredClone({ commitments, opened });
    change(own);
    const [model, trace, helper] = own.commitments;
    const points = { trace, helper, ...own.opened.points };
    return openingHolds(srs, [model], points, own.opened.challenges, randomElement(), false);
  };

  it('has a point for each chunk, and holds', () => {
    assert.deepEqual(
      commitments.map((points) => points.length),
      [2, 1, 2],
    );
    assert.ok(values.some((value) => value !== 0n));
    assert.equal(holds(), true);
  });

  const changes: [string, Parameters<typeof holds>[0]][] = [
    ['chunks in another order', ({ commitments: [model] }) => void model.reverse()],
    ['a chunk that is left out', ({ commitments: [, , helper] }) => void helper.pop()],
    ['a chunk that is sent twice', ({ commitments: [, trace] }) => void trace.push(trace[0])],
    ...['rest', 'chunk coordinate'].map((what, t): [string, Parameters<typeof holds>[0]] => [
      `another ${what}`,
      ({ opened: { challenges } }) => {
        challenges.chunk[t] = mod(challenges.chunk[t] + 1n);
      },
    ]),
    ...(['eta', 'gamma', 'theta', 'gamma2', 'z', 'e2'] as const).map((name): [string, Parameters<typeof holds>[0]] => [
      `another ${name}`,
      ({ opened: { challenges } }) => {
        challenges[name] = mod(challenges[name] + 1n);
      },
    ]),
    ...(['rows', 'columns', 'quotient', 'quotient2', 'opening'] as const).map(
      (name): [string, Parameters<typeof holds>[0]] => [
        `another ${name}`,
        ({ opened: { points }, commitments: [, trace] }) => {
          points[name] = trace[0];
        },
      ],
    ),
  ];
  for (const [name, change] of changes)
    it(`does not hold with ${name}`, () => {
      assert.equal(holds(change), false);
    });
});
