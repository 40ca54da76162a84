import { type Command, InvalidArgumentError } from 'commander';
import type { Hex } from 'viem';
import { CIRCUIT_NAMES, type Circuit } from '../../src/registry/programs/list.ts';
import { loadAccount } from '../chain/keys.ts';
import { sendCall } from '../chain/send.ts';
import {
  type Addition,
  additionOf,
  type NewestKey,
  readVerifierKeys,
  requireAddition,
  requireOwner,
  type VerifierKeys,
} from '../chain/verifierKeys.ts';
import { alignColumns } from '../terminal/drawTree.ts';
import { counted } from '../terminal/plural.ts';
import {
  type ChainOptions,
  type CommonOptions,
  openRegistry,
  outputOf,
  withChain,
  withCommon,
  withKey,
} from './options.ts';

interface KeysOptions extends CommonOptions, ChainOptions {
  dryRun?: boolean;
}

const ADD_HELP = `
The keys are those of 'npm run setup'. Proofs are checked against a key once the delay of the registry has passed; until then
everybody can look at it, and nothing takes it back. With --dry-run nothing is sent and no key is needed: it says what the owner
would send, for an owner that is a contract or has a hardware wallet too.`;

export function addKeysCommand(program: Command): void {
  const keys = program.command('keys').description("verification keys that a registry's proofs are checked against");
  withChain(withCommon(keys.command('list')))
    .description(
      'print the newest key of each program, from when it counts, and whether it is the one that is built here',
    )
    .action(async (options: KeysOptions) => {
      const { chain, registry } = await openRegistry(options);
      const found = await readVerifierKeys(chain, registry);
      outputOf(options).result(found, describeKeys(found));
    });
  withKey(withChain(withCommon(keys.command('add'))))
    .description('add keys that are built here, as the owner of the contract that checks proofs')
    .argument(
      '[programs...]',
      `which of ${CIRCUIT_NAMES.join(', ')} (default: all whose newest key is another)`,
      programs,
    )
    .option('--dry-run', 'say what would be sent, and ask the chain whether it would take it')
    .addHelpText('after', ADD_HELP)
    .action(async (names: Circuit[], options: KeysOptions) => addKeys(names, options));
}

async function addKeys(names: readonly Circuit[], options: KeysOptions): Promise<void> {
  const { chain, registry } = await openRegistry(options);
  const output = outputOf(options);
  const account = options.dryRun ? undefined : loadAccount(options, chain.id);
  const found = await readVerifierKeys(chain, registry);
  const others = found.keys.filter(({ isBuiltHere }) => !isBuiltHere).map((key) => key.program);
  const wanted = names.length === 0 ? others : others.filter((program) => names.includes(program));
  if (account !== undefined) requireOwner(found, account);
  const { verifiers, owner, delay } = found;
  const additions = wanted.map((program) => additionOf(verifiers, program));
  // All are asked about before the first is sent.
  for (const addition of additions) await requireAddition(chain, owner, addition);
  const transactions: Hex[] = [];
  for (const { program, call } of account === undefined ? [] : additions) {
    output.progress.stage(`add the key of ${program}`);
    transactions.push((await sendCall(chain, account!, call, options.runs)).transactionHash);
  }
  output.progress.done();
  const added = additions.map((addition, k) => ({ ...addition, transaction: transactions[k] }));
  const text = describeAdditions(added, found, options.dryRun === true);
  output.result({ verifiers, owner, delay, dryRun: options.dryRun === true, added }, text);
}

function describeKeys({ verifiers, owner, delay, devKeys, keys }: VerifierKeys): string {
  const line = ({ program, version, current, countsFrom, keyHash, isBuiltHere }: NewestKey) => [
    program,
    `${version}`,
    keyHash,
    current === version ? `counts since ${countsFrom}` : `counts from ${countsFrom}; until then version ${current}`,
    isBuiltHere ? 'built here' : 'another than is built here',
  ];
  const head = `${verifiers}, owned by ${owner}; a further key counts after ${days(delay)}${devKeys ? '; development keys: it proves nothing' : ''}`;
  return `${head}\n${alignColumns([['program', 'version', 'key', '', ''], ...keys.map(line)])}`;
}

function describeAdditions(
  added: readonly (Addition & { transaction?: Hex })[],
  { delay, owner, verifiers }: VerifierKeys,
  isDry: boolean,
): string {
  if (added.length === 0) return 'These keys are there already: nothing to add.';
  const lines = added.flatMap(({ program, keyHash, circuitHash, call }) => [
    `${program.padEnd(10)} ${keyHash} for the circuit ${circuitHash}`,
    ...(isDry ? [`  data   ${call.data}`] : []),
  ]);
  const head = isDry
    ? `${owner} would send ${counted(added.length, 'transaction')} to ${verifiers}; nothing was sent. The chain would take them:`
    : `Added ${counted(added.length, 'key')}:`;
  const end = `Proofs are checked against a key ${days(delay)} after it was added, and against the one before until then.`;
  return [head, ...lines, end].join('\n');
}

function days(seconds: number): string {
  return counted(seconds / 86_400, 'day');
}

/** Parser of one more program. */
function programs(name: string, before: Circuit[] = []): Circuit[] {
  const found = CIRCUIT_NAMES.find((known) => known === name);
  if (found === undefined) throw new InvalidArgumentError(`There are ${CIRCUIT_NAMES.join(', ')}.`);
  return [...before, found];
}
