import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Address, keccak256, parseEventLogs, type TransactionReceipt, zeroAddress, zeroHash } from 'viem';
import { verifiersAbi } from '../../src/generated/abi.ts';
import { encodeShape } from '../../src/model/shape.ts';
import type { Statement } from '../../src/registry/programs/definitions.ts';
import { PROGRAM_NAMES } from '../../src/registry/programs/list.ts';
import { proofArgument } from '../../src/registry/programs/targets.ts';
import {
  commitmentsOf,
  extraOf,
  parametersOf,
  resultId,
  type StatementContext,
  signalsOf,
} from '../../src/registry/statement.ts';
import { reverts } from './support/chain.ts';
import { verifierCall } from './support/groth16.ts';
import {
  type Claim,
  importClaim,
  mergeClaim,
  type Registered,
  RegistryFixture,
  trainClaim,
} from './support/registryFixture.ts';

/** The first number that is no program's. */
const BEYOND = BigInt(PROGRAM_NAMES.length + 1);

const WIDTHS = [5, 4, 3];
const TRAIN = 3n;
const MERGE = 5n;

let fixture: RegistryFixture;
let owner: Address;
let shard: Registered;
let snapshot: unknown;

before(async () => {
  fixture = await RegistryFixture.create();
  owner = fixture.chain.accounts[0];
  shard = await fixture.registerShard({ inputs: 5, outputs: 3, rows: 16, kind: 'classes' });
});
beforeEach(async () => {
  snapshot = await fixture.chain.request('evm_snapshot');
});
afterEach(async () => {
  await fixture.chain.request('evm_revert', snapshot);
});

const newVerifier = () => fixture.chain.deploy('ExpectingVerifier');
const eventsOf = ({ logs }: TransactionReceipt) =>
  parseEventLogs({ abi: verifiersAbi, logs }).map(({ eventName, args }) => ({ eventName, args }));

describe('versions of verifiers', () => {
  it('are kept with the hash of their code; the newest checks new proofs and old nodes stay', async () => {
    const parent = await fixture.seedModel(WIDTHS);
    const old = await fixture.trainModel(parent, shard);
    const first = fixture.verifiers.train.address;
    const second = await newVerifier();
    const codeHash = keccak256((await fixture.chain.read.getCode({ address: second })) ?? '0x');
    const receipt = await fixture.verifierSet.send('addVerifier', [TRAIN, second], owner);
    const args = { program: TRAIN, version: 2n, verifier: second, codeHash };
    assert.deepEqual(eventsOf(receipt), [{ eventName: 'VerifierAdded', args }]);
    assert.deepEqual(
      [await fixture.verifierSet.read('versionOf', [TRAIN]), await fixture.registry.read('verifierOf', [TRAIN])],
      [2n, second],
    );
    assert.deepEqual(await fixture.verifierSet.read('verifierAt', [TRAIN, 1n]), { verifier: first, codeHash });
    assert.deepEqual(await fixture.verifierSet.read('verifierAt', [TRAIN, 2n]), { verifier: second, codeHash });

    // The first verifier still expects this; the second knows of nothing.
    await reverts(fixture.attempt(trainClaim(parent, shard)), 'ProofRejected', [TRAIN]);
    const node = await fixture.registry.read('node', [resultId(old.statement)]);
    assert.deepEqual([node.version, node.trainer], [1n, fixture.alice]);
  });

  it('are stored with the nodes they accepted', async () => {
    const parent = await fixture.seedModel(WIDTHS);
    const { train } = fixture.verifiers;
    await fixture.verifierSet.send('addVerifier', [TRAIN, train.address], owner);
    const { statement } = await fixture.trainModel(parent, shard);
    assert.equal((await fixture.registry.read('node', [resultId(statement)])).version, 2n);
  });

  it('start at 1 for each program, and there are none beyond', async () => {
    for (let program = 1n; program < BEYOND; program++) {
      assert.equal(await fixture.verifierSet.read('versionOf', [program]), 1n);
    }
    assert.equal(await fixture.verifierSet.read('versionOf', [BEYOND]), 0n);
    for (const [program, version] of [
      [BEYOND, 1n],
      [1n, 0n],
      [1n, 2n],
    ]) {
      const none = { verifier: zeroAddress, codeHash: zeroHash };
      assert.deepEqual(await fixture.verifierSet.read('verifierAt', [program, version]), none);
    }
  });

  it('revert with TooManyVersions after 255', async () => {
    const verifier = await newVerifier();
    for (let version = 2; version <= 255; version++)
      await fixture.verifierSet.send('addVerifier', [TRAIN, verifier], owner);
    await reverts(fixture.verifierSet.simulate('addVerifier', [TRAIN, verifier], owner), 'TooManyVersions', [TRAIN]);
  });

  it('revert with UnknownProgram for other programs, and with VerifierWithoutCode for an account', async () => {
    const verifier = await newVerifier();
    for (const program of [0n, BEYOND]) {
      await reverts(fixture.verifierSet.simulate('addVerifier', [program, verifier], owner), 'UnknownProgram', [
        program,
      ]);
    }
    const call = fixture.verifierSet.simulate('addVerifier', [TRAIN, fixture.alice], owner);
    await reverts(call, 'VerifierWithoutCode', [fixture.alice]);
  });

  it('accept nothing once their code is another: VerifierChanged', async () => {
    const parent = await fixture.seedModel(WIDTHS);
    const claim = trainClaim(parent, shard);
    await fixture.expect(claim, fixture.alice);
    const accepting = await fixture.chain.deploy('AnsweringVerifier', [`0x${'01'.padStart(64, '0')}`]);
    const code = await fixture.chain.read.getCode({ address: accepting });
    await fixture.chain.request('hardhat_setCode', fixture.verifiers.train.address, code);
    await reverts(fixture.call(claim), 'VerifierChanged', [TRAIN, 1n]);
  });
});

describe('ownership', () => {
  const onlyOwner = [
    ['addVerifier', [TRAIN, '0x0000000000000000000000000000000000000001']],
    ['transferOwnership', ['0x0000000000000000000000000000000000000001']],
    ['renounceOwnership', []],
  ] as const;

  it("is the deployer's at first, and nobody else can use it", async () => {
    assert.equal(await fixture.verifierSet.read('owner', []), owner);
    assert.equal(await fixture.verifierSet.read('pendingOwner', []), zeroAddress);
    for (const [name, args] of onlyOwner) {
      await reverts(fixture.verifierSet.simulate(name, args, fixture.alice), 'NotOwner', [fixture.alice]);
    }
  });

  it('passes in two steps', async () => {
    const offered = await fixture.verifierSet.send('transferOwnership', [fixture.bob], owner);
    const names = { previousOwner: owner, newOwner: fixture.bob };
    assert.deepEqual(eventsOf(offered), [{ eventName: 'OwnershipTransferStarted', args: names }]);
    assert.equal(await fixture.verifierSet.read('owner', []), owner);
    assert.equal(await fixture.verifierSet.read('pendingOwner', []), fixture.bob);
    await reverts(fixture.verifierSet.simulate('acceptOwnership', [], fixture.alice), 'NotPendingOwner', [
      fixture.alice,
    ]);
    const accepted = await fixture.verifierSet.send('acceptOwnership', [], fixture.bob);
    assert.deepEqual(eventsOf(accepted), [{ eventName: 'OwnershipTransferred', args: names }]);
    assert.equal(await fixture.verifierSet.read('owner', []), fixture.bob);
    assert.equal(await fixture.verifierSet.read('pendingOwner', []), zeroAddress);
    await reverts(fixture.verifierSet.simulate('renounceOwnership', [], owner), 'NotOwner', [owner]);
  });

  it('can be offered to another instead, or to nobody', async () => {
    await fixture.verifierSet.send('transferOwnership', [fixture.bob], owner);
    await fixture.verifierSet.send('transferOwnership', [fixture.alice], owner);
    await reverts(fixture.verifierSet.simulate('acceptOwnership', [], fixture.bob), 'NotPendingOwner', [fixture.bob]);
    await fixture.verifierSet.send('transferOwnership', [zeroAddress], owner);
    await reverts(fixture.verifierSet.simulate('acceptOwnership', [], fixture.alice), 'NotPendingOwner', [
      fixture.alice,
    ]);
  });

  it('is gone for good when given up, with what was offered', async () => {
    await fixture.verifierSet.send('transferOwnership', [fixture.bob], owner);
    const receipt = await fixture.verifierSet.send('renounceOwnership', [], owner);
    const args = { previousOwner: owner, newOwner: zeroAddress };
    assert.deepEqual(eventsOf(receipt), [{ eventName: 'OwnershipTransferred', args }]);
    assert.equal(await fixture.verifierSet.read('owner', []), zeroAddress);
    await reverts(fixture.verifierSet.simulate('acceptOwnership', [], fixture.bob), 'NotPendingOwner', [fixture.bob]);
    for (const [name, args] of onlyOwner) {
      await reverts(fixture.verifierSet.simulate(name, args, owner), 'NotOwner', [owner]);
    }
    // Proofs are checked as before.
    await fixture.seedModel(WIDTHS);
  });

  it('has no function beyond adding verifiers and handing itself on: contracts that store anything have no owner', async () => {
    const changing = (abi: typeof fixture.verifierSet.abi) =>
      abi.flatMap((entry) => (entry.type === 'function' && entry.stateMutability === 'nonpayable' ? [entry.name] : []));
    assert.deepEqual(changing(fixture.verifierSet.abi).sort(), [
      'acceptOwnership',
      'addVerifier',
      'renounceOwnership',
      'transferOwnership',
    ]);
    for (const { abi } of [fixture.registry, fixture.scoreboard]) {
      assert.equal(
        changing(abi).some((name) => /own|admin|set|pause|upgrade|remove/i.test(name.replace('Dataset', ''))),
        false,
      );
    }
  });
});

describe('verify', () => {
  /** Calls the verifiers as any contract could, here as an account of our own. */
  async function verify(
    { statement, proof }: Claim,
    options: { caller?: Address; prover?: Address; words?: bigint[]; program?: bigint; extra?: bigint[] } = {},
  ): Promise<bigint> {
    const program = options.program ?? { train: TRAIN, merge: MERGE, import: 4n }[statement.program as string];
    const words = options.words ?? present(statement).flatMap(({ x, y }) => [x, y]);
    const args = [
      options.prover ?? fixture.alice,
      program,
      parametersOf(statement),
      options.extra ?? extraOf(statement),
      words,
      proofArgument(proof),
    ];
    return fixture.verifierSet.read('verify', args, options.caller ?? fixture.bob);
  }

  const present = (statement: Statement) => commitmentsOf(statement).filter(({ x, y }) => x !== 0n || y !== 0n);

  async function expectFrom(caller: Address, { statement, proof }: Claim, prover = fixture.alice): Promise<void> {
    const context: StatementContext = { chainId: BigInt(fixture.chain.id), registry: caller, trainer: prover };
    const call = verifierCall(proof.groth16, signalsOf(context, statement, proof));
    await fixture.verifiers[statement.program].send('expect', [call]);
  }

  it('checks statements that are made to the caller, and says which version accepted', async () => {
    const claim = trainClaim(await fixture.seedModel(WIDTHS), shard);
    await expectFrom(fixture.bob, claim);
    assert.equal(await verify(claim), 1n);
  });

  it('pads the parents of a merge, and binds extra words', async () => {
    const merge = mergeClaim([await fixture.seedModel(WIDTHS), await fixture.importModel(WIDTHS)]);
    await expectFrom(fixture.bob, merge);
    assert.equal(await verify(merge), 1n);
    const imported = importClaim(WIDTHS);
    await expectFrom(fixture.bob, imported);
    assert.equal(await verify(imported), 1n);
    const [source, schema] = extraOf(imported.statement);
    for (const extra of [[], [source], [source + 1n, schema], [source, schema + 1n], [schema, source]]) {
      await reverts(verify(imported, { extra }), 'ProofRejected', [4n]);
    }
    assert.deepEqual(parametersOf(imported.statement), [encodeShape(WIDTHS)]);
  });

  it('reverts with ProofRejected for another caller or prover than the proof names', async () => {
    const claim = trainClaim(await fixture.seedModel(WIDTHS), shard);
    await expectFrom(fixture.bob, claim);
    await reverts(verify(claim, { caller: fixture.alice }), 'ProofRejected', [TRAIN]);
    await reverts(verify(claim, { prover: fixture.bob }), 'ProofRejected', [TRAIN]);
  });

  it('reverts with UnknownProgram for a number that is none', async () => {
    const claim = trainClaim(await fixture.seedModel(WIDTHS), shard);
    for (const program of [0n, BEYOND]) await reverts(verify(claim, { program }), 'UnknownProgram', [program]);
  });

  it('reverts with MalformedCommitments for none, half a point or more than nine', async () => {
    const claim = mergeClaim([await fixture.seedModel(WIDTHS), await fixture.importModel(WIDTHS)]);
    const [{ x, y }] = present(claim.statement);
    for (const words of [[], [x], [x, y, x], Array.from({ length: 10 }, () => [x, y]).flat()]) {
      await reverts(verify(claim, { words }), 'MalformedCommitments', [BigInt(words.length)]);
    }
  });

  it('reverts with InvalidPoint for infinity anywhere: only the contract may pad', async () => {
    const claim = mergeClaim([await fixture.seedModel(WIDTHS), await fixture.importModel(WIDTHS)]);
    const words = commitmentsOf(claim.statement).flatMap(({ x, y }) => [x, y]);
    await reverts(verify(claim, { words }), 'InvalidPoint', [0n, 0n]);
  });
});
