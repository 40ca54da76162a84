import { type Command, InvalidArgumentError, Option } from 'commander';
import { InputError } from '../../src/errors/InputError.ts';
import { HEADS, type Head } from '../../src/model/head.ts';
import { headOfWord, headWord } from '../../src/model/smoothing.ts';
import { type Chain, connect, parseAddress, redact, requireContract } from '../chain/client.ts';
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

/** Connects and checks that the registry is there. @throws InputError without --registry; DescentError (chain) */
export async function openRegistry(options: ChainOptions): Promise<{ chain: Chain; registry: `0x${string}` }> {
  if (options.registry === undefined) {
    throw new InputError('Which registry?', { hint: 'Give --registry or set DESCENT_REGISTRY.' });
  }
  const registry = parseAddress(options.registry, '--registry');
  const chain = await connect(options.rpc);
  await requireContract(chain, registry);
  return { chain, registry };
}

/** Connects and checks that the scoreboard is there. @throws InputError without --scoreboard; DescentError (chain) */
export async function openScoreboard(options: ScoreboardOptions): Promise<{ chain: Chain; scoreboard: `0x${string}` }> {
  if (options.scoreboard === undefined) {
    throw new InputError('Which scoreboard?', { hint: 'Give --scoreboard or set DESCENT_SCOREBOARD.' });
  }
  const scoreboard = parseAddress(options.scoreboard, '--scoreboard');
  const chain = await connect(options.rpc);
  await requireContract(chain, scoreboard, 'scoreboard');
  return { chain, scoreboard };
}

/** Connects and checks that the contract of inferences is there. @throws InputError without --inferences; DescentError (chain) */
export async function openInferences(options: InferencesOptions): Promise<{ chain: Chain; inferences: `0x${string}` }> {
  if (options.inferences === undefined) {
    throw new InputError('Which contract of inferences?', { hint: 'Give --inferences or set DESCENT_INFERENCES.' });
  }
  const inferences = parseAddress(options.inferences, '--inferences');
  const chain = await connect(options.rpc);
  await requireContract(chain, inferences, 'inferences');
  return { chain, inferences };
}

/** Connects and checks that the audit is there. @throws InputError without --audit; DescentError (chain) */
export async function openAudit(options: AuditOptions): Promise<{ chain: Chain; audit: `0x${string}` }> {
  if (options.audit === undefined) {
    throw new InputError('Which audit?', { hint: 'Give --audit or set DESCENT_AUDIT.' });
  }
  const audit = parseAddress(options.audit, '--audit');
  const chain = await connect(options.rpc);
  await requireContract(chain, audit, 'audit');
  return { chain, audit };
}

/** Connects and checks that the datasets are there. @throws InputError without --datasets; DescentError (chain) */
export async function openDatasets(options: DatasetsOptions): Promise<{ chain: Chain; datasets: `0x${string}` }> {
  if (options.datasets === undefined) {
    throw new InputError('Which datasets?', { hint: 'Give --datasets or set DESCENT_DATASETS.' });
  }
  const datasets = parseAddress(options.datasets, '--datasets');
  const chain = await connect(options.rpc);
  await requireContract(chain, datasets, 'datasets');
  return { chain, datasets };
}

/** Connects and checks that the vault is there. @throws InputError without --credit-vault; DescentError (chain) */
export async function openCreditVault(options: CreditOptions): Promise<{ chain: Chain; vault: `0x${string}` }> {
  if (options.creditVault === undefined) {
    throw new InputError('Which credit vault?', { hint: 'Give --credit-vault or set DESCENT_CREDIT_VAULT.' });
  }
  const vault = parseAddress(options.creditVault, '--credit-vault');
  const chain = await connect(options.rpc);
  await requireContract(chain, vault, 'credit vault');
  return { chain, vault };
}

/** Connects and checks that the statuses are there. @throws InputError without --statuses; DescentError (chain) */
export async function openStatuses(options: StatusesOptions): Promise<{ chain: Chain; statuses: `0x${string}` }> {
  if (options.statuses === undefined) {
    throw new InputError('Which statuses?', { hint: 'Give --statuses or set DESCENT_STATUSES.' });
  }
  const statuses = parseAddress(options.statuses, '--statuses');
  const chain = await connect(options.rpc);
  await requireContract(chain, statuses, 'statuses');
  return { chain, statuses };
}

/** The contract that --attestations names. @throws InputError without it */
export function attestationsOf({ attestations }: AttestationsOptions): `0x${string}` {
  if (attestations !== undefined) return parseAddress(attestations, '--attestations');
  throw new InputError('Which attestations?', { hint: 'Give --attestations or set DESCENT_ATTESTATIONS.' });
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
