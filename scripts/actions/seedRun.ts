import { join } from 'node:path';
import { encodeFunctionData, type Hex, type LocalAccount, parseEventLogs, toHex, zeroHash } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { modelRegistryAbi } from '../../src/generated/abi.ts';
import { type AnyShape, encodeAnyShape, formatShape } from '../../src/model/anyShape.ts';
import { writeWeights } from '../../src/model/weightsFile.ts';
import { randomElement } from '../../src/numbers/field.ts';
import { clientReads } from '../../src/registry/clientReads.ts';
import { drawnSeed } from '../../src/registry/drawnSeed.ts';
import { secretHash } from '../../src/registry/statement.ts';
import { modelOfSeed } from '../../src/training/seed.ts';
import type { Chain } from '../chain/client.ts';
import { fileJournal } from '../chain/journal.ts';
import { LOCAL_CHAINS } from '../chain/keys.ts';
import { explainRevert, revertName } from '../chain/revert.ts';
import { sendOnce } from '../chain/transaction.ts';
import { modelLabel } from '../files/models.ts';
import { readSecret } from '../runs/programs/seed.ts';
import type { Run } from '../runs/run.ts';
import type { Output } from '../terminal/output.ts';

/** In the run folder, readable by its owner alone. */
const SECRET_FILE = 'secret.txt';

const BLOCK_TIMEOUT_MS = 300_000;

/** Where a seed is drawn. */
export interface SeedContext {
  chain: Chain;
  registry: Hex;
  account: LocalAccount;
}

/** What identifies a seed run: the same inputs continue it. */
export function seedInputs(shape: AnyShape, { chain, registry, account }: SeedContext) {
  return {
    shape: formatShape(shape),
    head: shape.head,
    chainId: chain.id,
    registry: registry.toLowerCase(),
    trainer: account.address,
  };
}

/**
 * Stages `secret`, `request` (one transaction, which holds the secret's hash) and `seed` (weights with a fresh salt) of a run. The
 * secret leaves this machine only after the block that decides the seed.
 * @throws DescentError (chain) when the request fails or the seed has expired.
 */
export async function seedRun(run: Run, shape: AnyShape, context: SeedContext, output: Output): Promise<void> {
  await run.stage('secret', async (put) => {
    put('secret', SECRET_FILE, `${toHex(crypto.getRandomValues(new Uint8Array(32)))}\n`);
    return null;
  });
  const secret = readSecret(run);
  const { requestId, seedBlock } = await run.stage('request', async () => {
    output.progress.stage('request a seed');
    const request = await requestSeed(context, shape, secretHash(secret), join(run.folder, 'request.tx'));
    output.progress.done();
    return request;
  });
  await run.stage('seed', async (put) => {
    output.progress.stage('wait for the block that decides the seed');
    const seed = await awaitSeed(context, { requestId: BigInt(requestId), seedBlock: BigInt(seedBlock), secret });
    output.progress.stage(`derive the weights of ${modelLabel(shape)}`);
    put('model', 'model.safetensors', writeWeights(modelOfSeed(shape, seed, randomElement())));
    output.progress.done();
    return { seed: seed.toString(), requestId };
  });
}

async function requestSeed({ chain, registry, account }: SeedContext, shape: AnyShape, hash: Hex, journal: string) {
  const args = [encodeAnyShape(shape), hash] as const;
  const data = encodeFunctionData({ abi: modelRegistryAbi, functionName: 'requestSeed', args });
  try {
    const receipt = await sendOnce(chain, account, { to: registry, data }, fileJournal(journal));
    const [event] = parseEventLogs({ abi: modelRegistryAbi, logs: receipt.logs, eventName: 'SeedRequested' });
    return {
      requestId: event.args.requestId.toString(),
      seedBlock: event.args.seedBlock.toString(),
      transaction: receipt.transactionHash,
      gas: Number(receipt.gasUsed),
    };
  } catch (error) {
    throw explainRevert(error);
  }
}

/** A request for a seed, and what its hash was made of. */
interface SecretRequest {
  requestId: bigint;
  seedBlock: bigint;
  secret: Hex;
}

/**
 * The seed, as soon as the registry can know it, computed here: a node that is told the secret knows the weights, and one that
 * lies about the number of blocks could choose the block that decides. On a local chain, which mines on demand, it mines the
 * blocks itself.
 */
async function awaitSeed(context: SeedContext, request: SecretRequest): Promise<bigint> {
  const { chain } = context;
  const deadline = Date.now() + BLOCK_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const seed = await seedNow(context, request);
    if (seed !== undefined) return seed;
    if (LOCAL_CHAINS.includes(chain.id)) await mine(chain);
    else await new Promise((resolve) => setTimeout(resolve, chain.client.pollingInterval));
  }
  throw new DescentError(`No new block for ${BLOCK_TIMEOUT_MS / 60_000} minutes.`, {
    code: 'NO_BLOCK',
    exit: 'chain',
    hint: 'Run the same command again: it continues to wait for the same seed.',
  });
}

/** Undefined while the block that decides is not past. @throws DescentError (SeedExpired) where the chain has forgotten it */
async function seedNow(
  { chain, registry, account }: SeedContext,
  { requestId, seedBlock, secret }: SecretRequest,
): Promise<bigint | undefined> {
  if ((await chain.client.getBlockNumber({ cacheTime: 0 })) <= seedBlock) return undefined;
  const reads = clientReads(chain.client, chain.id);
  const request = await reads.seedRequest(registry, requestId);
  if (request === undefined) return undefined;
  try {
    // Whether the registry could use the block, without a word of the secret. Where the hash is stored, it can.
    const call = { address: registry, abi: modelRegistryAbi, functionName: 'fixSeed', args: [requestId] } as const;
    if (request.blockHash === zeroHash && !request.used) {
      await chain.client.simulateContract({ ...call, account: account.address });
    }
  } catch (error) {
    if (revertName(error) === 'SeedTooEarly') return undefined;
    throw explainRevert(error);
  }
  return drawnSeed(reads, request, requestId, secret);
}

/** Mines a block where the node can; elsewhere waits, because a local chain may also have a block time. */
async function mine({ client }: Chain): Promise<void> {
  try {
    await client.request({ method: 'evm_mine' as never });
  } catch {
    await new Promise((resolve) => setTimeout(resolve, client.pollingInterval));
  }
}
