import { type Command, InvalidArgumentError, Option } from 'commander';
import { InputError } from '../../src/errors/InputError.ts';
import { HEADS, type Head } from '../../src/model/head.ts';
import { headOfWord, headWord } from '../../src/model/smoothing.ts';
import { type Chain, type ContractName, connect, parseAddress, redact, requireContract } from '../chain/client.ts';
import { type KeyOptions, loadAccount } from '../chain/keys.ts';
import { createOutput, type Output } from '../terminal/output.ts';

const DEFAULT_RPC = 'http://127.0.0.1:8545';

/** Options that every command has. */
export interface CommonOptions {
  json?: boolean;
  quiet?: boolean;
  runs: string;
}

export interface ChainOptions extends KeyOptions {
  rpc: string;
  registry?: string;
}

/** A score is sent to the scoreboard. */
export interface ScoreboardOptions extends StatementOptions {
  scoreboard?: string;
}

/** Proved outputs of models. */
export interface InferencesOptions extends ChainOptions {
  inferences?: string;
  trainer?: string;
}

/** A fact about rows is sent to the audit. */
export interface AuditOptions extends StatementOptions {
  audit?: string;
}

/** Names come from the cards, where their contract is known. */
export interface CardsOptions extends ChainOptions {
  cards?: string;
}

/** Who registered which shards as what, and what is done with that. */
export interface DatasetsOptions extends ChainOptions {
  datasets?: string;
}

/** What sources say of data. */
export interface AttestationsOptions extends ChainOptions {
  attestations?: string;
}

/** What models are paid, and who is owed how much of it. */
export interface CreditOptions extends ChainOptions {
  creditVault?: string;
}

/** Successors, marks and disputes of models. */
export interface StatusesOptions extends ChainOptions {
  statuses?: string;
}

/** Where reading events begins, for nodes that do not say since when a contract stands. */
export interface FromBlockOptions {
  fromBlock?: number;
}

export interface StatementOptions extends ChainOptions {
  trainer?: string;
}

/** Adds --json, --quiet and --runs. */
export function withCommon(command: Command): Command {
  return command
    .option('--json', 'print one JSON document on stdout')
    .option('-q, --quiet', 'no progress')
    .option('--runs <folder>', 'where run folders lie', 'runs');
}

/** Adds --rpc. */
export function withRpc(command: Command): Command {
  return command.addOption(new Option('--rpc <url>', 'node of the chain').env('DESCENT_RPC').default(DEFAULT_RPC));
}

/** Adds --rpc and --registry. */
export function withChain(command: Command): Command {
  return withRpc(command).addOption(
    new Option('--registry <address>', 'the registry contract').env('DESCENT_REGISTRY'),
  );
}

/** Adds --scoreboard. */
export function withScoreboard(command: Command): Command {
  return command.addOption(
    new Option('--scoreboard <address>', 'the scoreboard contract, for scores').env('DESCENT_SCOREBOARD'),
  );
}

/** Adds --inferences. */
export function withInferences(command: Command): Command {
  return command.addOption(
    new Option('--inferences <address>', 'the contract of inferences').env('DESCENT_INFERENCES'),
  );
}

/** Adds --audit. */
export function withAudit(command: Command): Command {
  return command.addOption(
    new Option('--audit <address>', 'the contract that keeps facts about rows').env('DESCENT_AUDIT'),
  );
}

/** Adds --cards. */
export function withCards(command: Command): Command {
  return command.addOption(
    new Option('--cards <address>', "the contract of the models' cards, for names").env('DESCENT_CARDS'),
  );
}

/** Adds --datasets. */
export function withDatasets(command: Command): Command {
  return command.addOption(new Option('--datasets <address>', 'the contract of datasets').env('DESCENT_DATASETS'));
}

/** Adds --attestations. */
export function withAttestations(command: Command): Command {
  return command.addOption(
    new Option('--attestations <address>', 'the contract in which sources say that data is theirs').env(
      'DESCENT_ATTESTATIONS',
    ),
  );
}

/** Adds --credit-vault. */
export function withCreditVault(command: Command): Command {
  return command.addOption(
    new Option('--credit-vault <address>', 'the contract that splits what models are paid').env('DESCENT_CREDIT_VAULT'),
  );
}

/** Adds --statuses. */
export function withStatuses(command: Command): Command {
  return command.addOption(
    new Option('--statuses <address>', 'the contract of successors, marks and disputes').env('DESCENT_STATUSES'),
  );
}

/** Adds --from-block. */
export function withFromBlock(command: Command): Command {
  return command.addOption(
    new Option('--from-block <number>', 'read no events before this block (default: where the contract begins)')
      .env('DESCENT_FROM_BLOCK')
      .argParser(natural),
  );
}

/** Adds the ways to name a key. */
export function withKey(command: Command): Command {
  return command
    .option('--key-file <file>', 'file with the private key in hexadecimal (or the variable DESCENT_PRIVATE_KEY)')
    .option('--account <index>', 'development account, on a local chain only', natural);
}

/** Adds what a proof is bound to: chain, registry and the trainer, by address or by key. */
export function withStatement(command: Command): Command {
  return withTrainer(withChain(command));
}

export interface AheadOptions {
  ahead?: boolean;
}

/** Adds --ahead. */
export function withAhead(command: Command): Command {
  return command.option('--ahead', 'prove although what the edge builds on is not registered yet');
}

/** Adds the trainer, by address or by key. */
export function withTrainer(command: Command): Command {
  return withKey(command).option('--trainer <address>', 'who will submit the proof, instead of a key');
}

/** Adds --head. @param more what else to say of it */
export function withHead(command: Command, more = ''): Command {
  return command.addOption(
    new Option(
      '--head <name>',
      `what the outputs are trained as: softmax for one of several classes, sigmoid for labels, squared-error for numbers${more}`,
    ).choices(HEADS.map(headWord)),
  );
}

/** The head that was said; squared error unless it was. */
export function headOf({ head }: { head?: string }): Head {
  return head === undefined ? 'squared error' : headOfWord(head);
}

export function outputOf(options: CommonOptions): Output {
  return createOutput(options);
}

/** The contract that an option names. @param asked what it is called where the option lacks @throws InputError without the option */
export function namedContract(address: string | undefined, what: ContractName, asked: string = what): `0x${string}` {
  const name = what.replace(' ', '-');
  if (address !== undefined) return parseAddress(address, `--${name}`);
  const variable = `DESCENT_${name.toUpperCase().replace('-', '_')}`;
  throw new InputError(`Which ${asked}?`, { hint: `Give --${name} or set ${variable}.` });
}

/** Connects and checks that the contract is there that an option names. @throws InputError without it; DescentError (chain) */
async function openNamed<Name extends string>(
  options: Pick<ChainOptions, 'rpc'> & { [name in Name]?: string },
  name: Name,
  what: ContractName,
  asked?: string,
): Promise<{ chain: Chain } & Record<Name, `0x${string}`>> {
  const address = namedContract(options[name], what, asked);
  const chain = await connect(options.rpc);
  await requireContract(chain, address, what);
  return { chain, [name]: address } as { chain: Chain } & Record<Name, `0x${string}`>;
}

export const openRegistry = (options: ChainOptions) => openNamed(options, 'registry', 'registry');
export const openScoreboard = (options: ScoreboardOptions) => openNamed(options, 'scoreboard', 'scoreboard');
export const openInferences = (options: InferencesOptions) =>
  openNamed(options, 'inferences', 'inferences', 'contract of inferences');
export const openAudit = (options: AuditOptions) => openNamed(options, 'audit', 'audit');
export const openCards = (options: CardsOptions) => openNamed(options, 'cards', 'cards');
export const openDatasets = (options: DatasetsOptions) => openNamed(options, 'datasets', 'datasets');
export const openAttestations = (options: AttestationsOptions) => openNamed(options, 'attestations', 'attestations');
export const openCreditVault = (options: CreditOptions) => openNamed(options, 'creditVault', 'credit vault');
export const openStatuses = (options: StatusesOptions) => openNamed(options, 'statuses', 'statuses');

/** The contract that --attestations names. @throws InputError without it */
export function attestationsOf({ attestations }: AttestationsOptions): `0x${string}` {
  return namedContract(attestations, 'attestations');
}

/** Options of this command that the next one needs too: what the environment says is not repeated. */
export function nextOptions({ rpc, account, keyFile }: ChainOptions): string[] {
  const isGiven = rpc !== DEFAULT_RPC && rpc !== process.env.DESCENT_RPC;
  return [
    // URLs of providers carry keys.
    ...(isGiven ? ['--rpc', redact(rpc) === rpc ? rpc : '<url>'] : []),
    ...(account === undefined ? [] : ['--account', String(account)]),
    ...(keyFile === undefined ? [] : ['--key-file', keyFile]),
  ];
}

/** Who a proof is for: --trainer, or the address of the key. @throws InputError when neither is given. */
export function trainerOf(options: StatementOptions, chainId: number): `0x${string}` {
  if (options.trainer !== undefined) return parseAddress(options.trainer, '--trainer');
  return loadAccount(options, chainId).address.toLowerCase() as `0x${string}`;
}

/** Adds --valid-for. @param what is signed, for its help */
export function withValidFor(command: Command, what: string): Command {
  return command.option('--valid-for <hours>', `how long a signed ${what} can be sent`, positive, 24 * 7);
}

/** Parser of an integer >= 0. */
export function natural(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Not a whole number.');
  return Number(text);
}

/** Parser of an integer >= 1. */
export function positive(text: string): number {
  const value = natural(text);
  if (value === 0) throw new InvalidArgumentError('Must be at least 1.');
  return value;
}
