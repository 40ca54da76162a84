// What `descent submit` says of a transaction to a contract that a stranger's file names.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { bn254 } from '@noble/curves/bn254.js';
import {
  type Address,
  encodeAbiParameters,
  encodeErrorResult,
  encodeEventTopics,
  type Hex,
  keccak256,
  RawContractError,
  zeroAddress,
} from 'viem';
import { type Chain, connect } from '../../scripts/chain/client.ts';
import { fileJournal } from '../../scripts/chain/journal.ts';
import { developmentAccount } from '../../scripts/chain/keys.ts';
import { type LocalNode, startLocalNode } from '../../scripts/chain/localNode.ts';
import { carryEdge, submitEdge, submitRun } from '../../scripts/chain/submitEdge.ts';
import { sendOnce } from '../../scripts/chain/transaction.ts';
import type { Point } from '../../src/argument/types.ts';
import { errorsAbi, scoreboardAbi } from '../../src/generated/abi.ts';
import { encodeShape, encodeShard } from '../../src/model/shape.ts';
import { type Edge, edgeTransaction } from '../../src/registry/edge.ts';
import type { TrainEdge } from '../../src/registry/edgeRun.ts';
import { modelId, shardId } from '../../src/registry/ids.ts';
import { isRegisteredBy } from '../../src/registry/registered.ts';
import { NO_SCHEMA } from '../../src/registry/schemas.ts';
import { resultId } from '../../src/registry/statement.ts';
import { PROOF } from '../registry/edges.ts';
import { temporaryFolder } from './cli.ts';

const G: Point = { x: 1n, y: 2n };
const REGISTRY: Address = '0x00000000000000000000000000000000000000cc';
const RELAY: Address = '0x00000000000000000000000000000000000000dd';
/** Returns the word 1 to whatever it is asked: it takes every call, and keeps nothing. */
const TAKES_ALL: Hex = '0x600160005260206000f3';

const trainer = developmentAccount(1);

function multipleOfG(factor: bigint): Point {
  const { x, y } = bn254.G1.Point.BASE.multiply(factor).toAffine();
  return { x, y };
}

/** Of a proof that shows nothing: no contract here looks at it. */
const EDGE: Edge = {
  context: { chainId: 31337n, registry: REGISTRY, trainer: trainer.address },
  statement: {
    program: 'import',
    widths: [4, 3],
    head: 'squared error',
    commitment: [G],
    source: `0x${'5c'.repeat(32)}`,
    schema: NO_SCHEMA,
  },
  proof: PROOF,
  verificationKey: `0x${'ab'.repeat(32)}`,
  devKeys: true,
  metadata: {},
};

describe('an edge whose contract takes any call', () => {
  const { folder, remove } = temporaryFolder();
  let node: LocalNode;
  let chain: Chain;
  before(async () => {
    node = await startLocalNode();
    chain = await connect(node.rpc);
    const params = (address: Address) => [address, TAKES_ALL] as const;
    for (const address of [REGISTRY, RELAY]) {
      await chain.client.request({ method: 'hardhat_setCode', params: params(address) } as never);
    }
  });
  after(async () => {
    await node.close();
    remove();
  });

  it('is not called registered: the contract says so in no event', async () => {
    await assert.rejects(submitEdge(chain, trainer, EDGE, `${folder}/a.tx`), { code: 'NOT_REGISTERED' });
  });

  it('is not called registered by the transaction that a journal beside it names', async () => {
    const journal = fileJournal(`${folder}/b.tx`);
    await sendOnce(chain, trainer, { to: REGISTRY, data: '0x' }, journal);
    journal.write({ ...journal.read()!, call: keccak256(edgeTransaction(EDGE).data) });
    await assert.rejects(submitEdge(chain, trainer, EDGE, `${folder}/b.tx`), { code: 'NOT_REGISTERED' });
  });

  it('is sent to no relay but the one that the contract trusts', async () => {
    const signed = { edge: EDGE, relay: RELAY, nonce: 1n, deadline: 2n ** 40n, signature: '0x' as const };
    const payer = developmentAccount(2);
    const count = () => chain.client.getTransactionCount({ address: payer.address });
    const before = await count();
    await assert.rejects(
      carryEdge(chain, payer, signed, `${folder}/c.tx`),
      /The file is signed for the relay 0x0+dd; the contract 0x0+cc trusts 0x0+1\./,
    );
    assert.equal(await count(), before);
  });
});

describe('a run that the registry has in part', () => {
  const { folder, remove } = temporaryFolder();
  after(remove);
  const points = [G, ...[2n, 3n].map(multipleOfG)];
  const shard = { inputs: 4, outputs: 3, rows: 8, kind: 'classes' } as const;
  const rates = { learningRate: 64, batch: 4, passes: 1, smoothing: 0 };
  const edges = [0, 1].map((k): TrainEdge => {
    const models = { widths: [4, 3], head: 'squared error' as const, parent: [points[k]], child: [points[k + 1]] };
    return { ...EDGE, statement: { program: 'train', ...models, shard, shardCommitment: [G], ...rates } };
  });
  const ids = edges.map(({ statement }) => resultId(statement));

  /** A chain whose registry holds the last model, and refuses it again. @param trainers of the nodes, by id */
  const chainWith = (trainers: Record<Hex, Address>): Chain => {
    const refuse = async () => {
      throw new RawContractError({
        data: encodeErrorResult({ abi: errorsAbi, errorName: 'ModelExists', args: [ids[1]] }),
      });
    };
    const answers: Record<string, unknown> = {
      getCode: async () => '0x01',
      readContract: async ({ functionName, args: [id] = [NO_SCHEMA] }: { functionName: string; args?: [Hex] }) => {
        return functionName === 'trainerOf' ? (trainers[id] ?? zeroAddress) : REGISTRY;
      },
    };
    const client = new Proxy({}, { get: (_, name) => answers[String(name)] ?? refuse });
    return { id: 31337, rpc: '', client } as unknown as Chain;
  };

  it('is registered where all that it keeps is a node of its trainer', async () => {
    const both = { [ids[0]]: trainer.address, [ids[1]]: trainer.address };
    const submission = await submitRun(chainWith(both), trainer, { edges, keep: [true, true] }, `${folder}/d.tx`);
    assert.deepEqual([submission.sent, submission.kept], [false, ids]);
  });

  it('is refused where a model that it keeps is no node, or another one’s, though the last one is there', async () => {
    for (const other of [zeroAddress, RELAY]) {
      const trainers = { [ids[0]]: other, [ids[1]]: trainer.address };
      const run = { edges, keep: [true, true] };
      await assert.rejects(submitRun(chainWith(trainers), trainer, run, `${folder}/e.tx`), { code: 'ModelExists' });
    }
  });
});

describe('a result is registered', () => {
  const shard = { inputs: 4, outputs: 3, rows: 8, kind: 'classes' } as const;
  const statement = {
    widths: [4, 3],
    head: 'squared error' as const,
    model: [G],
    shard,
    shardCommitment: [G],
    result: 7n,
    loss: 0n,
    absolute: 0n,
    k: 1,
    top: 7n,
    counts: null,
    point: 0n,
  };
  const edge: Edge = { ...EDGE, statement: { program: 'score', ...statement } };
  const ids = {
    model: modelId([G], encodeShape({ widths: [4, 3], head: 'squared error' })),
    shard: shardId([G], encodeShard(shard)),
  };
  const args = { ...ids, prover: trainer.address };
  const said = (result: bigint, address = REGISTRY) => ({
    address,
    topics: encodeEventTopics({ abi: scoreboardAbi, eventName: 'Measured', args }) as Hex[],
    data: encodeAbiParameters(
      [...Array.from({ length: 5 }, () => ({ type: 'uint256' })), { type: 'bytes' }],
      [result, 0n, 0n, 1n, 7n, '0x'],
    ),
    blockNumber: 1n,
    logIndex: 0,
    transactionHash: NO_SCHEMA,
  });

  it('where its scoreboard says so, of this sum', () => {
    assert.equal(isRegisteredBy([said(7n)], edge), true);
    assert.equal(isRegisteredBy([said(6n)], edge), false);
    assert.equal(isRegisteredBy([said(7n, RELAY)], edge), false);
    assert.equal(isRegisteredBy([], edge), false);
  });
});
