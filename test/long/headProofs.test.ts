// Proofs of all heads and of labels, registered on a real chain, and what is refused of them.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Hex } from 'viem';
import { type Chain, connect } from '../../scripts/chain/client.ts';
import { type Deployment, deployRegistry } from '../../scripts/chain/deploy.ts';
import { developmentAccount } from '../../scripts/chain/keys.ts';
import { type LocalNode, startLocalNode } from '../../scripts/chain/localNode.ts';
import { readTrainings } from '../../scripts/chain/readRegistry.ts';
import { sendOnce } from '../../scripts/chain/transaction.ts';
import type { Head } from '../../src/model/head.ts';
import type { Shard } from '../../src/model/shard.ts';
import type { ProofResult, Prover } from '../../src/proof/prover.ts';
import { isVerified, verifyProof } from '../../src/proof/verify.ts';
import { type Edge, edgeTransaction } from '../../src/registry/edge.ts';
import { PROGRAM_NAMES } from '../../src/registry/programs/list.ts';
import type { TrainStatement } from '../../src/registry/programs/train.ts';
import { circuitFor, resultId, type StatementContext } from '../../src/registry/statement.ts';
import { keyHash } from '../../src/registry/verificationKey.ts';
import { forwardTrace } from '../../src/training/forward.ts';
import { trainSegment } from '../../src/training/trainer.ts';
import { someModel, someShard } from '../support/models.ts';
import { openProver, verifierKeys } from '../support/prover.ts';

interface Case {
  widths: number[];
  head: Head;
  kind: Shard['kind'];
  rows: number;
  smoothing: number;
}

const CASES: [string, Case][] = [
  ['softmax', { widths: [4, 8, 3], head: 'softmax', kind: 'classes', rows: 13, smoothing: 20 }],
  ['softmax over images', { widths: [784, 128, 10], head: 'softmax', kind: 'classes', rows: 256, smoothing: 0 }],
  ['sigmoid of one output', { widths: [4, 8, 1], head: 'sigmoid', kind: 'labels', rows: 16, smoothing: 7 }],
  ['sigmoid of three labels', { widths: [4, 3, 3], head: 'sigmoid', kind: 'labels', rows: 13, smoothing: 0 }],
  ['squared error', { widths: [4, 3, 3], head: 'squared error', kind: 'regression', rows: 13, smoothing: 0 }],
];
const SOURCE: Hex = `0x${'5c'.repeat(32)}`;

const holds = ({ context, statement, proof }: Pick<Edge, 'context' | 'statement' | 'proof'>) =>
  isVerified(verifyProof(context, statement, proof, verifierKeys(circuitFor(statement))));

describe('proofs of the heads', { concurrency: false }, () => {
  let node: LocalNode;
  let chain: Chain;
  let place: Deployment;
  let prover: Prover;
  let context: StatementContext;
  const trainer = developmentAccount(1);
  before(async () => {
    node = await startLocalNode();
    chain = await connect(node.rpc);
    place = await deployRegistry(node.rpc);
    prover = await openProver(PROGRAM_NAMES);
    context = { chainId: BigInt(place.chainId), registry: place.registry, trainer: trainer.address };
  });
  after(async () => {
    await prover.close();
    await node.close();
  });

  /** Registers what is proved. @throws where the chain refuses it */
  async function register({ statement, proof }: ProofResult, by = context): Promise<Edge> {
    const verificationKey = keyHash(verifierKeys(circuitFor(statement)).vkey);
    const edge = { context: by, statement, proof, verificationKey, devKeys: place.devKeys, metadata: {} };
    assert.ok(holds(edge), `${statement.program} off chain`);
    const { to, data } = edgeTransaction(edge);
    await sendOnce(chain, trainer, { to, data }, { read: () => undefined, write: () => {} });
    return edge;
  }

  for (const [name, { widths, head, kind, rows, smoothing }] of CASES) {
    it(`hold for a model, a shard, a training and a score, on chain too: ${name}`, async () => {
      const parent = { ...someModel(widths), head };
      const shard = someShard(widths, rows, kind);
      await register(await prover.proveImport(context, parent, { source: SOURCE }));
      await register(await prover.proveData(context, shard));

      const settings = { lr: 3, batch: 8, passes: 2, smoothing };
      const { child, trace } = trainSegment(parent, shard, { ...settings, salt: 5n });
      const trained = await prover.proveTrain(context, { parent, child, shard, trace, ...settings });
      const heads: Head[] = ['squared error', 'softmax', 'sigmoid'];
      const others = [
        ...(head === 'squared error' ? [] : [{ smoothing: smoothing + 1 }]),
        ...heads.filter((other) => other !== head).map((other) => ({ head: other })),
      ];
      for (const other of others) {
        const statement = { ...trained.statement, ...other } as TrainStatement;
        assert.equal(holds({ context, ...trained, statement }), false, JSON.stringify(other));
      }
      const { statement } = await register(trained);
      const [training] = await readTrainings(chain, place.registry, resultId(statement));
      assert.deepEqual([training.passes, training.smoothing], [2, smoothing]);

      const board = { ...context, registry: place.scoreboard };
      const forward = forwardTrace(child, shard);
      const scored = await prover.proveScore(board, { model: child, shard, forward });
      const better = { ...scored.statement, result: forward.measures.result + 1n };
      assert.equal(holds({ context: board, ...scored, statement: better }), false);
      await register(scored, board);
    });
  }
});
