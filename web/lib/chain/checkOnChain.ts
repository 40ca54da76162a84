import { type Hex, keccak256, type PublicClient, zeroAddress } from 'viem';
import { modelRegistryAbi, relayedAbi, scoreboardAbi } from '../../../src/generated/abi.ts';
import srsFile from '../../../src/generated/srs.json';
import { decodeShape, encodeShape, encodeShard } from '../../../src/model/shape.ts';
import { callWithin, readProvedCall } from '../../../src/registry/calldata.ts';
import { type Edge, formatEdge } from '../../../src/registry/edge.ts';
import { modelId, parentIds, resultId, shardId } from '../../../src/registry/ids.ts';
import { parseSrs, samePowers } from '../../../src/registry/opening.ts';
import { PROGRAMS, type ScoreStatement, type Statement } from '../../../src/registry/statement.ts';
import { missingKeyNumbers } from '../../../src/registry/verifierCode.ts';
import type { Check } from '../prover/checks.ts';
import { errorInWords } from './errors.ts';
import { isOfThisRegistry } from './origin.ts';
import type { ChainConfig } from './types.ts';

type Say = (check: Check) => void;

/** Compares an edge with what the visitor's own connection to the chain says, check by check. */
export async function checkOnChain(edge: Edge, config: ChainConfig, client: PublicClient, say: Say): Promise<boolean> {
  const { origin, statement } = edge;
  const isHere = isOfThisRegistry(edge, config);
  say({
    id: 'registry',
    state: isHere ? 'good' : 'bad',
    detail: `chain ${origin.chainId}, registry ${origin.registry}`,
  });
  if (!isHere) return false;
  const checks = [keyCheck(statement, config, client), powersCheck(config, client), recordCheck(edge, config, client)];
  const results = await Promise.all(
    checks.map(async (check, k) => {
      const id = (['keyOnChain', 'powers', 'record'] as const)[k];
      say({ id, state: 'running' });
      const result = await check.catch(
        async (error): Promise<Omit<Check, 'id'>> => ({ state: 'bad', detail: (await errorInWords(error)).title }),
      );
      say({ id, ...result });
      return result.state !== 'bad';
    }),
  );
  return results.every(Boolean);
}

/** The verifier's code holds the numbers of the key as constants. */
async function keyCheck({ program }: Statement, config: ChainConfig, client: PublicClient): Promise<Omit<Check, 'id'>> {
  const response = await fetch(`/files/${program}.vkey.json`);
  if (!response.ok) return { state: 'bad', detail: 'This page has no key for this program.' };
  const vkey = await response.json();
  const verifier = await client.readContract({
    address: config.registry,
    abi: modelRegistryAbi,
    functionName: 'verifierOf',
    args: [BigInt(PROGRAMS[program])],
  });
  if (verifier === zeroAddress) return { state: 'bad', detail: 'The registry has no verifier for this program.' };
  const code = (await client.getCode({ address: verifier })) ?? '0x';
  const missing = missingKeyNumbers(vkey, code);
  return missing === 0
    ? { state: 'good', detail: `verifier ${verifier}` }
    : { state: 'bad', detail: `${missing} numbers of the key are not in the code of ${verifier}.` };
}

async function powersCheck(config: ChainConfig, client: PublicClient): Promise<Omit<Check, 'id'>> {
  const onChain = await client.readContract({ address: config.registry, abi: modelRegistryAbi, functionName: 'srs' });
  return { state: samePowers(parseSrs(srsFile), onChain) ? 'good' : 'bad' };
}

async function recordCheck(
  { origin, statement }: Edge,
  config: ChainConfig,
  client: PublicClient,
): Promise<Omit<Check, 'id'>> {
  const registry = { address: config.registry, abi: modelRegistryAbi } as const;
  const id = resultId(statement);
  if (statement.program === 'data') {
    const shard = await client.readContract({ ...registry, functionName: 'shard', args: [id] });
    if (shard.owner === zeroAddress) return { state: 'open', detail: 'Not registered yet.' };
    return sameTrainer(shard.owner, origin.trainer);
  }
  if (statement.program === 'score') return scoreCheck(statement, config, client);
  const node = await client.readContract({ ...registry, functionName: 'node', args: [id] });
  if (node.trainer === zeroAddress) return { state: 'open', detail: 'Not registered yet.' };
  const stored = await client.readContract({ ...registry, functionName: 'parents', args: [id] });
  const claimed = parentIds(statement);
  if (stored.join() !== claimed.join()) {
    return {
      state: 'bad',
      detail: `The registry names ${stored.join(', ') || 'no parent'}, not ${claimed.join(', ') || 'none'}.`,
    };
  }
  return sameTrainer(node.trainer, origin.trainer);
}

async function scoreCheck(
  { widths, model, shard, shardCommitment, result }: ScoreStatement,
  config: ChainConfig,
  client: PublicClient,
): Promise<Omit<Check, 'id'>> {
  const stored = await client.readContract({
    address: config.scoreboard!,
    abi: scoreboardAbi,
    functionName: 'resultOf',
    args: [modelId(model, encodeShape(widths)), shardId(shardCommitment, encodeShard(shard))],
  });
  if (stored.prover === zeroAddress) return { state: 'open', detail: 'Not registered yet.' };
  return stored.value === result
    ? { state: 'good', detail: `proved by ${stored.prover}` }
    : { state: 'open', detail: `Another result is the best by now: ${stored.value}.` };
}

function sameTrainer(stored: string, claimed: string): Omit<Check, 'id'> {
  return stored.toLowerCase() === claimed.toLowerCase()
    ? { state: 'good', detail: `registered by ${stored}` }
    : { state: 'bad', detail: `The registry names ${stored}, the edge ${claimed}.` };
}

/**
 * The edge file of a registered node, made again from the transaction that registered it: the proof is in its calldata.
 * @throws Error in words when there is no such node or another contract sent the call
 */
export async function edgeOfNode(id: Hex, config: ChainConfig, client: PublicClient): Promise<string> {
  const registry = { address: config.registry, abi: modelRegistryAbi } as const;
  const node = await client.readContract({ ...registry, functionName: 'node', args: [id] });
  if (node.trainer === zeroAddress) throw new Error('No model with this id is registered here.');
  const range = { fromBlock: node.blockNumber, toBlock: node.blockNumber, strict: true } as const;
  const [[registered], [seeded]] = await Promise.all([
    client.getContractEvents({ ...registry, ...range, eventName: 'ModelRegistered', args: { id } }),
    client.getContractEvents({ ...registry, ...range, eventName: 'Seeded', args: { id } }),
  ]);
  if (!registered) throw new Error('The node does not give the block in which the model was registered.');
  const [transaction, relay] = await Promise.all([
    client.getTransaction({ hash: registered.transactionHash }),
    client.readContract({ address: config.registry, abi: relayedAbi, functionName: 'trustedForwarder' }),
  ]);
  const call = callWithin(transaction, config.registry, relay);
  if (call === undefined) {
    throw new Error('Another contract registered this model, so its proof cannot be read from the transaction.');
  }
  const drawn = seeded && { widths: decodeShape(registered.args.shape), seed: seeded.args.seed };
  const { statement, proof } = readProvedCall(call, drawn);
  const key = await fetch(`/files/${statement.program}.vkey.json`);
  return formatEdge({
    origin: { chainId: BigInt(config.chainId), registry: config.registry, trainer: node.trainer },
    statement,
    proof,
    verificationKey: keccak256(new Uint8Array(await key.arrayBuffer())),
    devKeys: config.devKeys,
    metadata: {},
  });
}
