import type { Command } from 'commander';
import { isAddressEqual } from 'viem';
import { EXIT_CODES } from '../../src/errors/DescentError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { type Verdict, verdictOf } from '../../src/registry/check.ts';
import { type Checked, checkFolder } from '../actions/papers/checkFolder.ts';
import { readPaperFolder } from '../actions/papers/folder.ts';
import { type Chain, parseAddress, requireContract } from '../chain/client.ts';
import { registryOf } from '../chain/readPlaces.ts';
import { parseId } from '../runs/ids.ts';
import { alignColumns } from '../terminal/drawTree.ts';
import { counted } from '../terminal/plural.ts';
import { printable } from '../terminal/printable.ts';
import {
  type ChainOptions,
  type CommonOptions,
  openRegistry,
  outputOf,
  withChain,
  withCommon,
  withScoreboard,
} from './options.ts';

interface CheckOptions extends CommonOptions, ChainOptions {
  scoreboard?: string;
  model?: string;
}

const HELP = `
Compares the front matter of README.md, claims.jsonl and weights with the registry that you name (--registry), and results
with its scoreboard (--scoreboard). What the folder says of another registry is not compared. That proofs hold is what the
registry checked when it took them: descent verify <model> checks them again.

Exit code 0 only where everything holds and nothing is open, 6 where nothing is false and something is not shown, 4 if
anything is false. With --json the verdict is one of verified, holds, false.`;

const EXITS: Record<Verdict, number> = { verified: 0, holds: EXIT_CODES.open, false: EXIT_CODES.proof };
const WORDS = { true: 'true', false: 'FALSE', open: 'open' } as const;

export function addCheckCommand(program: Command): void {
  withScoreboard(withChain(withCommon(program.command('check'))))
    .description('compare a downloaded model, its card and claims with the registry: what is true, false and not shown')
    .argument('<folder>', 'with README.md, claims.jsonl or weights')
    .option('--model <id>', 'the model that it should be')
    .addHelpText('after', HELP)
    .action(async (folder: string, options: CheckOptions) => {
      const output = outputOf(options);
      const wanted = options.model === undefined ? undefined : parseId(options.model, 'model');
      const papers = readPaperFolder(folder);
      const { chain, registry } = await openRegistry(options);
      const scoreboard = await scoreboardOf(chain, registry, options.scoreboard);
      const checked = await checkFolder({ chain, registry, scoreboard }, papers, wanted);
      const verdict = verdictOf(checked.findings);
      const { model, findings, limits } = checked;
      const document = {
        model: model ?? null,
        chainId: chain.id,
        registry,
        verdict,
        checks: findings,
        doesNotShow: limits,
      };
      output.result(document, render(checked, verdict));
      process.exitCode = EXITS[verdict];
    });
}

/** The scoreboard that was named. @throws InputError where it is of another registry */
export async function scoreboardOf(
  chain: Chain,
  registry: `0x${string}`,
  text: string | undefined,
): Promise<`0x${string}` | undefined> {
  if (text === undefined) return undefined;
  const scoreboard = parseAddress(text, '--scoreboard');
  await requireContract(chain, scoreboard, 'scoreboard');
  const its = await registryOf(chain, scoreboard);
  if (isAddressEqual(its, registry)) return scoreboard;
  throw new InputError(`The scoreboard ${scoreboard} is of the registry ${its}, not of ${registry}.`, {
    hint: 'Name both of one deployment, or leave --scoreboard out.',
  });
}

function render({ model, findings, limits }: Checked, verdict: Verdict): string {
  const count = (holds: boolean | 'open') => findings.filter((one) => one.holds === holds).length;
  const subject = model === undefined ? 'the folder' : `the papers of ${model}`;
  const verdicts: Record<Verdict, string> = {
    verified: `Verified: ${subject}.`,
    holds: `Nothing is false in ${subject}; ${counted(count('open'), 'thing is', 'things are')} not shown.`,
    false: `NOT verified: ${subject}; ${counted(count(false), 'thing is', 'things are')} false.`,
  };
  return [
    alignColumns(findings.map(({ holds, says }) => [WORDS[`${holds}`], printable(says)])),
    '',
    verdicts[verdict],
    '',
    'No check covers:',
    ...limits.map((limit) => `- ${printable(limit)}`),
  ].join('\n');
}
