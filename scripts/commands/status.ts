import type { Command } from 'commander';
import { type Address, encodeFunctionData, formatEther, type Hex, zeroHash } from 'viem';
import { DescentError } from '../../src/errors/DescentError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { statusesAbi } from '../../src/generated/abi.ts';
import type { PlainAction } from '../../src/registry/requests.ts';
import { waysTo } from '../../src/registry/ways.ts';
import type { Chain } from '../chain/client.ts';
import { loadAccount } from '../chain/keys.ts';
import { readLineage } from '../chain/readLineage.ts';
import { isModel, translateErrors } from '../chain/readRegistry.ts';
import { modelIdOf } from '../runs/ids.ts';
import { alignColumns } from '../terminal/drawTree.ts';
import { counted } from '../terminal/plural.ts';
import { printable } from '../terminal/printable.ts';
import { openStatuses, outputOf, type StatusesOptions, withCommon, withKey, withRpc, withStatuses } from './options.ts';
import { type Outcome, type SignOptions, sendOrSign, withSign } from './sendOrSign.ts';

interface StatusOptions extends SignOptions, StatusesOptions {
  reason: string;
}

/** In the order of the contract. */
const MARKS = ['current', 'deprecated', 'withdrawn'] as const;
const FACTS = ['source', 'verdict'] as const;
const MAX_REASON = 256;
/** Successors that are followed. */
const MOST_SUCCESSORS = 1_000n;
/** Disputes of one fact that are shown: anybody can raise some. */
const MOST_DISPUTES = 20n;

const HELP = `
The key of a model's trainer says all of this. Nothing that was proved changes, nor do credit and leaderboards: a status
only tells others which model to use. Each change stays in the chain's events. A key without Ether signs (--sign); anybody then pays.`;

export function addStatusCommand(program: Command): void {
  const status = program
    .command('status')
    .description('say which model supersedes one of yours, or that it should not be used; show what was said')
    .addHelpText('after', HELP);
  addSupersedeCommand(status);
  addMarkCommand(status, 'deprecate', 1, 'say that a model of yours should not be used for new work');
  addMarkCommand(status, 'withdraw', 2, 'say that a model of yours should not be used at all');
  addClearCommand(status);
  addShowCommand(status);
}

function addSupersedeCommand(status: Command): void {
  withWhere(status.command('supersede'))
    .description('name a later model of yours that takes the place of one')
    .argument('<model>', 'id, edge file or weights file')
    .argument('<successor>', 'the same of the later model; it need not descend from the first')
    .action(async (what: string, later: string, options: StatusOptions) => {
      const [node, successor] = [await modelIdOf(what), await modelIdOf(later)];
      const { chain, statuses, registry, account } = await open(options, node);
      await requireModel(chain, registry, successor);
      const { ways } = waysTo(successor, node, await readLineage(chain, registry), 1);
      const descends = ways.length > 0;
      const before = await statusOf(chain, statuses, node);
      const isSame = before.successor === successor && before.descends === descends;
      const action = { what: 'supersede', node, successor, steps: ways[0] ?? [] } as const;
      const asked = isSame ? undefined : { to: statuses, data: dataOf(action), action };
      const { facts, signed, text: more } = await sendOrSign(chain, account, asked, options);
      const how = descends ? 'which descends from it' : 'which does not descend from it';
      const text = `${node} ${isNow(isSame, signed)} superseded by ${successor}, ${how}.${more}`;
      outputOf(options).result({ model: node, successor, descends, ...facts }, text);
    });
}

function addMarkCommand(status: Command, verb: string, mark: 1 | 2, description: string): void {
  withWhere(status.command(verb))
    .description(description)
    .argument('<model>', 'id, edge file or weights file')
    .requiredOption('--reason <text>', `why, 1 to ${MAX_REASON} bytes`)
    .action(async (what: string, options: StatusOptions) => {
      const { reason } = options;
      const bytes = new TextEncoder().encode(reason).length;
      if (bytes === 0) throw new InputError('The reason is empty.');
      if (bytes > MAX_REASON) throw new InputError(`The reason has ${bytes} bytes; at most ${MAX_REASON} are taken.`);
      const node = await modelIdOf(what);
      const { chain, statuses, account } = await open(options, node);
      const before = await statusOf(chain, statuses, node);
      const isSame = before.mark === mark && before.reason === reason;
      const action = { what: 'setStatus', node, mark, reason } as const;
      const asked = isSame ? undefined : { to: statuses, data: dataOf(action), action };
      const { facts, signed, text: more } = await sendOrSign(chain, account, asked, options);
      const text = `${node} ${isNow(isSame, signed)} ${MARKS[mark]}: ${printable(reason)}${more}`;
      outputOf(options).result({ model: node, mark: MARKS[mark], reason, ...facts }, text);
    });
}

function addClearCommand(status: Command): void {
  withWhere(status.command('clear'))
    .description('take back what was said of a model of yours: its mark and its successor')
    .argument('<model>', 'id, edge file or weights file')
    .action(async (what: string, options: StatusOptions) => {
      const node = await modelIdOf(what);
      const { chain, statuses, account } = await open(options, node);
      const { mark, reason, successor } = await statusOf(chain, statuses, node);
      const asked = [
        ...(mark !== 0 || reason !== '' ? [{ what: 'setStatus', node, mark: 0, reason: '' } as const] : []),
        ...(successor !== zeroHash ? [{ what: 'supersede', node, successor: zeroHash, steps: [] } as const] : []),
      ];
      if (asked.length > 1 && options.sign && options.out !== undefined) {
        throw new InputError(
          'Two requests are to be signed, for the mark and for the successor, and --out names one file.',
          {
            hint: 'Leave out --out: two files are written.',
          },
        );
      }
      const done: Outcome[] = [];
      for (const action of asked) {
        const call = { to: statuses, data: dataOf(action), action };
        done.push(await sendOrSign(chain, account, call, options));
      }
      const transactions = done.flatMap(({ facts }) => facts.transaction ?? []);
      const files = done.flatMap(({ facts }) => facts.file ?? []);
      const did = options.sign ? 'To take' : 'Took';
      const more = done.map(({ text }) => text).join('');
      const text = asked.length === 0 ? `Nothing was said of ${node}.` : `${did} back what was said of ${node}.${more}`;
      outputOf(options).result({ model: node, transactions, ...(options.sign && { files }) }, text);
    });
}

function addShowCommand(status: Command): void {
  withStatuses(withRpc(withCommon(status.command('show'))))
    .description('tell what its trainer says of a model, which model is the latest, and what others dispute')
    .argument('<model>', 'id, edge file or weights file')
    .action(async (what: string, options: StatusOptions) => {
      const model = await modelIdOf(what);
      const { chain, statuses } = await openStatuses(options);
      await requireModel(chain, await registryOf(chain, statuses), model);
      const { mark, timestamp, successor, descends, reason } = await statusOf(chain, statuses, model);
      const [latest, isEnd] = await latestOf(chain, statuses, model);
      const facts = {
        model,
        mark: MARKS[mark],
        ...(timestamp > 0n && { since: inTime(timestamp) }),
        ...(reason !== '' && { reason: printable(reason) }),
        ...(successor !== zeroHash && { successor, descends, latest, latestIsLast: isEnd }),
        disputes: await disputesOf(chain, statuses, model),
      };
      outputOf(options).result(facts, render(facts));
    });
}

function withWhere(command: Command): Command {
  return withSign(withKey(withStatuses(withRpc(withCommon(command)))));
}

/** The call that says it. */
function dataOf(action: Extract<PlainAction, { what: 'setStatus' | 'supersede' }>): Hex {
  if (action.what === 'setStatus') {
    const args = [action.node, action.mark, action.reason] as const;
    return encodeFunctionData({ abi: statusesAbi, functionName: 'setStatus', args });
  }
  const args = [action.node, action.successor, [...action.steps]] as const;
  return encodeFunctionData({ abi: statusesAbi, functionName: 'supersede', args });
}

function isNow(isSame: boolean, signed: boolean): string {
  return isSame ? 'is already' : signed ? 'will be' : 'is';
}

/** Connects, takes the key and looks whether the model is there. */
async function open(options: StatusOptions, model: Hex) {
  const { chain, statuses } = await openStatuses(options);
  const account = loadAccount(options, chain.id);
  const registry = await registryOf(chain, statuses);
  await requireModel(chain, registry, model);
  return { chain, statuses, registry, account };
}

function registryOf({ client }: Chain, statuses: Address): Promise<Address> {
  const call = { address: statuses, abi: statusesAbi, functionName: 'lineage' } as const;
  return translateErrors(() => client.readContract(call));
}

async function requireModel(chain: Chain, registry: Address, model: Hex): Promise<void> {
  if (await isModel(chain, registry, model)) return;
  throw new DescentError(`The registry ${registry} knows no model ${model}.`, { code: 'UNKNOWN_MODEL', exit: 'usage' });
}

function statusOf({ client }: Chain, statuses: Address, node: Hex) {
  const call = { address: statuses, abi: statusesAbi, functionName: 'statusOf', args: [node] } as const;
  return translateErrors(() => client.readContract(call));
}

function latestOf({ client }: Chain, statuses: Address, node: Hex) {
  const args = [node, MOST_SUCCESSORS] as const;
  const call = { address: statuses, abi: statusesAbi, functionName: 'latestOf', args } as const;
  return translateErrors(() => client.readContract(call));
}

/** Disputes of what a model declares, a line each. */
async function disputesOf({ client }: Chain, statuses: Address, node: Hex): Promise<string[]> {
  const at = { address: statuses, abi: statusesAbi } as const;
  return translateErrors(async () => {
    const lines: string[] = [];
    for (const [fact, name] of FACTS.entries()) {
      const of = [fact, node] as const;
      const [raised] = await client.readContract({ ...at, functionName: 'disputesOf', args: of });
      const args = [...of, 0n, MOST_DISPUTES] as const;
      const [numbers, page] = await client.readContract({ ...at, functionName: 'listDisputes', args });
      lines.push(
        ...page.map(({ disputer, bond, raised: when, withdrawn, reason }, k) => {
          const end = withdrawn > 0n ? `, withdrawn ${inTime(withdrawn)}` : '';
          return `${numbers[k]}: its ${name}, by ${disputer} with ${formatEther(bond)} ETH on ${inTime(when)}${end}: ${printable(reason)}`;
        }),
      );
      if (raised > MOST_DISPUTES)
        lines.push(`and ${counted(Number(raised - MOST_DISPUTES), 'more dispute')} of its ${name}`);
    }
    return lines;
  });
}

function inTime(seconds: bigint): string {
  return new Date(Number(seconds) * 1000).toISOString();
}

function render(facts: Record<string, unknown>): string {
  const names: Record<string, string> = { latestIsLast: 'latest is last' };
  const rows = Object.entries(facts).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value.length > 0 ? value : ['none']) : [value]).map((one, k) => [
      k === 0 ? (names[name] ?? name) : '',
      String(one),
    ]),
  );
  return alignColumns(rows);
}
