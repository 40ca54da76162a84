// Measures every figure that README and CHANGELOG quote. Read bench/README.md first.
import { parseArgs } from 'node:util';
import { allWork, chosenWork, compareWith } from './against.ts';
import { type BaselineResult, benchBaseline } from './baseline.ts';
import { pinnedGas } from './gas.ts';
import { benchProof, type ProofFigures, proofTasks } from './proofs.ts';
import { baselineTables, gasTable, productTable, proofTable, ratiosOf, ratioTable, stageTables } from './report.ts';
import { describeMachine, readResults, thisMachine, writeReadme, writeResults } from './results.ts';

const HELP = `npm run bench -- [--only <words>] [--write | --tables]
npm run bench -- --against <commit> [--only <words>] [--demo] [--digits] [--page] [--runs <n>] [--json]

  --only    comma-separated; runs what has one of them in its name: ${['baseline', 'gas', ...proofTasks().map(({ name }) => name)].join(', ')}
  --write   of a whole run: keeps it in bench/results.json and puts its tables into bench/README.md
  --tables  measures nothing: puts the tables of bench/results.json into bench/README.md

  --against builds the commit in build/against and does the same work there and here by turns: the proofs that have a
            goal, or with --only what has one of the words in its name
  --demo    the demo as well, once on each side
  --digits  the run of bench/digits.ts as well, likewise
  --page    proofs in Chromium as well, by the page's worker, isolated from other origins and not
  --runs    how often on each side; the medians count (default: 3)
  --json    prints one document instead of a table
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    write: { type: 'boolean', default: false },
    tables: { type: 'boolean', default: false },
    against: { type: 'string' },
    demo: { type: 'boolean', default: false },
    digits: { type: 'boolean', default: false },
    page: { type: 'boolean', default: false },
    runs: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const words = values.only?.split(',').map((word) => word.trim());

if (values.help) process.stdout.write(HELP);
else if (values.against !== undefined) await runAgainst(values.against);
else if (values.demo || values.digits || values.page || values.json) refuse('this belongs to --against <commit>');
else if (values.tables) writeReadme(readResults());
else if (values.write && words !== undefined) refuse('--write keeps whole runs: leave out --only');
else await run(words ?? ['']);

function refuse(reason: string): void {
  process.stderr.write(`bench: ${reason}\n\n${HELP}`);
  process.exitCode = 2;
}

async function runAgainst(against: string): Promise<void> {
  const { demo, digits, page, json } = values;
  const runs = Number(values.runs);
  if (values.write || values.tables) return refuse('--write and --tables keep whole runs: leave out --against');
  if (!(Number.isSafeInteger(runs) && runs > 0)) return refuse(`--runs is a number from 1, not '${values.runs}'`);
  const also = Object.entries({ demo, digits, page }).flatMap(([name, wanted]) => (wanted ? [name] : []));
  if (chosenWork({ words, also }).length === 0) {
    const names = allWork().map(({ name }) => name);
    return refuse(`nothing is called '${words!.join(', ')}'; there is ${names.join('; ')}`);
  }
  try {
    await compareWith({ against, words, also, runs, json });
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}

async function run(words: string[]): Promise<void> {
  const wanted = (name: string) => words.some((word) => name.includes(word));
  const say = (text: string) => process.stderr.write(`${text}\n`);
  const tasks = proofTasks().filter(({ name }) => wanted(name));
  if (tasks.length === 0 && !wanted('baseline') && !wanted('gas')) {
    return refuse(`nothing is called '${words.join(', ')}'`);
  }
  const print = (text: string) => process.stdout.write(`${text}\n\n`);
  const machine = thisMachine();
  print(describeMachine(machine));
  if (machine.load > machine.cores / 2) say(`the machine is busy (load ${machine.load}): times will be too long`);

  const proofs: ProofFigures[] = [];
  for (const { name, ...task } of tasks) {
    say(`prove ${name}`);
    proofs.push(await benchProof(task));
  }
  if (proofs.length > 0) {
    print(proofTable(proofs));
    if (proofs.some(({ program }) => program === 'train')) print(productTable(proofs));
    print(stageTables(proofs));
  }

  let baseline: BaselineResult | undefined;
  if (wanted('baseline')) {
    baseline = await benchBaseline(say);
    print(baselineTables(baseline));
  }
  const ratios = baseline && ratiosOf(proofs, baseline);
  if (ratios && ratios.length > 0) print(ratioTable(ratios));

  const gas = wanted('gas') ? pinnedGas() : undefined;
  if (gas) print(gasTable(gas));
  if (!values.write) return;
  const results = { date: new Date().toISOString(), machine, proofs, baseline: baseline!, ratios: ratios!, gas: gas! };
  writeResults(results);
  writeReadme(results);
}
