import { type Command, InvalidArgumentError } from 'commander';
import {
  type Address,
  encodeFunctionData,
  formatUnits,
  getAddress,
  type Hex,
  isAddressEqual,
  type LocalAccount,
  parseEther,
  zeroAddress,
  zeroHash,
} from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { creditVaultAbi, modelRegistryAbi, trainersAbi } from '../../src/generated/abi.ts';
import { type Chain, parseAddress } from '../chain/client.ts';
import { loadAccount } from '../chain/keys.ts';
import {
  ETHER,
  type OpenClaim,
  type Owed,
  readChosenShare,
  readKey,
  readReady,
  readSplit,
  readTrainerCredit,
  readUnit,
  type TrainerCredit,
  type Unit,
  vaultOf,
} from '../chain/readCredit.ts';
import { isModel, translateErrors } from '../chain/readRegistry.ts';
import { sendCall } from '../chain/send.ts';
import { modelIdOf } from '../runs/ids.ts';
import { alignColumns } from '../terminal/drawTree.ts';
import { counted } from '../terminal/plural.ts';
import { addCreditKeyCommand, openTrainers, type TrainersOptions, withTrainer, withTrainers } from './creditKey.ts';
import {
  type CommonOptions,
  type CreditOptions,
  openCreditVault,
  openRegistry,
  outputOf,
  trainerOf,
  withChain,
  withCommon,
  withCreditVault,
  withKey,
  withRpc,
} from './options.ts';
import { type SignOptions, sendOrSign, withSign } from './sendOrSign.ts';

interface CreditCommandOptions extends CommonOptions, CreditOptions {
  trainer?: string;
}

/** Of commands whose request the relay can carry. */
type SignedCreditOptions = CreditCommandOptions & SignOptions;

/** The registry takes no higher one. */
const HIGHEST_SHARE = 5_000;
/** Claims and merges on their ways that one transaction has gas for: one takes at most 120,000. */
const MOST_PARTS = 96;

const HELP = `
Shares are parts of what arrives at a model. A trainer's share of a node is the one that it had chosen when the node was
registered; later it can only be lowered. What is left is the paid model's trainer's. Money is not sent along: 'claim'
credits a trainer with its shares of models that descend from its own, and with what is left of its own models;
'withdraw' sends the credit. What only a trainer's key can ask for it can sign instead (--sign); anybody then pays for it.`;

export function addCreditCommand(program: Command): void {
  const credit = program
    .command('credit')
    .description('pay a model and all who trained its ancestors; claim and withdraw your part of that')
    .addHelpText('after', HELP);
  addSplitCommand(credit);
  addPayCommand(credit);
  addShowCommand(credit);
  addClaimCommand(credit);
  addWithdrawCommand(credit);
  addShareCommand(credit);
  addLowerCommand(credit);
  addPayoutCommand(credit);
  addCreditKeyCommand(credit);
}

function addSplitCommand(credit: Command): void {
  withCreditVault(withRpc(withCommon(credit.command('split'))))
    .description('tell who would get how much of a payment')
    .argument('<model>', 'id, edge file or weights file')
    .option('--amount <ether>', 'how much', ether, parseEther('1'))
    .action(async (what: string, options: CreditCommandOptions & { amount: bigint }) => {
      const { amount } = options;
      const model = await modelIdOf(what);
      const { chain, creditVault: vault } = await openCreditVault(options);
      await requireModel(chain, vault, model);
      const { payouts, left } = await readSplit(chain, vault, model, amount);
      const rows = payouts.map(({ node, account, ways, amount: part }) => [
        inUnits(part, ETHER),
        account,
        `${node === model ? 'for the model' : `for ${node}`}${ways > 1n ? `, by ${ways} ways` : ''}`,
      ]);
      const rest = left > 0n ? `\nRounding leaves ${left} wei.` : '';
      outputOf(options).result({ model, amount, payouts, left }, `${alignColumns(rows)}${rest}`);
    });
}

function addPayCommand(credit: Command): void {
  withKey(withCreditVault(withRpc(withCommon(credit.command('pay')))))
    .description('pay a model in Ether: its trainer and those of its ancestors can then claim their shares')
    .argument('<model>', 'id, edge file or weights file')
    .requiredOption('--amount <ether>', 'how much', ether)
    .action(async (what: string, options: CreditCommandOptions & { amount: bigint }) => {
      const { amount } = options;
      const model = await modelIdOf(what);
      const { chain, vault, account } = await open(options);
      await requireModel(chain, vault, model);
      const data = encodeFunctionData({ abi: creditVaultAbi, functionName: 'pay', args: [model] });
      const sent = await sendCall(chain, account, { to: vault, data, value: amount }, options.runs);
      const text = `Paid ${inUnits(amount, ETHER)} to ${model}.`;
      outputOf(options).result({ model, amount, ...outcomeOf(sent) }, text);
    });
}

function addShowCommand(credit: Command): void {
  withTrainer(withCreditVault(withRpc(withCommon(credit.command('show')))))
    .description('tell what a trainer can withdraw, collect and claim')
    .action(async (options: CreditCommandOptions) => {
      const { chain, creditVault: vault } = await openCreditVault(options);
      const trainer = getAddress(trainerOf(options, chain.id));
      const found = await readTrainerCredit(chain, await vaultOf(chain, vault), trainer);
      outputOf(options).result(found, describeCredit(found));
    });
}

function addClaimCommand(credit: Command): void {
  withTrainer(withCreditVault(withRpc(withCommon(credit.command('claim')))))
    .description('credit a trainer with all that it is owed, in as many transactions as it takes; anybody can do so')
    .action(async (options: CreditCommandOptions) => {
      const { chain, vault, account } = await open(options);
      const trainer = getAddress(trainerOf(options, chain.id));
      const { owed, missing } = await readTrainerCredit(chain, await vaultOf(chain, vault), trainer);
      const output = outputOf(options);
      const transactions: Hex[] = [];
      for (const data of owed.flatMap(creditingCalls)) {
        const { transactionHash } = await sendCall(chain, account, { to: vault, data }, options.runs);
        transactions.push(transactionHash);
      }
      const credited = owed.flatMap((one) => {
        const amount = openOf(one);
        return amount > 0n ? [{ token: one.token, symbol: one.symbol, decimals: one.decimals, amount }] : [];
      });
      const sums = credited.map(({ amount, ...unit }) => inUnits(amount, unit));
      const text =
        sums.length === 0
          ? `Nothing is to be claimed or collected for ${trainer}.`
          : `Credited ${trainer} with ${sums.join(' and ')}, in ${counted(transactions.length, 'transaction')}.`;
      for (const one of missing) output.warn(`there may be more: ${one}`);
      output.result({ trainer, credited, transactions, missing }, text);
    });
}

function addWithdrawCommand(credit: Command): void {
  withSign(withTrainer(withCreditVault(withRpc(withCommon(credit.command('withdraw'))))))
    .description("send a trainer's credit: with its key to anywhere, without it to where its money goes")
    .option('--to <address>', "where to, with the trainer's key only (default: where its money goes)")
    .option('--token <address>', 'a token instead of Ether')
    .action(async (options: SignedCreditOptions & { to?: string; token?: string }) => {
      const token = options.token === undefined ? zeroAddress : parseAddress(options.token, '--token');
      const wanted = options.to === undefined ? undefined : getAddress(parseAddress(options.to, '--to'));
      const { chain, vault, account } = await open(options);
      const trainer = getAddress(trainerOf(options, chain.id));
      const { key, payout } = await readKey(chain, (await vaultOf(chain, vault)).trainers, trainer);
      const isKey = isAddressEqual(key, account.address);
      if (wanted !== undefined && !isKey) {
        throw new InputError(`${key} acts for the trainer ${trainer}, not ${account.address}.`, {
          hint: 'Without --to anybody can send the credit to where the trainer wants it.',
        });
      }
      if (options.sign && !isKey) throw notItsKey(key, trainer, account.address);
      const amount = await readReady(chain, vault, trainer, token);
      const to = wanted ?? payout;
      const data = isKey
        ? encodeFunctionData({ abi: creditVaultAbi, functionName: 'withdraw', args: [trainer, token, to] })
        : encodeFunctionData({ abi: creditVaultAbi, functionName: 'withdrawFor', args: [trainer, token] });
      const action = { what: 'withdraw', account: trainer, token, to } as const;
      const { facts, signed, text: more } = await sendOrSign(chain, account, { to: vault, data, action }, options);
      const sum = inUnits(amount, await readUnit(chain, token));
      const text = `${signed ? 'To send' : 'Sent'} ${sum} of ${trainer} to ${to}.${more}`;
      outputOf(options).result({ trainer, token, to, amount, ...facts }, text);
    });
}

function addShareCommand(credit: Command): void {
  withSign(withKey(withChain(withCommon(credit.command('share')))))
    .description('choose your share of what descendants are paid, for the models that you register from now on')
    .argument('<percent>', '0 to 50, with at most two decimals', percent)
    .action(async (share: number, options: SignedCreditOptions) => {
      if (share > HIGHEST_SHARE)
        throw new InputError(`A share is at most ${HIGHEST_SHARE / 100} %, not ${share / 100} %.`);
      const { chain, registry } = await openRegistry(options);
      const account = loadAccount(options, chain.id);
      const isSame = (await readChosenShare(chain, registry, account.address)) === share;
      const data = encodeFunctionData({ abi: modelRegistryAbi, functionName: 'chooseShare', args: [BigInt(share)] });
      const action = { what: 'chooseShare', share: BigInt(share) } as const;
      const asked = isSame ? undefined : { to: registry, data, action };
      const { facts, signed, text: more } = await sendOrSign(chain, account, asked, options);
      const from = signed ? 'once this is sent' : 'from now on';
      const text = `${isSame ? 'As before, models' : 'Models'} that ${account.address} registers ${from} take ${share / 100} %.${more}`;
      outputOf(options).result({ trainer: account.address, share, ...facts }, text);
    });
}

function addLowerCommand(credit: Command): void {
  withSign(withKey(withCreditVault(withRpc(withCommon(credit.command('lower'))))))
    .description('lower the share of a model of yours for good, for all that is not claimed yet')
    .argument('<model>', 'id, edge file or weights file')
    .argument('<percent>', 'below the current one, with at most two decimals', percent)
    .action(async (what: string, share: number, options: SignedCreditOptions) => {
      const model = await modelIdOf(what);
      const { chain, vault, account } = await open(options);
      await requireModel(chain, vault, model);
      const read = { address: vault, abi: creditVaultAbi, functionName: 'shareOf', args: [model] } as const;
      const before = Number(await translateErrors(() => chain.client.readContract(read)));
      const args = [model, BigInt(share)] as const;
      const data = encodeFunctionData({ abi: creditVaultAbi, functionName: 'lowerShare', args });
      const action = { what: 'lowerShare', node: model, share: BigInt(share) } as const;
      const { facts, signed, text: more } = await sendOrSign(chain, account, { to: vault, data, action }, options);
      const [will, was] = signed ? ['will be', 'is'] : ['is now', 'was'];
      const text = `The share of ${model} ${will} ${share / 100} %; it ${was} ${before / 100} %.${more}`;
      outputOf(options).result({ model, share, before, ...facts }, text);
    });
}

function addPayoutCommand(credit: Command): void {
  withTrainers(withSign(withTrainer(withCreditVault(withRpc(withCommon(credit.command('payout')))))))
    .description('choose where the money of a trainer whose key you have goes when others send it')
    .argument('<address>', '0x00..00: to the key')
    .action(async (name: string, options: SignedCreditOptions & TrainersOptions) => {
      const payout = getAddress(parseAddress(name, 'where the money goes'));
      const { chain, trainers } = await openTrainers(options);
      const account = loadAccount(options, chain.id);
      const trainer = getAddress(trainerOf(options, chain.id));
      const args = [trainer, payout] as const;
      const data = encodeFunctionData({ abi: trainersAbi, functionName: 'setPayout', args });
      const action = { what: 'setPayout', account: trainer, payout } as const;
      const { facts, signed, text: more } = await sendOrSign(chain, account, { to: trainers, data, action }, options);
      const now = await readKey(chain, trainers, trainer);
      const to = !signed ? now.payout : isAddressEqual(payout, zeroAddress) ? now.key : payout;
      const text = `What ${trainer} is owed ${signed ? 'will go' : 'goes'} to ${to}.${more}`;
      outputOf(options).result({ trainer, payout: to, ...facts }, text);
    });
}

/** Connects, takes the key and finds the vault. */
async function open(options: CreditOptions): Promise<{ chain: Chain; vault: Address; account: LocalAccount }> {
  const { chain, creditVault: vault } = await openCreditVault(options);
  return { chain, vault, account: loadAccount(options, chain.id) };
}

/** Only what a trainer's key signs is carried. */
function notItsKey(key: Address, trainer: Address, signer: Address): InputError {
  return new InputError(`${key} acts for the trainer ${trainer}, not ${signer}: the relay carries what it signs.`, {
    hint: 'Without --sign anybody can send the credit to where the trainer wants it.',
  });
}

async function requireModel(chain: Chain, vault: Address, model: Hex): Promise<void> {
  const { registry } = await vaultOf(chain, vault);
  if (await isModel(chain, registry, model)) return;
  throw new DescentError(`The registry ${registry} knows no model ${model}.`, { code: 'UNKNOWN_MODEL', exit: 'usage' });
}

/** What credits a trainer with all that it is owed in a token: calls that fit into a transaction each. */
function creditingCalls({ token, claimable, collectable }: Owed): Hex[] {
  const claims = inParts(claimable, ({ steps }) => 1 + steps.length / 2).map((some) => {
    const list = some.map(({ ancestor, model, steps }) => ({ ancestor, model, mark: zeroHash, steps }));
    return encodeFunctionData({ abi: creditVaultAbi, functionName: 'claimAll', args: [token, list] });
  });
  const rests = inParts(collectable, () => 1).map((some) => {
    const models = some.map(({ model }) => model);
    return encodeFunctionData({ abi: creditVaultAbi, functionName: 'collect', args: [models, token] });
  });
  return [...claims, ...rests];
}

/** Cuts a list so that no part weighs more than a transaction takes, unless a single element does. */
function inParts<T>(list: readonly T[], weightOf: (element: T) => number): T[][] {
  const parts: T[][] = [];
  let weight = Number.POSITIVE_INFINITY;
  for (const element of list) {
    weight += weightOf(element);
    if (weight > MOST_PARTS) {
      parts.push([]);
      weight = weightOf(element);
    }
    parts.at(-1)!.push(element);
  }
  return parts;
}

const sumOf = (list: readonly { amount: bigint }[]): bigint => list.reduce((sum, { amount }) => sum + amount, 0n);

/** What is to be claimed and collected. */
const openOf = ({ claimable, collectable }: Owed): bigint => sumOf(claimable) + sumOf(collectable);

function describeCredit({ trainer, key, payout, share, owed, missing }: TrainerCredit): string {
  const facts = [
    ['trainer', trainer],
    ['key', key],
    ['money goes to', payout],
    ['share', `${share / 100} % of what descendants of models are paid that it registers from now on`],
    ...(owed.length === 0 ? [['owed', 'nothing']] : owed.flatMap(describeOwed)),
    ...missing.map((one) => ['there may be more', one]),
  ];
  return alignColumns(facts);
}

function describeOwed({ ready, collectable, claimable, ...unit }: Owed): string[][] {
  return [
    ['ready', inUnits(ready, unit)],
    ...collectable.map(({ model, amount }) => ['collectable', `${inUnits(amount, unit)} of ${model}`]),
    ...claimable.map((one) => ['claimable', describeClaim(one, unit)]),
  ];
}

function describeClaim({ ancestor, model, steps, amount }: OpenClaim, unit: Unit): string {
  const way = steps.length === 0 ? 'on its first line' : `through ${counted(steps.length / 2, 'other parent')}`;
  return `${inUnits(amount, unit)} of ${model} for ${ancestor}, ${way}`;
}

function inUnits(amount: bigint, { symbol, decimals }: Pick<Unit, 'symbol' | 'decimals'>): string {
  return `${formatUnits(amount, decimals)} ${symbol}`;
}

/** Parser of an amount of Ether above 0. */
function ether(text: string): bigint {
  if (!/^\d{1,12}(\.\d{1,18})?$/.test(text)) throw new InvalidArgumentError('Not an amount of Ether such as 0.25.');
  const amount = parseEther(text);
  if (amount === 0n) throw new InvalidArgumentError('Must be more than 0.');
  return amount;
}

/** Parser of a share in percent. @returns it in 1/10,000 */
function percent(text: string): number {
  if (!/^\d{1,3}(\.\d{1,2})?$/.test(text))
    throw new InvalidArgumentError('Not a percentage with at most two decimals.');
  return Math.round(Number(text) * 100);
}

function outcomeOf(sent: { transactionHash: Hex } | undefined) {
  return { sent: sent !== undefined, ...(sent && { transaction: sent.transactionHash }) };
}
