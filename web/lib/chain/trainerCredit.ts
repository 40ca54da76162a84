// What one trainer is owed by all models that were paid: its own ones, and those that descend from one of its.
import { type Address, type Hex, isAddressEqual, type PublicClient, zeroHash } from 'viem';
import { creditVaultAbi, modelRegistryAbi, trainersAbi } from '../../../src/generated/abi.ts';
import { waysTo } from '../../../src/registry/ways.ts';
import { readSplit, readTokens } from './credit.ts';
import type { OpenClaim, TrainerCredit, TrainerToken } from './moneyTypes.ts';
import type { Store } from './store.ts';
import type { ChainConfig, Model, Named } from './types.ts';

/** Anyone can pay any number of models for gas alone. */
const MOST_MODELS = 200;
const MOST_TOKENS = 5;
/** Ways that one claim goes through, in all. */
const MOST_WAYS = 128;
/** Steps of a way that one transaction has room for beside others. */
const MOST_STEPS = 128;
/** An amount that shows every share: they are in 1/10,000. */
const WHOLE = 10_000n;

type Vault = Pick<ChainConfig, 'registry'> & { creditVault: Address; trainers: Address };

/** A claim that may be open, before the chain was asked. */
interface Way {
  ancestor: Model;
  model: Model;
  steps: Hex[];
}

/**
 * Asks the chain what a trainer is owed.
 * @param config names the vault and where it is said who acts for a trainer
 * @throws the node's error
 */
export async function readTrainerCredit(
  client: PublicClient,
  { registry, creditVault, trainers }: Vault,
  store: Store,
  trainer: Address,
): Promise<TrainerCredit> {
  const paid = store.dealings.paidModels.slice(0, MOST_MODELS).flatMap((id) => store.model(id) ?? []);
  const own = paid.filter((model) => isAddressEqual(model.trainer, trainer));
  const { ways, complete } = await findWays(client, creditVault, store, paid, trainer);
  const tokens = [...new Set(paid.flatMap(({ id }) => store.dealings.creditsOf(id).map(({ token }) => token)))];
  const [described, [key, payout], chosenShare] = await Promise.all([
    readTokens(client, tokens.slice(0, MOST_TOKENS)),
    client.multicall({
      contracts: [
        { address: trainers, abi: trainersAbi, functionName: 'keyOf', args: [trainer] },
        { address: trainers, abi: trainersAbi, functionName: 'payoutOf', args: [trainer] },
      ],
      allowFailure: false,
      deployless: true,
    }),
    client.readContract({ address: registry, abi: modelRegistryAbi, functionName: 'chosenShare', args: [trainer] }),
  ]);
  const owed = await Promise.all(
    described.map(async (token): Promise<TrainerToken> => {
      const paidIn = (id: Hex) => store.dealings.creditsOf(id).some((sums) => sums.token === token.token);
      const [credit, rests, claims] = await Promise.all([
        client.readContract({
          address: creditVault,
          abi: creditVaultAbi,
          functionName: 'credit',
          args: [trainer, token.token],
        }),
        readRests(
          client,
          creditVault,
          token.token,
          own.filter(({ id }) => paidIn(id)),
        ),
        readClaims(
          client,
          creditVault,
          token.token,
          ways.filter(({ model }) => paidIn(model.id)),
        ),
      ]);
      return { ...token, credit: credit.toString(), rests, claims };
    }),
  );
  const isOpen = ({ credit, rests, claims }: TrainerToken) => credit !== '0' || rests.length + claims.length > 0;
  const all = complete && paid.length === store.dealings.paidModels.length;
  return {
    trainer,
    key,
    payout,
    chosenShare: Number(chosenShare),
    tokens: owed.filter(isOpen),
    complete: all && tokens.length <= MOST_TOKENS,
  };
}

/** The ways from paid models up to nodes of a trainer that take a share. */
async function findWays(client: PublicClient, vault: Address, store: Store, paid: Model[], trainer: Address) {
  const ways: Way[] = [];
  let complete = true;
  for (const model of paid) {
    const split = await readSplit(client, vault, model.id, WHOLE);
    if ('refused' in split) {
      complete = false;
      continue;
    }
    const shares = split.payouts.filter(({ node, account }) => node !== model.id && isAddressEqual(account, trainer));
    for (const { node } of shares) {
      const ancestor = store.model(node);
      const found = ancestor && waysTo(model.id, node, store.nodeOf, MOST_WAYS - ways.length);
      if (!found?.complete) complete = false;
      for (const steps of found?.ways ?? []) {
        if (steps.length > MOST_STEPS) complete = false;
        else ways.push({ ancestor: ancestor!, model, steps: [...steps] });
      }
    }
  }
  return { ways, complete };
}

async function readRests(client: PublicClient, vault: Address, token: Address, models: Model[]) {
  const answers = await client.multicall({
    contracts: models.map(
      ({ id }) => ({ address: vault, abi: creditVaultAbi, functionName: 'collectable', args: [id, token] }) as const,
    ),
    allowFailure: false,
    deployless: true,
  });
  return models.flatMap((model, k) =>
    answers[k] > 0n ? [{ model: named(model), amount: answers[k].toString() }] : [],
  );
}

async function readClaims(client: PublicClient, vault: Address, token: Address, ways: Way[]): Promise<OpenClaim[]> {
  const answers = await client.multicall({
    contracts: ways.map(
      ({ ancestor, model, steps }) =>
        ({
          address: vault,
          abi: creditVaultAbi,
          functionName: 'claimable',
          args: [token, { ancestor: ancestor.id, model: model.id, mark: zeroHash, steps }],
        }) as const,
    ),
    allowFailure: false,
    deployless: true,
  });
  return ways.flatMap(({ ancestor, model, steps }, k) => {
    const [amount] = answers[k];
    return amount > 0n ? [{ ancestor: named(ancestor), model: named(model), steps, amount: amount.toString() }] : [];
  });
}

/** As much of a model as a link to it takes. */
export function named({ id, kind, widths, head, network, name }: Model): Named {
  return { id, kind, widths, head, ...(network && { network }), ...(name && { name }) };
}
