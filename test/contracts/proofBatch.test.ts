import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import hre from 'hardhat';
import { type Address, type BaseError, ContractFunctionRevertedError } from 'viem';
import type { Proof, ProofPoints, ProofSignals } from '../../src/argument/types.ts';
import { mod, P, R } from '../../src/numbers/field.ts';
import { circuitSignals, digest, digestsOf, foldedValue, foldOf, publicSignals } from '../../src/registry/statement.ts';
import { abiOf, Contract, reverts, type TestChain, testChain } from './support/chain.ts';
import { type Maker, openScalars, proofAround, type Stated, simulatedGroth16, TEST_KEY } from './support/knownKey.ts';
import {
  commit,
  elements,
  g2PointOf,
  minus,
  type Opened,
  openOracles,
  pointOf,
  TEST_SRS,
  twistPointOutsideGroup,
} from './support/knownTau.ts';
import { acceptsOnChain, verdictOf } from './support/verdict.ts';
import {
  ALL_PROGRAMS,
  deployVerifiers,
  type Made,
  madeClaim,
  manyArguments,
  oneArguments,
  SIZES,
  WITH_TABLES,
} from './support/verifiersFixture.ts';

const TRAIN = 3;
const SCORE = 6;
/** A point of the curve that belongs to nothing here. */
const STRANGER = pointOf(123456789n);
const SINGLES = ['rows', 'columns', 'quotient', 'quotient2', 'opening'] as const;
const SCALARS = ['eta', 'gamma', 'theta', 'gamma2', 'z', 'e2'] as const;

describe('a batch of proofs', () => {
  let chain: TestChain;
  let verifiers: Contract;
  let caller: Contract;
  let maker: Maker;
  let genuine: Made;

  before(async () => {
    chain = await testChain();
    verifiers = await deployVerifiers(chain);
    caller = new Contract(chain, await chain.deploy('ProofCaller', [verifiers.address]), await abiOf('ProofCaller'));
    maker = makerOf(TRAIN);
    genuine = realPolynomials([[1], [1], [1]], 20n);
  });

  /** Statements are made to an account here, which calls the verifiers as any contract could. */
  const makerOf = (program: number, registry: Address = chain.accounts[2]): Maker => ({
    chainId: 31337n,
    registry,
    trainer: chain.accounts[1],
    program,
  });

  /** A claim of train whose oracles are polynomials. @param shape [oracle] the chunk counts */
  function realPolynomials(shape: number[][], seed: bigint, sizes = {}): Made {
    const polynomials = shape.map(([count], o) =>
      Array.from({ length: count }, (_, h) =>
        elements(seed + BigInt(1000 * (o + 1) + h), h === 0 ? 2500 - 400 * o : 60),
      ),
    );
    const opened = openOracles(polynomials, seed, { ...sizes, tables: true });
    const stated: Stated = {
      parameters: elements(seed + 1n, 2),
      extra: elements(seed + 2n, 1),
      oracles: polynomials.map((chunks) => chunks.map(commit)),
    };
    return { maker, stated, opened, proof: proofAround(maker, stated, opened, { seed: seed + 3n }) };
  }

  /** A changed opening or statement, with a Groth16 proof that holds for it: only the opening can tell. */
  function proved({ maker: by, stated }: Pick<Made, 'maker' | 'stated'>, opened: Opened): Made {
    return { maker: by, stated, opened, proof: proofAround(by, stated, opened, { seed: 5n }) };
  }

  const withPoints = ({ opened }: Made, points: Partial<ProofPoints>): Opened => ({
    ...opened,
    points: { ...opened.points, ...points },
  });
  const withSignals = ({ opened }: Made, signals: Partial<ProofSignals>): Opened => ({
    ...opened,
    signals: { ...opened.signals, ...signals },
  });

  const onChain = (made: readonly Made[], by: Address = chain.accounts[2]) => acceptsOnChain(verifiers, made, by);
  const verdict = (...made: readonly Made[]) => verdictOf(verifiers, made, chain.accounts[2]);

  it('accepts a genuine proof of three polynomials with trace and helper', async () => {
    assert.equal(await verdict(genuine), true);
  });

  it('accepts vectors of several chunks, each with its own number of them', async () => {
    for (const [shape, sizes] of [
      [[[2], [2], [1]], { trace: 3, helper: 5 }],
      [[[1], [1], [4]], { trace: 1, helper: 2 }],
      [[[3], [3], [8]], { trace: 9, helper: 16 }],
    ] as const) {
      assert.equal(
        await verdict(
          realPolynomials(
            shape.map((c) => [...c]),
            40n,
            sizes,
          ),
        ),
        true,
      );
    }
  });

  it('accepts 256 chunks, the most a vector has, and 255 of a vector of the statement', async () => {
    assert.equal(await onChain([madeClaim(maker, 700n, { trace: 256, helper: 256 })]), true);
    const scalars = [elements(701n, 1), elements(702n, 1), elements(703n, 255)];
    assert.equal(await onChain([madeClaim(maker, 704n, { scalars })]), true);
  });

  for (const program of ALL_PROGRAMS) {
    it(`accepts a proof of program ${program} and none of another program's`, async () => {
      const made = madeClaim(makerOf(program), 900n + BigInt(program));
      assert.equal(await verdict(made), true);
      const other = { ...made, maker: makerOf((program % ALL_PROGRAMS.length) + 1) };
      await assert.rejects(verifiers.read('verify', oneArguments(other), chain.accounts[2]));
    });
  }

  it('accepts merges with absent parents, wherever they are, and only for their places', async () => {
    for (const [by, present] of [5, 10].flatMap((merge) =>
      [[0, 1], [0, 2, 7], [3], []].map((list) => [makerOf(merge), list] as const),
    )) {
      const scalars = Array.from({ length: 9 }, (_, o) =>
        o === 0 || present.includes(o - 1) ? elements(BigInt(600 + o), 2) : [],
      );
      const made = madeClaim(by, 650n, { scalars });
      assert.equal(await verdict(made), true);
      if (present.length !== 2) continue;
      const { oracles } = made.stated;
      const moved = {
        ...made,
        stated: { ...made.stated, oracles: [oracles[0], oracles[1], [], oracles[2], ...oracles.slice(4)] },
      };
      assert.equal(await verdict(moved), false);
    }
  });

  describe('of which the opening alone is wrong', () => {
    for (const name of SINGLES) {
      it(`is rejected when ${name} is another point or negated`, async () => {
        const { x, y } = genuine.opened.points[name];
        for (const point of [STRANGER, { x, y: P - y }]) {
          assert.equal(await verdict(proved(genuine, withPoints(genuine, { [name]: point }))), false);
        }
      });
    }

    for (const name of ['trace', 'helper'] as const) {
      it(`is rejected when a chunk of ${name} is another, missing, repeated, one more or swapped`, async () => {
        const made = realPolynomials([[1], [1], [1]], 60n, { trace: 3, helper: 3 });
        const [first, second, third] = made.opened.points[name];
        for (const points of [
          [STRANGER, second, third],
          [first, STRANGER, third],
          [first, second],
          [second, third],
          [first, first, third],
          [first, second, second],
          [first, second, third, third],
          [first, second, third, STRANGER],
          [second, first, third],
        ]) {
          assert.equal(await verdict(proved(made, withPoints(made, { [name]: points }))), false);
        }
      });
    }

    it('is rejected when trace and helper are swapped', async () => {
      const { trace, helper } = genuine.opened.points;
      assert.equal(await verdict(proved(genuine, withPoints(genuine, { trace: helper, helper: trace }))), false);
    });

    for (const name of SCALARS) {
      it(`is rejected when ${name} is greater by one`, async () => {
        const value = mod(genuine.opened.signals[name] + 1n);
        assert.equal(await verdict(proved(genuine, withSignals(genuine, { [name]: value }))), false);
      });
    }

    for (let t = 0; t < 4; t++) {
      it(`is rejected when ${t === 0 ? 'rest' : `coordinate ${t - 1} of the chunk`} is greater by one`, async () => {
        const made = realPolynomials([[1], [1], [1]], 70n, { trace: 8, helper: 2 });
        const { chunk } = made.opened.signals;
        const other = chunk.with(t, mod(chunk[t] + 1n));
        assert.equal(await verdict(proved(made, withSignals(made, { chunk: other }))), false);
      });
    }

    it('is rejected when a commitment is another, or two are swapped', async () => {
      const { oracles } = genuine.stated;
      const [a, b, c] = oracles;
      for (const other of [
        [[STRANGER], b, c],
        [a, [STRANGER], c],
        [a, b, [STRANGER]],
        [b, a, c],
        [a, c, b],
      ]) {
        const stated = { ...genuine.stated, oracles: other };
        assert.equal(await verdict(proved({ maker, stated }, genuine.opened)), false);
      }
    });

    it('is rejected when a chunk of a commitment is missing, repeated, one more or swapped', async () => {
      const made = realPolynomials([[3], [3], [3]], 70n);
      const { oracles } = made.stated;
      for (const [o, [first, second, third]] of oracles.entries()) {
        for (const chunks of [
          [first, second],
          [second, third],
          [first, second, second],
          [first, second, third, third],
          [first, second, third, STRANGER],
          [second, first, third],
        ]) {
          const stated = { ...made.stated, oracles: oracles.with(o, chunks) };
          assert.equal(await verdict(proved({ maker, stated }, made.opened)), false);
        }
      }
    });

    it('is rejected when the same points are shared out to the oracles otherwise', async () => {
      const made = realPolynomials([[2], [2], [1]], 80n);
      const [p0, p1, p2, p3, p4] = made.stated.oracles.flat();
      const stated = { ...made.stated, oracles: [[p0], [p1, p2], [p3, p4]] };
      assert.equal(await verdict({ ...made, stated }), false);
    });

    it('is rejected when errors of two equations cancel under a weight of before', async () => {
      const { columns } = genuine.opened.points;
      const points = { columns: minus(columns, pointOf(R - 5n)) };
      const signals = withSignals(genuine, { e2: mod(genuine.opened.signals.e2 + 5n) }).signals;
      assert.equal(await verdict(proved(genuine, { ...withPoints(genuine, points), signals })), false);
    });
  });

  describe('which opens the tables', () => {
    /** A claim whose opening has, or lacks, the tables behind the helper, whatever its program. */
    function withTables(program: number, tables: boolean): Made {
      const by = makerOf(program);
      const { oracles } = SIZES[program];
      const scalars = Array.from({ length: oracles }, (_, o) => elements(BigInt(7_000 + o), 1));
      const { stated } = madeClaim(by, 7_100n, { scalars });
      const opened = openScalars(scalars, 7_200n, { trace: 3, helper: 2, tables });
      return { maker: by, stated, opened, proof: proofAround(by, stated, opened, { seed: 7_300n }) };
    }

    for (const program of ALL_PROGRAMS) {
      const wanted = WITH_TABLES.includes(program);
      it(`is accepted of program ${program} ${wanted ? 'with them alone' : 'only without them'}`, async () => {
        for (const tables of [true, false]) {
          assert.equal(await verdict(withTables(program, tables)), tables === wanted);
        }
      });
    }

    it('is rejected of train and score where the contract holds another commitment to them', async () => {
      const { x, y } = TEST_SRS.tables;
      for (const tables of [STRANGER, { x, y: P - y }, pointOf(1n)]) {
        const other = await deployVerifiers(chain, { srs: { ...TEST_SRS, tables } });
        assert.equal(await acceptsOnChain(other, [genuine], chain.accounts[2]), false);
        const two = [genuine, madeClaim(maker, 7_400n)];
        assert.equal(await acceptsOnChain(other, two, chain.accounts[2]), false);
        const score = madeClaim(makerOf(SCORE), 7_450n);
        assert.equal(await acceptsOnChain(other, [score], chain.accounts[2]), false);
        const merge = madeClaim(makerOf(5), 7_500n);
        assert.equal(await acceptsOnChain(other, [merge], chain.accounts[2]), true);
      }
    });

    it('is rejected among several where one lacks them', async () => {
      const lacking = withTables(TRAIN, false);
      assert.equal(await verdict(genuine, lacking), false);
      assert.equal(await verdict(lacking, genuine), false);
    });
  });

  describe('of which Groth16 alone is wrong', () => {
    const changed = (proof: Proof): Made => ({ ...genuine, proof });

    it('is rejected for any other digest', async () => {
      const { challenges } = genuine.proof;
      for (const digest of [0n, R - 1n, mod(challenges.digest + 1n)]) {
        assert.equal(await verdict(changed({ ...genuine.proof, challenges: { ...challenges, digest } })), false);
      }
    });

    it('is rejected for a fold that stood before c, and for a value at another fold', async () => {
      const { stated, opened, proof } = genuine;
      const { parameters, extra, oracles } = stated;
      const h0 = digest(maker, TRAIN, [...parameters, ...extra], oracles.flat());
      const signals = circuitSignals(opened.signals, 0, digestsOf(h0, opened.points), parameters);
      const c = proof.challenges.digest;
      const [, value, fold] = publicSignals(c, signals);
      const early = foldOf(0n, signals);
      const groth16For = (...inputs: bigint[]) =>
        changed({ ...proof, groth16: simulatedGroth16(TEST_KEY.secrets, inputs, 9n) });
      assert.equal(await verdict(groth16For(c, value, fold)), true);
      for (const [v, drawn] of [
        [foldedValue(signals, early), early],
        [foldedValue(signals, early), fold],
        [value, early],
        [0n, 0n],
      ]) {
        assert.equal(await verdict(groth16For(c, v, drawn)), false);
      }
    });

    it('is rejected for another parameter or extra word, or one more', async () => {
      const { parameters, extra } = genuine.stated;
      for (const stated of [
        { parameters: [mod(parameters[0] + 1n), parameters[1]] },
        { parameters: [parameters[0], mod(parameters[1] + 1n)] },
        { parameters: [parameters[1], parameters[0]] },
        { extra: [extra[0] + 1n] },
        { extra: [extra[0], 0n] },
        { extra: [] },
      ]) {
        assert.equal(await verdict({ ...genuine, stated: { ...genuine.stated, ...stated } }), false);
      }
    });

    it('is rejected for another prover, caller or chain', async () => {
      assert.equal(await onChain([{ ...genuine, maker: { ...maker, trainer: chain.accounts[3] } }]), false);
      assert.equal(await onChain([genuine], chain.accounts[3]), false);
      const abroad = proofAround({ ...maker, chainId: 1n }, genuine.stated, genuine.opened, { seed: 6n });
      assert.equal(await onChain([changed(abroad)]), false);
    });

    it('is rejected when A, B or C is another point or negated', async () => {
      const words = genuine.proof.groth16;
      const { x, y } = STRANGER;
      for (const other of [
        [x, y, ...words.slice(2)],
        [words[0], P - words[1], ...words.slice(2)],
        [...words.slice(0, 2), ...g2PointOf(99n), ...words.slice(6)],
        [...words.slice(0, 4), P - words[4], P - words[5], ...words.slice(6)],
        [...words.slice(0, 6), x, y],
        [...words.slice(0, 7), P - words[7]],
      ]) {
        assert.equal(await verdict(changed({ ...genuine.proof, groth16: other })), false);
      }
    });

    it('is rejected, without burning more than the limit, when B is off the curve, off the group or not canonical', async () => {
      const words = genuine.proof.groth16;
      for (const b of [[1n, 2n, 3n, 4n], twistPointOutsideGroup(), [words[2] + P, ...words.slice(3, 6)]]) {
        const made = changed({ ...genuine.proof, groth16: [...words.slice(0, 2), ...b, ...words.slice(6)] });
        assert.equal(await verdict(made), false);
        const { address, abi } = verifiers;
        const call = chain.read.simulateContract({
          address,
          abi,
          functionName: 'verify',
          args: oneArguments(made),
          account: chain.accounts[2],
          gas: 850_000n,
        });
        await reverts(call, 'ProofRejected', [3n]);
      }
    });
  });

  describe('of many', () => {
    let eight: Made[];

    before(() => {
      // A chain: the parent of each is the child of the one before, the shard is the same.
      const models = elements(3000n, 9);
      const shard = elements(3001n, 1);
      eight = Array.from({ length: 8 }, (_, n) =>
        madeClaim(maker, 4000n + 100n * BigInt(n), { scalars: [[models[n]], [models[n + 1]], shard] }),
      );
    });

    it('is accepted: chains, and proofs that share nothing', async () => {
      for (const count of [2, 3, 8]) assert.equal(await verdict(...eight.slice(0, count)), true);
      assert.equal(await verdict(genuine, eight[3], realPolynomials([[2], [3], [1]], 90n, { trace: 2 })), true);
    });

    it('is accepted when models of several chunks share some', async () => {
      const models = Array.from({ length: 4 }, (_, n) => elements(3100n + BigInt(n), 3));
      const shards = [elements(3200n, 2), elements(3201n, 1), elements(3200n, 2)];
      const made = shards.map((shard, n) =>
        madeClaim(maker, 5000n + 100n * BigInt(n), { scalars: [models[n], models[n + 1], shard] }),
      );
      assert.equal(await verdict(...made), true);
      const equal = elements(3300n, 1);
      const same = [1, 2, 3].map((n) => madeClaim(maker, 5500n + BigInt(100 * n), { scalars: [equal, equal, equal] }));
      assert.equal(await verdict(...same), true);
    });

    it('is rejected when one is bad, wherever it is', async () => {
      for (let n = 0; n < 8; n++) {
        const badGroth16 = eight[n].proof.groth16.with(6, STRANGER.x).with(7, STRANGER.y);
        const bad = { ...eight[n], proof: { ...eight[n].proof, groth16: badGroth16 } };
        assert.equal(await onChain(eight.with(n, bad)), false);
        const opening = proved(eight[n], withPoints(eight[n], { quotient2: STRANGER }));
        assert.equal(await onChain(eight.with(n, opening)), false);
      }
      assert.equal(await verdict(eight[0], proved(eight[1], withSignals(eight[1], { z: 1n }))), false);
    });

    it('is rejected when a statement names another parent than the child before', async () => {
      const [, child, shard] = eight[4].stated.oracles;
      const stated = { ...eight[4].stated, oracles: [[STRANGER], child, shard] };
      assert.equal(await verdict(eight[3], { ...eight[4], stated }), false);
      assert.equal(await verdict(eight[3], proved({ maker, stated }, eight[4].opened)), false);
    });

    it('is rejected when proofs stand in another order than their claims, or one stands for two', async () => {
      const [first, second] = eight;
      assert.equal(await verdict({ ...first, proof: second.proof }, { ...second, proof: first.proof }), false);
      assert.equal(await verdict(first, { ...second, proof: first.proof }), false);
      assert.equal(await verdict(second, first), true);
      assert.equal(await verdict(first, first), true);
    });

    it('is rejected when the errors of two proofs cancel each other', async () => {
      const shifted = (made: Made, by: bigint) => {
        const rows = minus(made.opened.points.rows, pointOf(by));
        return proved(made, withPoints(made, { rows }));
      };
      assert.equal(await verdict(shifted(eight[0], 7n), shifted(eight[1], R - 7n)), false);
    });
  });

  // What counts what is executed takes more.
  const skip = hre.globalOptions.coverage;

  describe('with too little gas', { skip }, () => {
    /** Calls with ever more gas: first refusals for want of it, then only acceptance. */
    async function sweep(functionName: 'verify' | 'verifyMany', args: readonly unknown[], most: bigint): Promise<void> {
      let accepted = 0;
      for (let limit = 5_000n; limit <= most; limit = (limit * 11n) / 10n) {
        const call = caller.read(functionName, [...args, limit], maker.trainer);
        const error = await call.then(
          () => undefined,
          (reason: BaseError) => reason,
        );
        if (!error) {
          accepted++;
          continue;
        }
        const revert = error.walk((e) => e instanceof ContractFunctionRevertedError);
        const name = (revert as ContractFunctionRevertedError | null)?.data?.errorName;
        // Without a name the gas did not even reach for the check.
        assert.ok(name === 'NotEnoughGas' || (name === undefined && limit < 50_000n), `${limit}: ${name}`);
        assert.equal(accepted, 0, `${limit}`);
      }
      assert.ok(accepted > 0);
    }

    it('is never called rejected, whatever the limit', async () => {
      const by = makerOf(TRAIN, caller.address);
      const [, ...one] = oneArguments(madeClaim(by, 8000n));
      await sweep('verify', one, 1_000_000n);
      const [, ...long] = oneArguments(madeClaim(by, 8100n, { trace: 128, helper: 60 }));
      await sweep('verify', long, 4_000_000n);
      const [, ...many] = manyArguments([1n, 2n, 3n].map((n) => madeClaim(by, 8200n + 100n * n)));
      await sweep('verifyMany', many, 2_000_000n);
    });
  });

  it('costs less than 450,000 gas for one, and 157,000 for each further of a chain', { skip }, async () => {
    const models = elements(3000n, 9);
    const shard = elements(3001n, 1);
    const by = makerOf(TRAIN, caller.address);
    const made = Array.from({ length: 8 }, (_, n) =>
      madeClaim(by, 4000n + 100n * BigInt(n), { scalars: [[models[n]], [models[n + 1]], shard] }),
    );
    const [, program, claim, proof] = oneArguments(made[0]);
    const [, one] = await caller.read('verify', [program, claim, proof, 0n], maker.trainer);
    const many = await Promise.all(
      [1, 2, 8].map(async (count) => {
        const [, , claims, proofs] = manyArguments(made.slice(0, count));
        return (await caller.read('verifyMany', [program, claims, proofs, 0n], maker.trainer))[1] as bigint;
      }),
    );
    const further = (many[2] - many[1]) / 6n;
    assert.ok(one < 450_000n, `${one}`);
    assert.ok(many[1] < 620_000n, `${many[1]}`);
    assert.ok(further < 157_000n, `${further}`);
  });
});
