import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import {
  type Address,
  concat,
  encodeFunctionData,
  type Hex,
  numberToHex,
  parseEventLogs,
  toHex,
  zeroAddress,
  zeroHash,
} from 'viem';
import type { Proof } from '../../src/argument/types.ts';
import { P, R } from '../../src/numbers/field.ts';
import { keyHash } from '../../src/registry/verificationKey.ts';
import { abiOf, type Contract, reverts, type TestChain, testChain } from './support/chain.ts';
import { claimArgument, knownKey, type Maker, TEST_KEY } from './support/knownKey.ts';
import { elements, pointOf, twistPointOutsideGroup } from './support/knownTau.ts';
import {
  CIRCUIT_HASH,
  DAY,
  DELAY,
  deployVerifiers,
  keyArgument,
  type Made,
  madeClaim,
  manyArguments,
  oneArguments,
} from './support/verifiersFixture.ts';

const TRAIN = 3n;
const MERGE = 5;
/** The first number that is no program's. */
const BEYOND = 17n;

let chain: TestChain;
let owner: Address;
let alice: Address;
let bob: Address;
let verifiers: Contract;
let maker: Maker;
let snapshot: unknown;

before(async () => {
  chain = await testChain();
  [owner, alice, bob] = chain.accounts;
  verifiers = await deployVerifiers(chain, { owner });
  maker = { chainId: 31337n, registry: bob, trainer: alice, program: 3 };
});
beforeEach(async () => {
  snapshot = await chain.request('evm_snapshot');
});
afterEach(async () => {
  await chain.request('evm_revert', snapshot);
});

const verify = (made: Pick<Made, 'maker' | 'stated' | 'proof'>): Promise<bigint> =>
  verifiers.read('verify', oneArguments(made), bob);
const pass = async (seconds: bigint) => {
  await chain.request('evm_increaseTime', toHex(seconds));
  await chain.mine(1);
};
const add = (seed: bigint, program = TRAIN) => verifiers.send('addKey', [program, keyArgument(knownKey(seed))], owner);
const eventsOf = (logs: Parameters<typeof parseEventLogs>[0]['logs']) =>
  parseEventLogs({ abi: verifiers.abi, logs }).map(({ eventName, args }) => ({ eventName, args }));

describe('keys of verifiers', () => {
  it('count once the delay has passed; the newest that counts checks new proofs', async () => {
    const second = knownKey(200n);
    const [old, fresh] = [madeClaim(maker, 1n), madeClaim(maker, 2n, { key: second })];
    const receipt = await verifiers.send('addKey', [TRAIN, keyArgument(second)], owner);
    const { timestamp } = await chain.read.getBlock({ blockNumber: receipt.blockNumber });
    const record = await verifiers.read('keyRecordOf', [TRAIN, 2n]);
    const countsFrom = timestamp + DELAY;
    assert.deepEqual(record, {
      pointer: record.pointer,
      countsFrom,
      keyHash: keyHash(second.key),
      circuitHash: CIRCUIT_HASH,
    });
    const { pointer, circuitHash } = record;
    const args = {
      program: TRAIN,
      version: 2n,
      pointer,
      countsFrom,
      keyHash: record.keyHash,
      circuitHash,
      development: false,
    };
    assert.deepEqual(eventsOf(receipt.logs), [{ eventName: 'KeyAdded', args }]);

    for (const [wait, version] of [
      [0n, 1n],
      [DELAY - 100n, 1n],
      [100n, 2n],
      [400n * DAY, 2n],
    ]) {
      await pass(wait);
      assert.equal(await verifiers.read('versionOf', [TRAIN]), version);
      assert.equal(await verifiers.read('versionsOf', [TRAIN]), 2n);
      assert.equal(await verify(version === 1n ? old : fresh), version);
      await reverts(verify(version === 1n ? fresh : old), 'ProofRejected', [TRAIN]);
    }
    assert.deepEqual(await verifiers.read('keyOf', [TRAIN, 1n]), TEST_KEY.words);
    assert.deepEqual(await verifiers.read('keyOf', [TRAIN, 2n]), second.words);
    assert.equal(await verifiers.read('versionOf', [1n]), 1n);
  });

  it('are the code of contracts that begin with a zero byte', async () => {
    const { pointer } = await verifiers.read('keyRecordOf', [TRAIN, 1n]);
    const code = concat(['0x00', ...TEST_KEY.words.map((word) => numberToHex(word, { size: 32 }))]);
    assert.equal(await chain.read.getCode({ address: pointer }), code);
    assert.equal((await chain.read.call({ to: pointer, data: '0x1234' })).data, undefined);
  });

  it('come one after the other: KeyPending until the last one counts', async () => {
    await add(200n);
    const { countsFrom } = await verifiers.read('keyRecordOf', [TRAIN, 2n]);
    await reverts(verifiers.simulate('addKey', [TRAIN, keyArgument(knownKey(201n))], owner), 'KeyPending', [
      TRAIN,
      countsFrom,
    ]);
    await add(201n, 1n);
    await pass(DELAY);
    await add(201n);
    assert.equal(await verifiers.read('versionOf', [TRAIN]), 2n);
    assert.equal(await verifiers.read('versionsOf', [TRAIN]), 3n);
  });

  it('start at 1 for each program, and there are none beyond', async () => {
    for (let program = 1n; program < BEYOND; program++) {
      assert.equal(await verifiers.read('versionOf', [program]), 1n);
      assert.equal(await verifiers.read('versionsOf', [program]), 1n);
    }
    const none = { pointer: zeroAddress, countsFrom: 0n, keyHash: zeroHash, circuitHash: zeroHash };
    for (const [program, version] of [
      [BEYOND, 1n],
      [0n, 1n],
      [1n, 0n],
      [1n, 2n],
    ]) {
      assert.deepEqual(await verifiers.read('keyRecordOf', [program, version]), none);
      assert.deepEqual(await verifiers.read('keyOf', [program, version]), new Array(18).fill(0n));
    }
    for (const program of [0n, BEYOND]) {
      assert.equal(await verifiers.read('versionOf', [program]), 0n);
      assert.equal(await verifiers.read('versionsOf', [program]), 0n);
    }
  });

  it('revert with TooManyVersions after 255', async () => {
    for (let version = 2; version <= 255; version++) {
      await verifiers.send('addKey', [TRAIN, keyArgument(TEST_KEY)], owner);
      await pass(DELAY);
    }
    assert.equal(await verifiers.read('versionOf', [TRAIN]), 255n);
    await reverts(verifiers.simulate('addKey', [TRAIN, keyArgument(TEST_KEY)], owner), 'TooManyVersions', [TRAIN]);
  });

  it('revert with UnknownProgram for other programs', async () => {
    for (const program of [0n, BEYOND]) {
      const call = verifiers.simulate('addKey', [program, keyArgument(TEST_KEY)], owner);
      await reverts(call, 'UnknownProgram', [program]);
    }
  });

  it('revert with UnusableKey where any point is infinity, off the curve or the group, or not canonical', async () => {
    const { words } = TEST_KEY;
    const replaced = (at: number, ...values: readonly bigint[]) => words.toSpliced(at, values.length, ...values);
    const bad = [0, 10, 12, 14, 16].flatMap((at) => [
      replaced(at, 0n, 0n),
      replaced(at, words[at] + 1n),
      replaced(at, words[at] + P),
    ]);
    for (const at of [2, 6]) {
      bad.push(replaced(at, 0n, 0n, 0n, 0n), replaced(at, 1n, 2n, 3n, 4n), replaced(at, ...twistPointOutsideGroup()));
      bad.push(replaced(at, words[at] + P), replaced(at, words[8 - at]));
    }
    bad.push(replaced(6, ...words.slice(2, 6)), replaced(6, ...words.slice(2, 4), P - words[4], P - words[5]));
    bad.push(new Array(18).fill(0n));
    for (const key of bad) {
      const call = verifiers.simulate('addKey', [TRAIN, { words: key, circuitHash: zeroHash }], owner);
      await reverts(call, 'UnusableKey', [TRAIN]);
    }
  });

  it('revert with UnusableKey where beta or delta is gamma or its negative: anyone could forge', async () => {
    for (const at of [2, 6]) {
      for (const factor of [1n, R - 1n]) {
        const key = knownKeyWithGamma(at, factor);
        await reverts(verifiers.simulate('addKey', [TRAIN, key], owner), 'UnusableKey', [TRAIN]);
      }
    }
  });

  it('are refused when they are cut short', async () => {
    const whole = encodeFunctionData({
      abi: verifiers.abi,
      functionName: 'addKey',
      args: [TRAIN, keyArgument(TEST_KEY)],
    });
    const send = (data: Hex) => chain.read.call({ to: verifiers.address, account: owner, data });
    await send(whole);
    for (const missing of [1, 32, 64, 19 * 32]) {
      await assert.rejects(send(whole.slice(0, -2 * missing) as Hex), /revert/);
    }
  });
});

/** @param at 2: beta, 6: delta */
function knownKeyWithGamma(at: number, factor: bigint) {
  const generator = [
    11559732032986387107991004021392285783925812861821192530917403151452391805634n,
    10857046999023057135944570762232829481370756359578518086990519993285655852781n,
    4082367875863433681332203403145435568316851327593401208105741076214120093531n,
    8495653923123431417604973247489272438418190587263600148770280649306958101930n,
  ];
  const y = factor === 1n ? generator.slice(2) : generator.slice(2).map((coordinate) => P - coordinate);
  return { words: TEST_KEY.words.toSpliced(at, 4, ...generator.slice(0, 2), ...y), circuitHash: zeroHash };
}

describe('ownership', () => {
  const one = '0x0000000000000000000000000000000000000001';
  const onlyOwner = [
    ['addKey', [TRAIN, keyArgument(TEST_KEY)]],
    ['transferOwnership', [one]],
    ['renounceOwnership', []],
  ] as const;

  it("is the deployment's owner's at first, and nobody else can use it", async () => {
    assert.equal(await verifiers.read('owner', []), owner);
    assert.equal(await verifiers.read('pendingOwner', []), zeroAddress);
    for (const [name, args] of onlyOwner) {
      await reverts(verifiers.simulate(name, args, alice), 'OwnableUnauthorizedAccount', [alice]);
    }
  });

  it('passes in two steps', async () => {
    await verifiers.send('transferOwnership', [bob], owner);
    assert.equal(await verifiers.read('owner', []), owner);
    assert.equal(await verifiers.read('pendingOwner', []), bob);
    await reverts(verifiers.simulate('acceptOwnership', [], alice), 'OwnableUnauthorizedAccount', [alice]);
    await verifiers.send('acceptOwnership', [], bob);
    assert.equal(await verifiers.read('owner', []), bob);
    await reverts(verifiers.simulate('renounceOwnership', [], owner), 'OwnableUnauthorizedAccount', [owner]);
  });

  it('is gone for good when given up, and proofs are checked as before', async () => {
    await verifiers.send('transferOwnership', [bob], owner);
    await verifiers.send('renounceOwnership', [], owner);
    assert.equal(await verifiers.read('owner', []), zeroAddress);
    await reverts(verifiers.simulate('acceptOwnership', [], bob), 'OwnableUnauthorizedAccount', [bob]);
    for (const [name, args] of onlyOwner) {
      await reverts(verifiers.simulate(name, args, owner), 'OwnableUnauthorizedAccount', [owner]);
    }
    assert.equal(await verify(madeClaim(maker, 1n)), 1n);
  });

  it('has no function beyond adding keys and handing itself on', async () => {
    const changing = (await abiOf('Verifiers')).flatMap((entry) =>
      entry.type === 'function' && entry.stateMutability === 'nonpayable' ? [entry.name] : [],
    );
    assert.deepEqual(changing.sort(), ['acceptOwnership', 'addKey', 'renounceOwnership', 'transferOwnership']);
  });
});

describe('verify', () => {
  let made: Made;
  before(() => {
    made = madeClaim(maker, 1n);
  });

  const stating = (claim: object): Promise<bigint> => {
    const [trainer, program, , proof] = oneArguments(made);
    return verifiers.read('verify', [trainer, program, { ...claimArgument(made.stated), ...claim }, proof], bob);
  };
  const proving = (proof: Partial<Proof>): Promise<bigint> => verify({ ...made, proof: { ...made.proof, ...proof } });

  it('reverts with UnknownProgram for a number that is none', async () => {
    const [trainer, , claim, proof] = oneArguments(made);
    for (const program of [0n, BEYOND, 2n ** 255n]) {
      await reverts(verifiers.read('verify', [trainer, program, claim, proof], bob), 'UnknownProgram', [program]);
    }
  });

  it('reverts with WrongProofCount for none, or not as many as claims', async () => {
    const [trainer, program, claims, proofs] = manyArguments([made, made]) as [Address, bigint, unknown[], unknown[]];
    for (const [c, p] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [2, 1],
      [1, 2],
    ]) {
      const args = [trainer, program, claims.slice(0, c), proofs.slice(0, p)];
      await reverts(verifiers.read('verifyMany', args, bob), 'WrongProofCount', [BigInt(c), BigInt(p)]);
    }
  });

  it('reverts with WrongParameterCount for another number of parameters, zeros too', async () => {
    const { parameters } = made.stated;
    for (const other of [[], parameters.slice(1), [...parameters, 0n]]) {
      await reverts(stating({ parameters: other }), 'WrongParameterCount', [TRAIN, BigInt(other.length)]);
    }
  });

  it('reverts with SignalNotInField for a parameter of r or more', async () => {
    const { parameters } = made.stated;
    for (const k of [0, 1]) {
      for (const bad of [R, parameters[k] + R, 2n ** 256n - 1n]) {
        await reverts(stating({ parameters: parameters.with(k, bad) }), 'SignalNotInField', [bad]);
      }
    }
  });

  it('reverts with SignalNotInField for any output of r or more, and for the digest', async () => {
    const { challenges } = made.proof;
    for (const name of ['eta', 'gamma', 'theta', 'gamma2', 'z', 'e2', 'digest'] as const) {
      for (const bad of [R, challenges[name] + R, 2n ** 256n - 1n]) {
        await reverts(proving({ challenges: { ...challenges, [name]: bad } }), 'SignalNotInField', [bad]);
      }
    }
    const long = madeClaim(maker, 2n, { trace: 256 });
    const words = long.proof.challenges;
    assert.equal(words.chunk.length, 9);
    for (let t = 0; t < 9; t++) {
      const bad = words.chunk[t] + R;
      const other = { ...words, chunk: words.chunk.with(t, bad) };
      await reverts(verify({ ...long, proof: { ...long.proof, challenges: other } }), 'SignalNotInField', [bad]);
    }
  });

  it('reverts with WrongChunkWords unless there are as many as the longest vector needs, wherever it is', async () => {
    const vectors: [bigint | number, Parameters<typeof madeClaim>[2], number][] = [
      [TRAIN, {}, 1],
      [TRAIN, { trace: 2 }, 2],
      [TRAIN, { helper: 3 }, 3],
      [TRAIN, { trace: 4, helper: 5 }, 4],
      [TRAIN, { trace: 256 }, 9],
      [TRAIN, { scalars: [elements(1n, 1), elements(2n, 1), elements(3n, 9)] }, 5],
      [MERGE, { scalars: Array.from({ length: 9 }, (_, o) => elements(BigInt(o), o === 8 ? 33 : 1)) }, 7],
    ];
    for (const [program, options, words] of vectors) {
      const long = madeClaim({ ...maker, program: Number(program) }, 4n, options);
      const { challenges } = long.proof;
      assert.equal(challenges.chunk.length, words);
      assert.equal(await verify(long), 1n);
      for (const chunk of [[], challenges.chunk.slice(1), [...challenges.chunk, 0n], [...challenges.chunk, 1n, 1n]]) {
        const other = { ...long, proof: { ...long.proof, challenges: { ...challenges, chunk } } };
        await reverts(verify(other), 'WrongChunkWords', [BigInt(chunk.length), BigInt(words)]);
      }
    }
  });

  it('reverts with MalformedCommitments unless the chunks are those of the points and every oracle has some', async () => {
    const [a, b, c] = made.stated.oracles.flat();
    for (const [commitments, chunks] of [
      [[a, b, c], 0n],
      [[], 0n],
      [[a, b], 0x010101n],
      [[a, b, c, a], 0x010101n],
      [[a, b, c], 0x000201n],
      [[a, b, c], 0x010200n],
      [[a, b, c], 0x020001n],
      [[a, b, c, a], 0x01010101n],
      [[a, b, c], (1n << 248n) | 0x010101n],
    ] as const) {
      const args = [BigInt(commitments.length), chunks];
      await reverts(stating({ commitments, chunks }), 'MalformedCommitments', args);
    }
  });

  it('lets a parent of a merge be absent, not its child', async () => {
    const by = { ...maker, program: MERGE };
    const [child, parent] = elements(9n, 2);
    const absent = Array.from({ length: 9 }, (): bigint[] => []);
    assert.equal(await verify(madeClaim(by, 3n, { scalars: absent.with(0, [child]).with(1, [parent]) })), 1n);
    const orphan = madeClaim(by, 3n, { scalars: absent.with(1, [parent]) });
    await reverts(verify(orphan), 'MalformedCommitments', [1n, 0x0100n]);
  });

  it('reverts with WrongChunkCount for a trace or helper of no chunk or more than 256', async () => {
    const { points } = made.proof;
    for (const name of ['trace', 'helper'] as const) {
      for (const count of [0, 257]) {
        const list = Array.from({ length: count }, () => points.trace[0]);
        await reverts(proving({ points: { ...points, [name]: list } }), 'WrongChunkCount', [BigInt(count)]);
      }
    }
  });

  it('reverts with InvalidPoint for infinity, a point off the curve or a coordinate of P or more, anywhere', async () => {
    const { points, groth16 } = made.proof;
    const good = pointOf(5n);
    for (const bad of [
      { x: 0n, y: 0n },
      { x: good.x, y: good.y + 1n },
      { x: good.x + P, y: good.y },
      { x: good.x, y: good.y + P },
    ]) {
      const args = [bad.x, bad.y];
      for (const name of ['rows', 'columns', 'quotient', 'quotient2', 'opening'] as const) {
        await reverts(proving({ points: { ...points, [name]: bad } }), 'InvalidPoint', args);
      }
      for (const name of ['trace', 'helper'] as const) {
        await reverts(proving({ points: { ...points, [name]: [bad] } }), 'InvalidPoint', args);
        await reverts(proving({ points: { ...points, [name]: [good, bad] } }), 'InvalidPoint', args);
      }
      for (const at of [0, 6]) {
        await reverts(proving({ groth16: groth16.toSpliced(at, 2, bad.x, bad.y) }), 'InvalidPoint', args);
      }
      for (const k of [0, 1, 2]) {
        await reverts(stating({ commitments: made.stated.oracles.flat().with(k, bad) }), 'InvalidPoint', args);
      }
    }
    const b = groth16.toSpliced(2, 4, 0n, 0n, 0n, 0n);
    await reverts(proving({ groth16: b }), 'InvalidPoint', [0n, 0n]);
  });

  it('reverts with NotEnoughGas before it judges, and tells how much it wants', async () => {
    const { address, abi } = verifiers;
    const bad = { ...made, proof: { ...made.proof, groth16: made.proof.groth16.with(0, 1n) } };
    for (const gas of [100_000n, 300_000n, 600_000n]) {
      const call = chain.read.simulateContract({
        address,
        abi,
        functionName: 'verify',
        args: oneArguments(bad),
        account: bob,
        gas,
      });
      const error = await call.then(
        () => assert.fail('accepted'),
        (reason) => reason,
      );
      assert.match(String(error), /NotEnoughGas/);
    }
  });
});
