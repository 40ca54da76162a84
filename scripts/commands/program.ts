import { readFileSync } from 'node:fs';
import { Command, type OutputConfiguration } from 'commander';
import { commandLine } from '../terminal/invocation.ts';
import { addAttestCommand } from './attest.ts';
import { addAuditCommand } from './audit.ts';
import { addBenchmarkCommand } from './benchmark.ts';
import { addCardCommand } from './card.ts';
import { addCheckCommand } from './check.ts';
import { addCreditCommand } from './credit.ts';
import { addDataCommand } from './data.ts';
import { addDatasetCommand } from './dataset.ts';
import { addDemoCommand } from './demo.ts';
import { addDeployCommand } from './deploy.ts';
import { addEvolveCommand } from './evolve.ts';
import { addExportCommand } from './export.ts';
import { addFindCommand } from './find.ts';
import { addFitCommand } from './fit.ts';
import { addFixSeedCommand } from './fixSeed.ts';
import { addForeignCommand } from './foreign.ts';
import { addImportCommand } from './import.ts';
import { addInferCommand } from './infer.ts';
import { addKeysCommand } from './keys.ts';
import { addLeaderboardCommand } from './leaderboard.ts';
import { addMergeCommand } from './merge.ts';
import { addPapersCommand } from './papers.ts';
import { addPredictCommand } from './predict.ts';
import { addProveCommand } from './prove.ts';
import { addRunsCommand } from './runs.ts';
import { addScoreCommand } from './score.ts';
import { addSeedCommand } from './seed.ts';
import { addShowCommand } from './show.ts';
import { addStatusCommand } from './status.ts';
import { addSubmitCommand } from './submit.ts';
import { addTrainCommand } from './train.ts';
import { addTreeCommand } from './tree.ts';
import { addVerifyCommand } from './verify.ts';

const EXPLANATION = `
A model's history is a tree of proved steps that a contract keeps. One edge is made with data, seed (once), train,
prove, submit; fit goes from a table to a proved model in one command; train also makes, proves and registers whole runs of many segments. Models from elsewhere enter with
import, merge joins models, evolve searches for the best merge, foreign takes children that another proof system vouches for, score proves a model's result on a shard, infer what it says of rows, benchmark and leaderboard rank models, dataset lists
shards, with attest their source says that they are its own, audit proves that shards share no row and what follows for a model's lineage, credit pays a model and all who trained its ancestors, status says
what superseded a model, verify checks any of it anew. papers writes what other programs read about a model, check compares
a downloaded model with the registry, find says which one a file is. predict and export use a model. 'descent demo' shows all of this on a local chain in a few minutes: start there.

A command keeps its work in a run folder (runs/<name>). If it is interrupted, even by kill -9, run it again with the
same arguments: it continues. Progress goes to stderr, results to stdout.

Variables: DESCENT_RPC, DESCENT_REGISTRY, DESCENT_SCOREBOARD, DESCENT_CARDS, DESCENT_DATASETS,
DESCENT_ATTESTATIONS, DESCENT_AUDIT, DESCENT_CREDIT_VAULT, DESCENT_STATUSES, DESCENT_INFERENCES, DESCENT_PRIVATE_KEY
Exit codes: 0 done, 1 failure inside Descent, 2 wrong usage or input, 3 damaged or foreign file, 4 cannot be proved or
proof rejected, 5 chain or network, 6 the proof holds but not all is shown (verify, check, find), 130 interrupted`;

/**
 * The `descent` command with all its verbs.
 * @param output where the parser itself prints help and usage errors; stdout and stderr by default.
 * @param onCommand is told, before a command runs, how its help is called.
 * Parsing throws CommanderError for wrong usage, after printing it.
 */
export function createProgram(output: OutputConfiguration = {}, onCommand: (help: string) => void = () => {}): Command {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const program = new Command('descent')
    .description('The registry of model lineage: every step of a model is a proof.')
    .version(version)
    .addHelpText('after', EXPLANATION)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput(output)
    .exitOverride();
  addFitCommand(program);
  addDataCommand(program);
  addSeedCommand(program);
  addFixSeedCommand(program);
  addImportCommand(program);
  addTrainCommand(program);
  addMergeCommand(program);
  addEvolveCommand(program);
  addForeignCommand(program);
  addScoreCommand(program);
  addPredictCommand(program);
  addInferCommand(program);
  addExportCommand(program);
  addProveCommand(program);
  addSubmitCommand(program);
  addVerifyCommand(program);
  addDatasetCommand(program);
  addAttestCommand(program);
  addAuditCommand(program);
  addBenchmarkCommand(program);
  addLeaderboardCommand(program);
  addCardCommand(program);
  addCreditCommand(program);
  addStatusCommand(program);
  addRunsCommand(program);
  addPapersCommand(program);
  addCheckCommand(program);
  addFindCommand(program);
  addShowCommand(program);
  addTreeCommand(program);
  addDeployCommand(program);
  addKeysCommand(program);
  addDemoCommand(program);
  eachCommand(program, forgetEmptyVariables);
  program.hook('preAction', (_, command) => onCommand(helpOf(command)));
  eachCommand(program, (command) => command.exitOverride().showHelpAfterError(`(${helpOf(command)} explains)`));
  return program;
}

/** A variable that is set to nothing names nothing: shells and CI set such where a value is missing. */
function forgetEmptyVariables(command: Command): void {
  for (const option of command.options) {
    if (option.envVar !== undefined && process.env[option.envVar] === '') option.envVar = undefined;
  }
}

/** How the help of a command is called. */
function helpOf(command: Command): string {
  const words: string[] = [];
  for (let at: Command | null = command; at?.parent; at = at.parent) words.unshift(at.name());
  return commandLine(...words, '--help');
}

function eachCommand(command: Command, work: (command: Command) => void): void {
  work(command);
  for (const below of command.commands) eachCommand(below, work);
}
