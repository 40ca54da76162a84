// Real proofs of inferences before the real contract: what they cost, and that none holds of another model, input or output.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Hex, toHex } from 'viem';
import { inferencesAbi } from '../../src/generated/abi.ts';
import type { InputKind } from '../../src/model/inference.ts';
import { parseNetwork } from '../../src/model/network.ts';
import type { AnyWeights } from '../../src/model/networkWeights.ts';
import type { Shard } from '../../src/model/shard.ts';
import type { ProofResult, Prover } from '../../src/proof/prover.ts';
import { isVerified, verifyProof } from '../../src/proof/verify.ts';
import { registryCall } from '../../src/registry/calls.ts';
import { type InferStatement, idsIn } from '../../src/registry/programs/infer.ts';
import { circuitFor, type StatementContext } from '../../src/registry/statement.ts';
import { forwardPass } from '../../src/training/forward.ts';
import { modelOfSeed } from '../../src/training/seed.ts';
import { Contract, reverts, type TestChain, testChain } from '../contracts/support/chain.ts';
import { deploy } from '../contracts/support/money.ts';
import { deployContracts } from '../support/deployContracts.ts';
import { requirePinnedGas } from '../support/gas.ts';
import { someModel, someShard } from '../support/models.ts';
import { openProver, verifierKeys } from '../support/prover.ts';

const TOLERANCE = 600;
const WIDTHS = [5, 4, 3];
const PICTURES = parseNetwork('4x4x1-c2k3-3', 'softmax');

type Proved = ProofResult<InferStatement>;

describe('inferences with real proofs', { concurrency: false }, () => {
  let chain: TestChain;
  let prover: Prover;
  let registry: Contract;
  let inferences: Contract;
  let context: StatementContext;
  const measured: Record<string, number> = {};
  const model = { ...someModel(WIDTHS, 9, 77n), head: 'softmax' as const };
  const shard = someShard(WIDTHS, 4);

  before(async () => {
    chain = await testChain();
    prover = await openProver(['data', 'import', 'convSeed', 'infer', 'convInfer', 'convImport']);
    ({ registry } = await deployContracts(chain));
    const { address, gas } = await chain.deployed('Inferences', [registry.address]);
    measured['deploy Inferences'] = Number(gas);
    inferences = new Contract(chain, address, inferencesAbi);
    context = { chainId: 31337n, registry: address, trainer: chain.accounts[1] };
    await send(
      registry,
      await prover.proveImport({ ...context, registry: registry.address }, model, { source: toHex(5n, { size: 32 }) }),
    );
    await send(registry, await prover.proveData({ ...context, registry: registry.address }, shard));
  });
  after(() => prover.close());

  function send(contract: Contract, { statement, proof }: ProofResult) {
    const { functionName, args } = registryCall(statement, proof);
    return contract.send(functionName, args, context.trainer);
  }

  const infer = (of: AnyWeights, rows: Shard, inputs: InputKind, shown = true): Promise<Proved> =>
    prover.proveInfer(context, {
      model: of,
      shard: rows,
      inputs,
      outputs: { shown, salt: 11n },
      forward: { trace: forwardPass(of, rows) },
    });

  /** `check` with a changed claim or other bytes. */
  function check(
    { statement, proof }: Proved,
    changes: object = {},
    from: { inputs?: Hex; outputs?: Hex; prover?: Hex } = {},
  ) {
    const [claim, inputs, outputs, sent] = registryCall(statement, proof).args;
    const { prover: by = context.trainer } = from;
    return inferences.read('check', [
      by,
      { ...(claim as object), ...changes },
      from.inputs ?? inputs,
      from.outputs ?? outputs,
      sent,
    ]);
  }
  const other = (hex: Hex): Hex => `0x${hex.slice(2, -2)}${hex.endsWith('01') ? '02' : '01'}`;

  it('hold as they are, of every kind of inputs, and of nothing else', async () => {
    for (const [inputs, shown] of [
      ['public', true],
      ['shard', true],
      ['committed', false],
    ] as const) {
      const proved = await infer(model, shard, inputs, shown);
      const { statement, proof } = proved;
      assert.ok(isVerified(await verifyProof(context, statement, proof, verifierKeys(circuitFor(statement)))));
      assert.deepEqual(await check(proved), idsIn(statement));
      // of another prover, with one output or one input changed, at another point
      await assert.rejects(check(proved, {}, { prover: chain.accounts[2] }));
      await assert.rejects(check(proved, { point: statement.point + 1n }));
      if (statement.outputs)
        await reverts(check(proved, {}, { outputs: other(statement.outputs) }), 'ProofRejected', [12n]);
      if (statement.inputs)
        await reverts(check(proved, {}, { inputs: other(statement.inputs) }), 'ProofRejected', [12n]);
      await assert.rejects(check(proved, { output: [proof.points.rows] }));
      measured[`record, ${inputs} inputs`] = Number((await send(inferences, proved)).gasUsed);
    }
  });

  it('are what a validator of agents (ERC-8004) answers from', async () => {
    const [owner, anybody] = chain.accounts.slice(3);
    const identities = await deploy(chain, 'AgentIdentities');
    const validations = await deploy(chain, 'AgentValidations', [identities.address]);
    // Questions about outputs do not ask the board.
    const standing = [validations, registry, registry, inferences].map(({ address }) => address);
    const adapter = await deploy(chain, 'ValidationAdapter', standing);
    const { model: id, inputs, outputs } = idsIn((await infer(model, shard, 'public')).statement);
    await identities.send('register', [], owner);
    await identities.send('setMetadata', [0n, 'descent.model', id], owner);
    const question = { agentId: 0n, model: id, topic: 3, subject: inputs, path: [outputs], salt: 0n };
    const hash = await adapter.read('requestHashOf', [question]);
    await validations.send('validationRequest', [adapter.address, 0n, '', hash], owner);
    await adapter.send('respond', [question], anybody);
    const [, , response, , tag] = await validations.read('getValidationStatus', [hash]);
    assert.deepEqual([response, tag], [100, 'descent.output']);
    const unproven = { ...question, path: [inputs] };
    await reverts(adapter.read('answer', [unproven]), 'NotInferred', [id, inputs, inputs]);
  });

  it('do not hold of another registered model', async () => {
    const second = { ...someModel(WIDTHS, 10, 78n), head: 'softmax' as const };
    const imported = await prover.proveImport({ ...context, registry: registry.address }, second, {
      source: toHex(6n, { size: 32 }),
    });
    await send(registry, imported);
    const proved = await infer(model, shard, 'public');
    await reverts(check(proved, { model: imported.statement.commitment }), 'ProofRejected', [12n]);
  });

  it('cost so much for each public value', async () => {
    const wide = { ...someModel([784, 3], 9, 79n), head: 'softmax' as const };
    const imported = await prover.proveImport({ ...context, registry: registry.address }, wide, {
      source: toHex(7n, { size: 32 }),
    });
    await send(registry, imported);
    const rows = someShard([784, 3], 1);
    const gas: number[] = [];
    for (const inputs of ['committed', 'public'] as const) {
      const proved = await infer(wide, rows, inputs);
      gas.push(Number((await send(inferences, proved)).gasUsed));
    }
    measured['record, 784 public inputs'] = gas[1];
    assert.ok((gas[1] - gas[0]) / 784 < 150, `${(gas[1] - gas[0]) / 784} gas a value`);
  });

  it('hold of pictures', async () => {
    const network = modelOfSeed(PICTURES, 5n, 80n);
    const place = { ...context, registry: registry.address };
    await send(registry, await prover.proveImport(place, network, { source: toHex(8n, { size: 32 }) }));
    const pictures = someShard([16, 3], 3);
    const proved = await infer(network, pictures, 'public');
    assert.deepEqual(await check(proved), idsIn(proved.statement));
    await reverts(check(proved, {}, { outputs: other(proved.statement.outputs!) }), 'ProofRejected', [13n]);
    measured['record, pictures'] = Number((await send(inferences, proved)).gasUsed);
    requirePinnedGas(measured, TOLERANCE);
  });
});
