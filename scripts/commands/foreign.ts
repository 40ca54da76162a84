import { join } from 'node:path';
import type { Command } from 'commander';
import { concat, encodeFunctionData, getAddress, type Hex, keccak256 } from 'viem';
import { InputError } from '../../src/errors/InputError.ts';
import { foreignProgramsAbi } from '../../src/generated/abi.ts';
import { MAX_PARENTS } from '../../src/registry/foreign.ts';
import type { ForeignInputs } from '../actions/foreignRun.ts';
import { parseAddress } from '../chain/client.ts';
import {
  findForeignProgram,
  foreignProgramsOf,
  programOfAdapter,
  readForeignPrograms,
} from '../chain/foreignPrograms.ts';
import { loadAccount } from '../chain/keys.ts';
import { sendCall } from '../chain/send.ts';
import { fileHash } from '../files/read.ts';
import { modelIdOf } from '../runs/ids.ts';
import { Run } from '../runs/run.ts';
import { runFolder } from '../runs/runFolder.ts';
import { alignColumns } from '../terminal/drawTree.ts';
import { commandLine } from '../terminal/invocation.ts';
import { formatSeconds } from '../terminal/output.ts';
import {
  type ChainOptions,
  type CommonOptions,
  nextOptions,
  openRegistry,
  outputOf,
  type StatementOptions,
  withChain,
  withCommon,
  withKey,
  withStatement,
} from './options.ts';
import { contextOf } from './prove.ts';

interface ForeignOptions extends CommonOptions, StatementOptions {
  parents: string[];
  program: string;
  foreignProof: string;
  run?: string;
}

const HELP = `
The foreign proof is made elsewhere, by the foreign program, for this chain, registry, trainer, child and these parents in
this order (docs/foreign-programs.md). Here only the range of the child's weights is proved. That the child follows from its
parents is as good as the adapter, and no better: anybody can add one that accepts everything.`;

export function addForeignCommand(program: Command): void {
  const foreign = program
    .command('foreign')
    .description('children that a program of another proof system vouches for: prove one, add a program, list them');
  addProve(foreign);
  addAdd(foreign);
  addList(foreign);
}

function addProve(foreign: Command): void {
  withCommon(withStatement(foreign.command('prove')))
    .description('ask the adapter, then prove the range of a foreign child; writes foreign.edge.json for submit')
    .argument('<child>', 'safetensors of the child, with its salt')
    .requiredOption('--parents <models...>', 'ids, edge files or weights files, in the order that the adapter takes')
    .requiredOption('--program <id>', 'id of the foreign program, or the address of its adapter')
    .requiredOption('--foreign-proof <file>', 'proof for the adapter: 0x and hexadecimal digits, or bytes')
    .option('--run <name>', 'name of the run folder (default: made of the inputs)')
    .addHelpText('after', HELP)
    .action(async (file: string, options: ForeignOptions) => {
      const output = outputOf(options);
      const inputs = await inputsOf(file, options);
      // Imported here because loading the curve library takes longer than most commands.
      const { proveForeign } = await import('../actions/foreignRun.ts');
      const where = await contextOf(options);
      const { program, adapter } = await findForeignProgram(where.chain, where.registry, options.program);
      const run = Run.start(runFolder(options.runs, options.run ?? nameOf(inputs)), 'foreign', inputs);
      try {
        const { id, seconds, file: name } = await proveForeign(run, { where, program, adapter }, output);
        const edge = join(run.folder, name);
        const lines = [
          `Proved the range of ${id} in ${formatSeconds(seconds)}: its weights are in range and the trainer knows them.`,
          `Not proved here: that it follows from its parents. That is only as good as the adapter ${adapter} of program ${program}, which accepts the foreign proof.`,
          `edge     ${edge}`,
          `next     ${commandLine('submit', edge, ...nextOptions(options))}`,
        ];
        const facts = { run: run.folder, edge, id, program, adapter, parents: inputs.parents, seconds };
        output.result({ ...facts, proved: ['range'], vouchedFor: ['descent'] }, lines.join('\n'));
      } finally {
        run.close();
      }
    });
}

function addAdd(foreign: Command): void {
  withCommon(withKey(withChain(foreign.command('add'))))
    .description('add the adapter of a foreign program; anybody can, and it says nothing of what the adapter checks')
    .argument('<adapter>', 'its address')
    .action(async (name: string, options: CommonOptions & ChainOptions) => {
      const adapter = getAddress(parseAddress(name, 'the adapter'));
      const { chain, registry } = await openRegistry(options);
      const programs = await foreignProgramsOf(chain, registry);
      const known = await programOfAdapter(chain, programs, adapter);
      const data = encodeFunctionData({ abi: foreignProgramsAbi, functionName: 'add', args: [adapter] });
      const account = loadAccount(options, chain.id);
      const sent =
        known === undefined ? await sendCall(chain, account, { to: programs, data }, options.runs) : undefined;
      const program = known ?? (await programOfAdapter(chain, programs, adapter));
      const text = `${sent ? 'Added' : 'There is already'} ${adapter} as foreign program ${program}. Nothing is said of what it checks.`;
      const transaction = sent && { transaction: sent.transactionHash };
      outputOf(options).result({ program, adapter, sent: sent !== undefined, ...transaction }, text);
    });
}

function addList(foreign: Command): void {
  withCommon(withChain(foreign.command('list')))
    .description('list the foreign programs that a registry knows')
    .action(async (options: CommonOptions & ChainOptions) => {
      const { chain, registry } = await openRegistry(options);
      const programs = await readForeignPrograms(chain, registry);
      const rows = programs.map(({ program, adapter, author, name }) => [String(program), adapter, author, name]);
      const table = alignColumns([['program', 'adapter', 'added by', 'name that it gives itself'], ...rows]);
      outputOf(options).result({ programs }, rows.length === 0 ? `${registry} knows no foreign programs.` : table);
    });
}

/** @throws InputError for too many or equal parents, and for files that cannot be read */
async function inputsOf(file: string, options: ForeignOptions): Promise<ForeignInputs> {
  if (!/^(0x[0-9a-fA-F]{40}|[0-9]{1,9})$/.test(options.program)) {
    throw new InputError(`${options.program} is neither the id of a foreign program nor the address of an adapter.`, {
      hint: `${commandLine('foreign', 'list')} lists them.`,
    });
  }
  const { length } = options.parents;
  if (length > MAX_PARENTS) throw new InputError(`A foreign child has 1 to ${MAX_PARENTS} parents, not ${length}.`);
  const parents: Hex[] = [];
  for (const parent of options.parents) parents.push(await modelIdOf(parent));
  const twice = parents.find((parent, i) => parents.indexOf(parent) < i);
  if (twice !== undefined) throw new InputError(`${twice} is a parent twice.`);
  return { child: fileHash('file', file), foreignProof: fileHash('file', options.foreignProof), parents };
}

/** Of everything that the run is about: a parent that was mistyped is not in the way of the right one. */
function nameOf({ child, foreignProof, parents }: ForeignInputs): string {
  const rest = keccak256(concat([`0x${foreignProof.fileSha256}`, ...parents]));
  return `foreign-${child.fileSha256.slice(0, 8)}-${rest.slice(2, 10)}`;
}
