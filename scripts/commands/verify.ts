import type { Command } from 'commander';
import type { Address, Hex } from 'viem';
import { DescentError, EXIT_CODES } from '../../src/errors/DescentError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { checkProof, checkRunProofs, type InstalledKeys } from '../../src/proof/checkProof.ts';
import { verifyProofs } from '../../src/proof/verify.ts';
import {
  type Check,
  chainChecksOf,
  FOREIGN_CHAIN_CHECKS,
  openChecks,
  otherKeyReason,
  type Verdict,
  verdictInWords,
  verdictOf,
} from '../../src/registry/check.ts';
import {
  type ChainFindings,
  checkForeignOnChain,
  checkOnChain,
  checkRunOnChain,
  type Trusted,
} from '../../src/registry/checkEdge.ts';
import { descentOfForeign } from '../../src/registry/checkForeign.ts';
import { clientReads } from '../../src/registry/clientReads.ts';
import type { Edge } from '../../src/registry/edge.ts';
import { type EdgeRun, isTrainEdge } from '../../src/registry/edgeRun.ts';
import type { ForeignEdge } from '../../src/registry/foreignEdge.ts';
import type { Statement } from '../../src/registry/programs/definitions.ts';
import type { StatementContext } from '../../src/registry/statement.ts';
import { circuitFor, resultId } from '../../src/registry/statement.ts';
import { readStoredEdge, type StoredEdge } from '../../src/registry/storedEdge.ts';
import { statedMeasures } from '../actions/statedMeasures.ts';
import { checkFiles } from '../actions/verifyChecks.ts';
import { limitsOf } from '../actions/verifyLimits.ts';
import { type Chain, connect, parseAddress } from '../chain/client.ts';
import { type CodeFound, codeOf } from '../chain/codeHere.ts';
import { registryOf } from '../chain/readPlaces.ts';
import { translateErrors } from '../chain/readRegistry.ts';
import { readProved } from '../files/models.ts';
import { readPowers, readProgramKey } from '../runs/keys.ts';
import { alignColumns, shortId } from '../terminal/drawTree.ts';
import { counted } from '../terminal/plural.ts';
import {
  type AuditOptions,
  type CommonOptions,
  openRegistry,
  outputOf,
  type ScoreboardOptions,
  withAudit,
  withChain,
  withCommon,
  withInferences,
  withScoreboard,
} from './options.ts';

interface VerifyOptions extends CommonOptions, ScoreboardOptions, AuditOptions {
  inferences?: string;
  weights?: string;
  shard?: string;
}

const HELP = `
An edge file is checked by itself and, with --rpc or DESCENT_RPC, against the chain: the contract's key and powers, the
record and its event word for word, parents, shard and seed request. Name the contract that you trust (--registry, for a
score --scoreboard, for an inference --inferences, for a fact about rows --audit): an edge file can name any. A node or shard is found on chain: its proof is read from the transaction
that registered it and checked again. Where the contract stands at the address that follows from the code built here, that it
runs this code is shown. Of a foreign child (descent foreign) all is checked but that it follows from its parents.

"Verified" and exit code 0 only where nothing is open. Exit code 6 where the proof holds and something is not shown, which is
named; that development keys are worth nothing is such a thing. Exit code 4 if anything is false. With --json the verdict
is one of verified, holds, false.`;

const EXITS: Record<Verdict, number> = { verified: 0, holds: EXIT_CODES.open, false: EXIT_CODES.proof };

export function addVerifyCommand(program: Command): void {
  const command = withAudit(withInferences(withScoreboard(withChain(withCommon(program.command('verify'))))))
    .description('check an edge or a run anew: proof, openings, statement, record on chain; say what it does not show')
    .argument('<what>', 'edge file (*.edge.json), run file (*.run.json), or id of a model or shard (0x and 64 digits)')
    .option('--weights <file>', "released weights with their salt: are they the edge's model?")
    .option('--shard <file>', "released shard with its salt: is it the edge's shard?")
    .addHelpText('after', HELP);
  command.action(async (what: string, options: VerifyOptions) => {
    const output = outputOf(options);
    const asksChain = command.getOptionValueSource('rpc') !== 'default';
    output.progress.stage('verify');
    const opened = await open(what, options, asksChain);
    const { edge, run, child, found, chain, trusted } = opened;
    const keys = keysOf(edge.statement);
    const proof = run === undefined ? checkProof(edge, keys) : checkRunProofs(run, keys);
    const onChain = await askChain(opened, chain, trusted, keys);
    const descent = child === undefined ? [] : [descentOfForeign(child.edge, onChain.adapter ?? child.adapter)];
    const hasFiles = options.weights !== undefined || options.shard !== undefined;
    const files = hasFiles ? await checkFiles(edge.statement, options, onChain.schemas) : [];
    output.progress.done();
    const checks = [found, ...proof, ...onChain.checks, ...descent, ...files];
    const { origins, schemas, trainedOnRows } = onChain;
    const code = chain && (await codeOfEdge(edge, chain, onChain.checks));
    const known = {
      origins,
      schemas,
      trainedOnRows,
      chain: chain !== undefined,
      code,
      files: hasFiles,
      foreign: child,
    };
    const limits = limitsOf(edge, known);
    const program = child === undefined ? edge.statement.program : 'foreign';
    if (found.about === 'transaction') requireSameKey(child === undefined ? program : 'foreign model', edge, checks);
    const id = resultId(edge.statement);
    const verdict = verdictOf(checks);
    const { verificationKey, devKeys } = keys;
    const states = statedMeasures(edge.statement);
    const segments = run && { segments: run.edges.length, models: modelsOf(run) };
    const document = {
      id,
      program,
      ...edge.context,
      ...segments,
      ...(child && foreignFacts(child.edge, onChain.adapter ?? child.adapter)),
      verdict,
      ...(states.length > 0 && { states }),
      checks,
      doesNotShow: limits,
      verificationKey,
      devKeys,
    };
    const subject = run === undefined ? `${program} ${id}` : `run of ${counted(run.edges.length, 'segment')} to ${id}`;
    output.result(document, render(subject, states, checks, limits));
    process.exitCode = EXITS[verdict];
  });
}

/** What the address of the edge's contract tells of its code; a contract that does not answer as ours tells nothing. */
async function codeOfEdge({ context, statement }: Edge, chain: Chain, checks: readonly Check[]): Promise<CodeFound> {
  if (checks.find(({ about }) => about === 'powers')?.holds !== true) return 'unknown';
  const { registry: contract } = context;
  const found =
    statement.program === 'score'
      ? registryOf(chain, contract).then((registry) => codeOf(chain, registry, contract))
      : codeOf(chain, contract);
  return found.catch(() => 'unknown');
}

/** A foreign child as it was found. */
interface Child {
  edge: ForeignEdge;
  /** of its program, as the registry's event names it */
  adapter?: Address | undefined;
  /** whether a request to the relay stands around it */
  signed: boolean;
}

function foreignFacts({ program, parents }: ForeignEdge, adapter: Address | undefined) {
  return { foreignProgram: program, ...(adapter && { adapter }), parents };
}

interface Opened {
  /** Of a run the last one: its model is what the run is about. */
  edge: Edge;
  /** All segments, where there are several. */
  run?: EdgeRun | undefined;
  /** The foreign child, where the edge is the proof of its range. */
  child?: Child | undefined;
  /** Where the edge comes from. */
  found: Check;
  chain: Chain | undefined;
  trusted: Trusted;
}

async function open(what: string, options: VerifyOptions, asksChain: boolean): Promise<Opened> {
  if (/^0x[0-9a-f]{64}$/i.test(what)) return openId(what.toLowerCase() as Hex, options);
  if (/^0x[0-9a-f]*$/i.test(what)) throw new InputError(`${what} is not an id: 0x and 64 hexadecimal digits.`);
  const read = readProved(what);
  const chain = asksChain ? await connect(options.rpc) : undefined;
  const rest = { chain, trusted: trustedOf(options) };
  if ('child' in read || 'range' in read) {
    const signed = 'child' in read;
    const child = signed ? read.child : read;
    const says = `The file is a foreign child${signed ? ', in a request to the relay,' : ''} whose parts agree: id, source and call data follow from its range.`;
    return { edge: child.range, child: { edge: child, signed }, found: { about: 'file', holds: true, says }, ...rest };
  }
  if ('edges' in read) {
    const says = 'The file is a run whose segments follow one another: each trains the model of the one before.';
    return { edge: read.edges[read.edges.length - 1], run: read, found: { about: 'file', holds: true, says }, ...rest };
  }
  const says =
    'The file is an edge whose parts agree: id, parameters, signals and transaction follow from its statement.';
  return { edge: read, found: { about: 'file', holds: true, says }, ...rest };
}

async function openId(id: Hex, options: VerifyOptions): Promise<Opened> {
  const { chain, registry } = await openRegistry(options);
  const contextOf = ({ trainer }: StoredEdge): StatementContext => ({ chainId: BigInt(chain.id), registry, trainer });
  const holds = async (found: StoredEdge) => {
    const claims = found.segments.map((segment) => ({ ...segment, context: contextOf(found) }));
    return verifyProofs(claims, keysOf(found.statement));
  };
  const reads = clientReads(chain.client, chain.id);
  const stored = await translateErrors(() => readStoredEdge(reads, registry, id, holds));
  const { statement, proof, transaction, block } = stored;
  const { verificationKey, devKeys } = keysOf(statement);
  const context = contextOf(stored);
  const edgeOf = (part: { statement: Edge['statement']; proof: Edge['proof'] }): Edge => ({
    context,
    statement: part.statement,
    proof: part.proof,
    verificationKey,
    devKeys,
    metadata: {},
  });
  const edge = edgeOf({ statement, proof });
  const edges = stored.segments.map(edgeOf).filter(isTrainEdge);
  const run = edges.length > 1 ? { edges, keep: edges.map((_, k) => k === edges.length - 1) } : undefined;
  const child = childOf(edge, stored);
  const says = `The transaction ${transaction} of block ${block} carries this statement and its proof.`;
  return { edge, run, child, found: { about: 'transaction', holds: true, says }, chain, trusted: trustedOf(options) };
}

/** The foreign child whose range an edge is. */
function childOf({ statement, ...edge }: Edge, { foreign }: StoredEdge): Child | undefined {
  if (foreign === undefined || statement.program !== 'import') return undefined;
  const { adapter, ...made } = foreign;
  return { edge: { ...made, range: { ...edge, statement } }, adapter, signed: false };
}

function trustedOf({ registry, scoreboard, inferences, audit }: VerifyOptions): Trusted {
  const named = (text: string | undefined, option: string): Address | undefined =>
    text === undefined ? undefined : parseAddress(text, option);
  return {
    registry: named(registry, '--registry'),
    scoreboard: named(scoreboard, '--scoreboard'),
    inferences: named(inferences, '--inferences'),
    audit: named(audit, '--audit'),
  };
}

function keysOf(statement: Statement): InstalledKeys {
  const { vkey, identity } = readProgramKey(circuitFor(statement));
  return { vkey, srs: readPowers(), ...identity };
}

/** What a chain says of an edge; of a run what it says of every edge that the run makes. */
async function askChain(
  { edge, run, child }: Pick<Opened, 'edge' | 'run' | 'child'>,
  chain: Chain | undefined,
  trusted: Trusted,
  keys: InstalledKeys,
): Promise<ChainFindings> {
  if (chain !== undefined) {
    const reads = clientReads(chain.client, chain.id);
    if (child !== undefined) return checkForeignOnChain(child.edge, reads, trusted, keys);
    if (run === undefined) return checkOnChain(edge, reads, trusted, keys);
    const findings = await checkRunOnChain(run, reads, trusted, keys);
    const models = modelsOf(run);
    const last = findings[findings.length - 1];
    if (findings.length === 1) return last;
    const checks = findings.flatMap(({ checks }, k) =>
      checks.map((check) => ({ ...check, says: `${shortId(models[k])}: ${check.says}` })),
    );
    return { ...last, checks };
  }
  const abouts = child === undefined ? chainChecksOf(edge.statement.program) : FOREIGN_CHAIN_CHECKS;
  const checks = openChecks(abouts, 'no chain was asked (--rpc).');
  return { checks, origins: undefined, schemas: {} };
}

/** The models that a run makes nodes of, in order. */
function modelsOf({ edges, keep }: EdgeRun): Hex[] {
  return edges.filter((_, k) => keep[k]).map(({ statement }) => resultId(statement));
}

/** @throws DescentError (OTHER_KEY) where the proof does not hold, but may be good for other keys */
function requireSameKey(what: string, { context }: Edge, checks: readonly Check[]): void {
  const reason = otherKeyReason(checks);
  if (reason === undefined) return;
  throw new DescentError(`The proof of this ${what} cannot be checked with the keys that are here.`, {
    code: 'OTHER_KEY',
    exit: 'data',
    details: reason,
    hint: `Verify it with the installation that holds the keys of registry ${context.registry}.`,
  });
}

const WORDS = { true: 'holds', false: 'FALSE', open: 'open' } as const;

function render(subject: string, states: string[], checks: Check[], limits: string[]): string {
  return [
    alignColumns(checks.map(({ holds, says }) => [WORDS[`${holds}`], says])),
    '',
    verdictInWords(subject, checks),
    ...(states.length === 0 ? [] : ['', 'It states:', ...states.map((text) => `- ${text}`)]),
    '',
    'No check covers:',
    ...limits.map((limit) => `- ${limit}`),
  ].join('\n');
}
