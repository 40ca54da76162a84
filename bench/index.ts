// Measures every figure that README and CHANGELOG quote. Read bench/README.md first.
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { type BaselineResult, benchBaseline } from './baseline.ts';
import { pinnedGas } from './gas.ts';
import { benchProof, type ProofFigures, proofTasks } from './proofs.ts';
import { baselineTables, gasTable, proofTable, ratiosOf, ratioTable, stageTables } from './report.ts';
import { describeMachine, type Machine, readResults, writeReadme, writeResults } from './results.ts';

const HELP = `npm run bench -- [--only <words>] [--write | --tables]

  --only    comma-separated; runs what has one of them in its name: ${['baseline', 'gas', ...proofTasks().map(({ name }) => name)].join(', ')}
  --write   of a whole run: keeps it in bench/results.json and puts its tables into bench/README.md
  --tables  measures nothing: puts the tables of bench/results.json into bench/README.md
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
    tables: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) process.stdout.write(HELP);
else if (values.tables) writeReadme(readResults());
else if (values.write && values.only !== '') refuse('--write keeps whole runs: leave out --only');
else await run(values.only.split(',').map((word) => word.trim()));

function refuse(reason: string): void {
  process.stderr.write(`bench: ${reason}\n\n${HELP}`);
  process.exitCode = 2;
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

function thisMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    load: Number(loadavg()[0].toFixed(2)),
  };
}
