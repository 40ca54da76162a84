// Measures every figure that README and CHANGELOG quote. Read bench/README.md first.
import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { type BaselineResult, benchBaseline } from './baseline.ts';
import { pinnedGas } from './gas.ts';
import { baselineTables, gasTable, proofTable, ratiosOf, ratioTable, stageTable } from './report.ts';
import { benchProof, type ProofFigures, proofTasks } from './train.ts';

const RESULTS = new URL('results.json', import.meta.url);
const HELP = `npm run bench -- [--only <words>] [--json]

  --only   comma-separated; runs what has one of them in its name: ${['baseline', 'gas', ...proofTasks().map(({ name }) => name)].join(', ')}
  --json   also writes bench/results.json
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) process.stdout.write(HELP);
else await run(values.only.split(',').map((word) => word.trim()));

async function run(words: string[]): Promise<void> {
  const wanted = (name: string) => words.some((word) => name.includes(word));
  const say = (text: string) => process.stderr.write(`${text}\n`);
  const tasks = proofTasks().filter(({ name }) => wanted(name));
  if (tasks.length === 0 && !wanted('baseline') && !wanted('gas')) {
    process.stderr.write(`bench: nothing is called '${words.join(', ')}'\n\n${HELP}`);
    process.exitCode = 2;
    return;
  }
  const print = (text: string) => process.stdout.write(`${text}\n\n`);
  const machine = describeMachine();
  print(`${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node.js ${machine.node}`);
  if (machine.load > machine.cores / 2) say(`the machine is busy (load ${machine.load}): times will be too long`);

  const proofs: ProofFigures[] = [];
  for (const { name, ...task } of tasks) {
    say(`prove ${name}`);
    proofs.push(await benchProof(task));
  }
  if (proofs.length > 0) print(proofTable(proofs));
  if (proofs.some(({ program }) => program === 'train')) print(stageTable(proofs));

  let baseline: BaselineResult | undefined;
  if (wanted('baseline')) {
    baseline = await benchBaseline(say);
    print(baselineTables(baseline));
  }
  const ratios = baseline && ratiosOf(proofs, baseline);
  if (ratios && ratios.length > 0) print(ratioTable(ratios));

  const gas = wanted('gas') ? pinnedGas() : undefined;
  if (gas) print(gasTable(gas));
  if (values.json) {
    const results = { date: new Date().toISOString(), machine, proofs, baseline, ratios, gas };
    // Without arrays of numbers this is how the formatter would write it.
    const plain = (key: string, value: unknown) => (key === 'widths' ? (value as number[]).join('-') : value);
    await writeFile(RESULTS, `${JSON.stringify(results, plain, 2)}\n`);
  }
}

function describeMachine() {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown processor',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    /** Of the last minute before the first measurement; more than a little spoils the times. */
    load: Number(loadavg()[0].toFixed(2)),
  };
}
