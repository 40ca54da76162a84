// What models are paid, and what one trainer is owed of it.
import { type Address, type Hex, isAddressEqual, parseAbi, parseEventLogs, zeroAddress, zeroHash } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { creditVaultAbi, modelRegistryAbi, trainersAbi } from '../../src/generated/abi.ts';
import type { NodeOf } from '../../src/registry/ancestry.ts';
import { waysTo } from '../../src/registry/ways.ts';
import { printable } from '../terminal/printable.ts';
import type { Chain } from './client.ts';
import { readLineage } from './readLineage.ts';
import { readLogs } from './readLogs.ts';
import { translateErrors } from './readRegistry.ts';
import { explainRevert, revertName } from './revert.ts';

/** Where credit is kept, and what belongs to it. */
export interface Vault {
  vault: Address;
  registry: Address;
  trainers: Address;
}

/** A token and how its amounts are written. */
export interface Unit {
  token: Address;
  symbol: string;
  decimals: number;
}

export interface OpenClaim {
  ancestor: Hex;
  model: Hex;
  steps: readonly Hex[];
  amount: bigint;
}

/** What a trainer is owed in one token. */
export interface Owed extends Unit {
  /** can be withdrawn */
  ready: bigint;
  /** of its own models, what is left when all ancestors take their shares */
  collectable: readonly { model: Hex; amount: bigint }[];
  /** of models that descend from its own */
  claimable: readonly OpenClaim[];
}

export interface TrainerCredit {
  trainer: Address;
  key: Address;
  payout: Address;
  /** of nodes that it registers from now on, in 1/10,000 */
  share: number;
  owed: readonly Owed[];
  /** why there may be more; empty where this is all */
  missing: readonly string[];
}

/** A claim that may be open, before the chain was asked. */
type Way = Omit<OpenClaim, 'amount'>;

export const ETHER: Unit = { token: zeroAddress, symbol: 'ETH', decimals: 18 };
/** Nodes that a split looks at, so that a node answers in time. */
const SPLIT_NODES = 1_000n;
/** Anyone can pay any number of models, and in any token, for gas alone. */
const MOST_MODELS = 500;
const MOST_TOKENS = 10;
/** Ways that one reading goes through, in all. */
const MOST_WAYS = 512;
/** Ids of a way that one transaction has room for: longer ones have to be recorded in parts first. */
const MOST_IDS = 128;
/** A token's decimals beyond this are nonsense. */
const MOST_DECIMALS = 36;
/** An amount that shows every share: they are in 1/10,000. */
const WHOLE = 10_000n;
const TOKEN = parseAbi(['function symbol() view returns (string)', 'function decimals() view returns (uint8)']);

/** The contracts that the vault works with. @throws DescentError (chain) */
export async function vaultOf({ client }: Chain, vault: Address): Promise<Vault> {
  const at = { address: vault, abi: creditVaultAbi } as const;
  return translateErrors(async () => {
    const [registry, trainers] = await Promise.all([
      client.readContract({ ...at, functionName: 'lineage' }),
      client.readContract({ ...at, functionName: 'trainers' }),
    ]);
    return { vault, registry, trainers };
  });
}

/** Who gets how much of an amount. @throws DescentError where the model cannot be paid; (chain) */
export async function readSplit({ client }: Chain, vault: Address, model: Hex, amount: bigint) {
  const args = [model, amount, SPLIT_NODES] as const;
  const call = { address: vault, abi: creditVaultAbi, functionName: 'split', args } as const;
  const [payouts, left] = await translateErrors(async () => {
    try {
      return await client.readContract(call);
    } catch (error) {
      throw revertName(error) === undefined ? error : explainRevert(error);
    }
  });
  return { payouts, left };
}

/** What a trainer can withdraw. @throws DescentError (chain) */
export function readReady({ client }: Chain, vault: Address, trainer: Address, token: Address): Promise<bigint> {
  const args = [trainer, token] as const;
  return translateErrors(() =>
    client.readContract({ address: vault, abi: creditVaultAbi, functionName: 'credit', args }),
  );
}

/** Who acts for a trainer, and where its money goes. @throws DescentError (chain) */
export function readKey({ client }: Chain, trainers: Address, trainer: Address) {
  const at = { address: trainers, abi: trainersAbi, args: [trainer] } as const;
  return translateErrors(async () => {
    const [key, payout] = await Promise.all([
      client.readContract({ ...at, functionName: 'keyOf' }),
      client.readContract({ ...at, functionName: 'payoutOf' }),
    ]);
    return { key, payout };
  });
}

/** The share of nodes that a trainer registers from now on, in 1/10,000. @throws DescentError (chain) */
export async function readChosenShare({ client }: Chain, registry: Address, trainer: Address): Promise<number> {
  const args = [trainer] as const;
  const call = { address: registry, abi: modelRegistryAbi, functionName: 'chosenShare', args } as const;
  return Number(await translateErrors(() => client.readContract(call)));
}

/** How the amounts of a token are written. Of what is no proper token, its address and its smallest units have to do. */
export async function readUnit({ client }: Chain, token: Address): Promise<Unit> {
  if (token === zeroAddress) return ETHER;
  const calls = (['symbol', 'decimals'] as const).map((functionName) => ({ address: token, abi: TOKEN, functionName }));
  const [symbol, decimals] = await translateErrors(() => client.multicall({ contracts: calls, deployless: true }));
  const known = typeof decimals.result === 'number' && decimals.result <= MOST_DECIMALS;
  return {
    token,
    symbol: typeof symbol.result === 'string' ? printable(symbol.result.slice(0, 20)) : token,
    decimals: known ? Number(decimals.result) : 0,
  };
}

/** Asks the chain what a trainer is owed, by its own models and by all that descend from one of its. @throws DescentError (chain) */
export async function readTrainerCredit(chain: Chain, of: Vault, trainer: Address): Promise<TrainerCredit> {
  const missing: string[] = [];
  const paid = await readPaid(chain, of);
  const models = [...paid.keys()].slice(0, MOST_MODELS);
  if (models.length < paid.size) missing.push(`only the first ${MOST_MODELS} models that were paid are looked at`);
  const [nodeOf, own, { key, payout }, share] = await Promise.all([
    readLineage(chain, of.registry),
    ownOf(chain, of.registry, models, trainer),
    readKey(chain, of.trainers, trainer),
    readChosenShare(chain, of.registry, trainer),
  ]);
  const ways = await findWays(chain, { of, models, nodeOf, trainer, missing });
  const tokens = [...new Set([zeroAddress as Address, ...[...paid.values()].flatMap((some) => [...some])])];
  if (tokens.length > MOST_TOKENS) missing.push(`only the first ${MOST_TOKENS} tokens are looked at`);
  const owed: Owed[] = [];
  for (const token of tokens.slice(0, MOST_TOKENS)) {
    const isPaid = (model: Hex) => paid.get(model)?.has(token) === true;
    const [unit, ready, collectable, claimable] = await Promise.all([
      readUnit(chain, token),
      readReady(chain, of.vault, trainer, token),
      readCollectable(chain, of.vault, token, own.filter(isPaid)),
      readClaimable(
        chain,
        of.vault,
        token,
        ways.filter(({ model }) => isPaid(model)),
      ),
    ]);
    if (ready > 0n || collectable.length + claimable.length > 0) owed.push({ ...unit, ready, collectable, claimable });
  }
  return { trainer, key, payout, share, owed, missing };
}

/** All models that were paid, in the order of their first payment, and the tokens of each. */
async function readPaid(chain: Chain, { vault, registry }: Vault): Promise<Map<Hex, Set<Address>>> {
  const logs = await translateErrors(() => readLogs(chain, vault, { registry }));
  const paid = new Map<Hex, Set<Address>>();
  for (const { args } of parseEventLogs({ abi: creditVaultAbi, logs, eventName: 'Paid' })) {
    paid.set(args.model, (paid.get(args.model) ?? new Set()).add(args.token));
  }
  return paid;
}

/** Those of the models that a trainer registered. */
async function ownOf({ client }: Chain, registry: Address, models: readonly Hex[], trainer: Address): Promise<Hex[]> {
  const contracts = models.map(
    (id) => ({ address: registry, abi: modelRegistryAbi, functionName: 'creditOf', args: [id] }) as const,
  );
  const answers = await translateErrors(() => client.multicall({ contracts, allowFailure: false, deployless: true }));
  return models.filter((_, k) => isAddressEqual(answers[k][0], trainer));
}

interface Search {
  of: Vault;
  models: readonly Hex[];
  nodeOf: NodeOf;
  trainer: Address;
  /** is told what is left out */
  missing: string[];
}

/** The ways from paid models up to nodes of a trainer that take a share. */
async function findWays(chain: Chain, { of, models, nodeOf, trainer, missing }: Search): Promise<Way[]> {
  const ways: Way[] = [];
  for (const model of models) {
    const nodes = await sharersOf(chain, of.vault, model, trainer);
    if (nodes === undefined) missing.push(`too many nodes have a part in ${model}`);
    for (const ancestor of nodes ?? []) {
      const found = waysTo(model, ancestor, nodeOf, MOST_WAYS - ways.length);
      const short = found.ways.filter(({ length }) => length <= MOST_IDS);
      if (!found.complete) missing.push(`more ways lead from ${model} up to ${ancestor} than are looked at`);
      if (short.length < found.ways.length) {
        missing.push(`a way from ${model} up to ${ancestor} has more merges than one transaction takes`);
      }
      ways.push(...short.map((steps) => ({ ancestor, model, steps })));
    }
  }
  return ways;
}

/** Nodes of a trainer that take a share of what a model is paid; undefined where a node cannot list them. */
async function sharersOf(chain: Chain, vault: Address, model: Hex, trainer: Address): Promise<Hex[] | undefined> {
  try {
    const { payouts } = await readSplit(chain, vault, model, WHOLE);
    const own = payouts.filter(({ node, account }) => node !== model && isAddressEqual(account, trainer));
    return own.map(({ node }) => node);
  } catch (error) {
    if (error instanceof DescentError && error.code === 'SplitTooLarge') return undefined;
    throw error;
  }
}

async function readCollectable({ client }: Chain, vault: Address, token: Address, models: readonly Hex[]) {
  const contracts = models.map(
    (id) => ({ address: vault, abi: creditVaultAbi, functionName: 'collectable', args: [id, token] }) as const,
  );
  const answers = await translateErrors(() => client.multicall({ contracts, allowFailure: false, deployless: true }));
  return models.map((model, k) => ({ model, amount: answers[k] })).filter(({ amount }) => amount > 0n);
}

async function readClaimable({ client }: Chain, vault: Address, token: Address, ways: readonly Way[]) {
  const contracts = ways.map(({ ancestor, model, steps }) => {
    const args = [token, { ancestor, model, mark: zeroHash, steps }] as const;
    return { address: vault, abi: creditVaultAbi, functionName: 'claimable', args } as const;
  });
  const answers = await translateErrors(() => client.multicall({ contracts, allowFailure: false, deployless: true }));
  return ways.map((way, k): OpenClaim => ({ ...way, amount: answers[k][0] })).filter(({ amount }) => amount > 0n);
}
