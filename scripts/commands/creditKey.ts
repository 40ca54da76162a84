// Who acts for a trainer: a key is offered by the one before it, and taken by itself.
import { type Command, Option } from 'commander';
import { type Address, encodeFunctionData, getAddress, isAddressEqual, zeroAddress } from 'viem';
import { trainersAbi } from '../../src/generated/abi.ts';
import type { PlainAction } from '../../src/registry/requests.ts';
import { type Chain, connect, parseAddress, requireContract } from '../chain/client.ts';
import { loadAccount } from '../chain/keys.ts';
import { readKey, vaultOf } from '../chain/readCredit.ts';
import { translateErrors } from '../chain/readRegistry.ts';
import { commandLine } from '../terminal/invocation.ts';
import {
  type CreditOptions,
  openCreditVault,
  outputOf,
  trainerOf,
  withCommon,
  withCreditVault,
  withKey,
  withRpc,
} from './options.ts';
import { type SignOptions, sendOrSign, withSign } from './sendOrSign.ts';

/** Which contract of trainers. */
export interface TrainersOptions extends CreditOptions {
  trainers?: string;
}

interface KeyCommandOptions extends SignOptions, TrainersOptions {
  trainer?: string;
}

const HELP = `
Nodes go on naming the trainer. Its key decides where the money goes, says what became of its models and can be replaced: the
old key offers, the new one accepts.`;

/** Adds the account and --trainer. */
export function withTrainer(command: Command): Command {
  return withKey(command).option('--trainer <address>', 'whose (default: the account)');
}

/** Adds --trainers. */
export function withTrainers(command: Command): Command {
  return command.addOption(
    new Option(
      '--trainers <address>',
      'the contract of who acts for trainers (default: the one of the credit vault)',
    ).env('DESCENT_TRAINERS'),
  );
}

/** The contract that --trainers names, or the credit vault's. @throws InputError without either; DescentError (chain) */
export async function openTrainers(options: TrainersOptions): Promise<{ chain: Chain; trainers: Address }> {
  if (options.trainers === undefined) {
    const { chain, creditVault: vault } = await openCreditVault(options);
    return { chain, trainers: (await vaultOf(chain, vault)).trainers };
  }
  const trainers = parseAddress(options.trainers, '--trainers');
  const chain = await connect(options.rpc);
  await requireContract(chain, trainers, 'trainers');
  return { chain, trainers };
}

export function addCreditKeyCommand(credit: Command): void {
  const key = credit.command('key').description('let another key act for a trainer').addHelpText('after', HELP);
  addOfferCommand(key);
  addAcceptCommand(key);
}

function addOfferCommand(key: Command): void {
  withWhere(key.command('offer'))
    .description('offer to another key to act for a trainer whose key you have')
    .argument('<address>', 'the other key; 0x00..00 takes the offer back')
    .action(async (name: string, options: KeyCommandOptions) => {
      const other = getAddress(parseAddress(name, 'the other key'));
      const { chain, trainers } = await openTrainers(options);
      const account = loadAccount(options, chain.id);
      const trainer = getAddress(trainerOf(options, chain.id));
      const isSame = isAddressEqual(await offeredTo(chain, trainers, trainer), other);
      const args = [trainer, other] as const;
      const data = encodeFunctionData({ abi: trainersAbi, functionName: 'offerKey', args });
      const action: PlainAction = { what: 'offerKey', account: trainer, key: other };
      const asked = isSame ? undefined : { to: trainers, data, action };
      const { facts, signed, text: more } = await sendOrSign(chain, account, asked, options);
      const outcome = isAddressEqual(other, zeroAddress)
        ? `The key of ${trainer} ${signed ? 'will be' : 'is'} offered to nobody.`
        : `The key of ${trainer} ${signed ? 'will be' : 'is'} offered to ${other}, who takes it: ${commandLine('credit', 'key', 'accept', '--trainer', trainer)}.`;
      outputOf(options).result({ trainer, offered: other, ...facts }, `${outcome}${more}`);
    });
}

function addAcceptCommand(key: Command): void {
  withWhere(key.command('accept'))
    .description('act for a trainer (--trainer) who offered it to your key')
    .action(async (options: KeyCommandOptions) => {
      const { chain, trainers } = await openTrainers(options);
      const account = loadAccount(options, chain.id);
      const trainer = getAddress(trainerOf(options, chain.id));
      const before = (await readKey(chain, trainers, trainer)).key;
      const isSame = isAddressEqual(before, account.address);
      const data = encodeFunctionData({ abi: trainersAbi, functionName: 'acceptKey', args: [trainer] });
      const action: PlainAction = { what: 'acceptKey', account: trainer };
      const asked = isSame ? undefined : { to: trainers, data, action };
      const { facts, signed, text: more } = await sendOrSign(chain, account, asked, options);
      const does = isSame ? 'acts already' : signed ? 'will act' : 'acts now';
      const text = `${account.address} ${does} for ${trainer}${isSame ? '' : `; before it ${before}`}.${more}`;
      outputOf(options).result({ trainer, key: account.address, before, ...facts }, text);
    });
}

function withWhere(command: Command): Command {
  return withTrainers(withSign(withTrainer(withCreditVault(withRpc(withCommon(command))))));
}

function offeredTo({ client }: Chain, trainers: Address, trainer: Address): Promise<Address> {
  const call = { address: trainers, abi: trainersAbi, functionName: 'offeredTo', args: [trainer] } as const;
  return translateErrors(() => client.readContract(call));
}
