import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Address, keccak256, parseEventLogs, type TransactionReceipt, zeroAddress, zeroHash } from 'viem';
import { verifiersAbi } from '../../src/generated/abi.ts';
import { encodeShape } from '../../src/model/shape.ts';
import type { Statement } from '../../src/registry/programs/definitions.ts';
import { proofArgument } from '../../src/registry/programs/targets.ts';
import {
  commitmentsOf,
  extraOf,
  parametersOf,
  resultId,
  signalsOf,
} from '../../src/registry/statement.ts';
import { reverts } from './support/chain.ts';
import { verifierCall } from './support/groth16.ts';
import { type Claim, importClaim, mergeClaim, type Registered, trainClaim, World } from './support/world.ts';

const WIDTHS = [5, 4, 3];
const TRAIN = 3n;
const MERGE = 5n;

let world: World;
let owner: Address;
let shard: Registered;
let snapshot: unknown;

before(async () => {
  world = await World.create();
  owner = world.chain.accounts[0];
  shard = await world.registerShard({ inputs: 5, outputs: 3, rows: 16, kind: 'classes' });
});
beforeEach(async () => {
  snapshot = await world.chain.request('evm_snapshot');
});
afterEach(async () => {
  await world.chain.request('evm_revert', snapshot);
});

const newVerifier = () => world.chain.deploy('ExpectingVerifier');
const eventsOf = ({ logs }: TransactionReceipt) =>
  parseEventLogs({ abi: verifiersAbi, logs }).map(({ eventName, args }) => ({ eventName, args }));

describe('versions of verifiers', () => {
  it('are kept with the hash of their code; the newest checks new proofs and old nodes stay', async () => {
    const parent = await world.seedModel(WIDTHS);
    const old = await world.trainModel(parent, shard);
    const first = world.verifiers.train.address;
    const second = await newVerifier();
    const codeHash = keccak256((await world.chain.read.getCode({ address: second })) ?? '0x');
    const receipt = await world.gate.send('addVerifier', [TRAIN, second], owner);
    const args = { program: TRAIN, version: 2n, verifier: second, codeHash };
    assert.deepEqual(eventsOf(receipt), [{ eventName: 'VerifierAdded', args }]);
    assert.deepEqual(
      [await world.gate.read('versionOf', [TRAIN]), await world.registry.read('verifierOf', [TRAIN])],
      [2n, second],
    );
    assert.deepEqual(await world.gate.read('verifierAt', [TRAIN, 1n]), { verifier: first, codeHash });
    assert.deepEqual(await world.gate.read('verifierAt', [TRAIN, 2n]), { verifier: second, codeHash });

    // The first verifier still expects this; the second knows of nothing.
    await reverts(world.attempt(trainClaim(parent, shard)), 'ProofRejected', [TRAIN]);
    const node = await world.registry.read('node', [resultId(old.statement)]);
    assert.deepEqual([node.version, node.trainer], [1n, world.alice]);
  });

  it('are stored with the nodes they accepted', async () => {
    const parent = await world.seedModel(WIDTHS);
    const { train } = world.verifiers;
    await world.gate.send('addVerifier', [TRAIN, train.address], owner);
    const { statement } = await world.trainModel(parent, shard);
    assert.equal((await world.registry.read('node', [resultId(statement)])).version, 2n);
  });

  it('start at 1 for each program, and there are none beyond', async () => {
    for (let program = 1n; program <= 6n; program++) {
      assert.equal(await world.gate.read('versionOf', [program]), 1n);
    }
    assert.equal(await world.gate.read('versionOf', [7n]), 0n);
    for (const [program, version] of [
      [7n, 1n],
      [1n, 0n],
      [1n, 2n],
    ]) {
      const none = { verifier: zeroAddress, codeHash: zeroHash };
      assert.deepEqual(await world.gate.read('verifierAt', [program, version]), none);
    }
  });

  it('revert with TooManyVersions after 255', async () => {
    const verifier = await newVerifier();
    for (let version = 2; version <= 255; version++) await world.gate.send('addVerifier', [TRAIN, verifier], owner);
    await reverts(world.gate.simulate('addVerifier', [TRAIN, verifier], owner), 'TooManyVersions', [TRAIN]);
  });

  it('revert with UnknownProgram for other programs, and with VerifierWithoutCode for an account', async () => {
    const verifier = await newVerifier();
    for (const program of [0n, 7n]) {
      await reverts(world.gate.simulate('addVerifier', [program, verifier], owner), 'UnknownProgram', [program]);
    }
    const call = world.gate.simulate('addVerifier', [TRAIN, world.alice], owner);
    await reverts(call, 'VerifierWithoutCode', [world.alice]);
  });

  it('accept nothing once their code is another: VerifierChanged', async () => {
    const parent = await world.seedModel(WIDTHS);
    const claim = trainClaim(parent, shard);
    await world.expect(claim, world.alice);
    const accepting = await world.chain.deploy('AnsweringVerifier', [`0x${'01'.padStart(64, '0')}`]);
    const code = await world.chain.read.getCode({ address: accepting });
    await world.chain.request('hardhat_setCode', world.verifiers.train.address, code);
    await reverts(world.call(claim), 'VerifierChanged', [TRAIN, 1n]);
  });
});

describe('ownership', () => {
  const onlyOwner = [
    ['addVerifier', [TRAIN, '0x0000000000000000000000000000000000000001']],
    ['transferOwnership', ['0x0000000000000000000000000000000000000001']],
    ['renounceOwnership', []],
  ] as const;

  it("is the deployer's at first, and nobody else can use it", async () => {
    assert.equal(await world.gate.read('owner', []), owner);
    assert.equal(await world.gate.read('pendingOwner', []), zeroAddress);
    for (const [name, args] of onlyOwner) {
      await reverts(world.gate.simulate(name, args, world.alice), 'NotOwner', [world.alice]);
    }
  });

  it('passes in two steps', async () => {
    const offered = await world.gate.send('transferOwnership', [world.bob], owner);
    const names = { previousOwner: owner, newOwner: world.bob };
    assert.deepEqual(eventsOf(offered), [{ eventName: 'OwnershipTransferStarted', args: names }]);
    assert.equal(await world.gate.read('owner', []), owner);
    assert.equal(await world.gate.read('pendingOwner', []), world.bob);
    await reverts(world.gate.simulate('acceptOwnership', [], world.alice), 'NotPendingOwner', [world.alice]);
    const accepted = await world.gate.send('acceptOwnership', [], world.bob);
    assert.deepEqual(eventsOf(accepted), [{ eventName: 'OwnershipTransferred', args: names }]);
    assert.equal(await world.gate.read('owner', []), world.bob);
    assert.equal(await world.gate.read('pendingOwner', []), zeroAddress);
    await reverts(world.gate.simulate('renounceOwnership', [], owner), 'NotOwner', [owner]);
  });

  it('can be offered to another instead, or to nobody', async () => {
    await world.gate.send('transferOwnership', [world.bob], owner);
    await world.gate.send('transferOwnership', [world.alice], owner);
    await reverts(world.gate.simulate('acceptOwnership', [], world.bob), 'NotPendingOwner', [world.bob]);
    await world.gate.send('transferOwnership', [zeroAddress], owner);
    await reverts(world.gate.simulate('acceptOwnership', [], world.alice), 'NotPendingOwner', [world.alice]);
  });

  it('is gone for good when given up, with what was offered', async () => {
    await world.gate.send('transferOwnership', [world.bob], owner);
    const receipt = await world.gate.send('renounceOwnership', [], owner);
    const args = { previousOwner: owner, newOwner: zeroAddress };
    assert.deepEqual(eventsOf(receipt), [{ eventName: 'OwnershipTransferred', args }]);
    assert.equal(await world.gate.read('owner', []), zeroAddress);
    await reverts(world.gate.simulate('acceptOwnership', [], world.bob), 'NotPendingOwner', [world.bob]);
    for (const [name, args] of onlyOwner) {
      await reverts(world.gate.simulate(name, args, owner), 'NotOwner', [owner]);
    }
    // Proofs are checked as before.
    await world.seedModel(WIDTHS);
  });

  it('has no function beyond adding verifiers and handing itself on: contracts that store anything have no owner', async () => {
    const changing = (abi: typeof world.gate.abi) =>
      abi.flatMap((entry) => (entry.type === 'function' && entry.stateMutability === 'nonpayable' ? [entry.name] : []));
    assert.deepEqual(changing(world.gate.abi).sort(), [
      'acceptOwnership',
      'addVerifier',
      'renounceOwnership',
      'transferOwnership',
    ]);
    for (const { abi } of [world.registry, world.scoreboard]) {
      assert.equal(
        changing(abi).some((name) => /own|admin|set|pause|upgrade|remove/i.test(name.replace('Dataset', ''))),
        false,
      );
    }
  });
});

describe('verify', () => {
  /** Calls the gate as any contract could, here as an account of our own. */
  async function verify(
    { statement, proof }: Claim,
    options: { caller?: Address; prover?: Address; words?: bigint[]; program?: bigint; extra?: bigint[] } = {},
  ): Promise<bigint> {
    const program = options.program ?? { train: TRAIN, merge: MERGE, import: 4n }[statement.program as string];
    const words = options.words ?? present(statement).flatMap(({ x, y }) => [x, y]);
    const args = [
      options.prover ?? world.alice,
      program,
      parametersOf(statement),
      options.extra ?? extraOf(statement),
      words,
      proofArgument(proof),
    ];
    return world.gate.read('verify', args, options.caller ?? world.bob);
  }

  const present = (statement: Statement) => commitmentsOf(statement).filter(({ x, y }) => x !== 0n || y !== 0n);

  async function expectFrom(caller: Address, { statement, proof }: Claim, prover = world.alice): Promise<void> {
    const context: StatementContext = { chainId: BigInt(world.chain.id), registry: caller, trainer: prover };
    const call = verifierCall(proof.groth16, signalsOf(context, statement, proof));
    await world.verifiers[statement.program].send('expect', [call]);
  }

  it('checks statements that are made to the caller, and says which version accepted', async () => {
    const claim = trainClaim(await world.seedModel(WIDTHS), shard);
    await expectFrom(world.bob, claim);
    assert.equal(await verify(claim), 1n);
  });

  it('pads the parents of a merge, and binds extra words', async () => {
    const merge = mergeClaim([await world.seedModel(WIDTHS), await world.importModel(WIDTHS)]);
    await expectFrom(world.bob, merge);
    assert.equal(await verify(merge), 1n);
    const imported = importClaim(WIDTHS);
    await expectFrom(world.bob, imported);
    assert.equal(await verify(imported), 1n);
    const [source, schema] = extraOf(imported.statement);
    for (const extra of [[], [source], [source + 1n, schema], [source, schema + 1n], [schema, source]]) {
      await reverts(verify(imported, { extra }), 'ProofRejected', [4n]);
    }
    assert.deepEqual(parametersOf(imported.statement), [encodeShape(WIDTHS)]);
  });

  it('reverts with ProofRejected for another caller or prover than the proof names', async () => {
    const claim = trainClaim(await world.seedModel(WIDTHS), shard);
    await expectFrom(world.bob, claim);
    await reverts(verify(claim, { caller: world.alice }), 'ProofRejected', [TRAIN]);
    await reverts(verify(claim, { prover: world.bob }), 'ProofRejected', [TRAIN]);
  });

  it('reverts with UnknownProgram for a number that is none', async () => {
    const claim = trainClaim(await world.seedModel(WIDTHS), shard);
    for (const program of [0n, 7n]) await reverts(verify(claim, { program }), 'UnknownProgram', [program]);
  });

  it('reverts with MalformedCommitments for none, half a point or more than nine', async () => {
    const claim = mergeClaim([await world.seedModel(WIDTHS), await world.importModel(WIDTHS)]);
    const [{ x, y }] = present(claim.statement);
    for (const words of [[], [x], [x, y, x], Array.from({ length: 10 }, () => [x, y]).flat()]) {
      await reverts(verify(claim, { words }), 'MalformedCommitments', [BigInt(words.length)]);
    }
  });

  it('reverts with InvalidPoint for infinity anywhere: only the contract may pad', async () => {
    const claim = mergeClaim([await world.seedModel(WIDTHS), await world.importModel(WIDTHS)]);
    const words = commitmentsOf(claim.statement).flatMap(({ x, y }) => [x, y]);
    await reverts(verify(claim, { words }), 'InvalidPoint', [0n, 0n]);
  });
});
