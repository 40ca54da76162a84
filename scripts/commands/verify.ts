import type { Command } from 'commander';
import type { Address, Hex } from 'viem';
import { DescentError, EXIT_CODES } from '../../src/errors/DescentError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import { checkProof, type InstalledKeys } from '../../src/proof/checkProof.ts';
import { isVerified, verifyProof } from '../../src/proof/verify.ts';
import {
  type Check,
  chainChecksOf,
  openChecks,
  otherKeyReason,
  type Verdict,
  verdictInWords,
  verdictOf,
} from '../../src/registry/check.ts';
import { type ChainFindings, checkOnChain, type Trusted } from '../../src/registry/checkEdge.ts';
import { clientReads } from '../../src/registry/clientReads.ts';
import type { Edge } from '../../src/registry/edge.ts';
import type { Program } from '../../src/registry/programs/list.ts';
import type { StatementContext } from '../../src/registry/statement.ts';
import { resultId } from '../../src/registry/statement.ts';
import { readStoredEdge, type StoredEdge } from '../../src/registry/storedEdge.ts';
import { checkFiles } from '../actions/verifyChecks.ts';
import { limitsOf } from '../actions/verifyLimits.ts';
import { type Chain, connect, parseAddress } from '../chain/client.ts';
import { type CodeFound, codeOf } from '../chain/codeHere.ts';
import { translateErrors } from '../chain/readRegistry.ts';
import { registryOfScoreboard } from '../chain/readScoreboard.ts';
import { readEdgeFile } from '../files/models.ts';
import { readPowers, readProgramKey } from '../runs/keys.ts';
import { alignColumns } from '../terminal/drawTree.ts';
import {
  type CommonOptions,
  openRegistry,
  outputOf,
  type ScoreboardOptions,
  withChain,
  withCommon,
  withScoreboard,
} from './options.ts';

interface VerifyOptions extends CommonOptions, ScoreboardOptions {
  weights?: string;
  shard?: string;
}

const HELP = `
An edge file is checked by itself and, with --rpc or DESCENT_RPC, against the chain: the contract's key and powers, the
record and its event word for word, parents, shard and seed request. Name the contract that you trust (--registry, for a
score --scoreboard): an edge file can name any. A node or shard is found on chain: its proof is read from the transaction
that registered it and checked again. Where the contract stands at the address that follows from the code built here, that it
runs this code is shown.

"Verified" and exit code 0 only where nothing is open. Exit code 6 where the proof holds and something is not shown, which is
named; that development keys are worth nothing is such a thing. Exit code 4 if anything is false. With --json the verdict
is one of verified, holds, false.`;

const EXITS: Record<Verdict, number> = { verified: 0, holds: EXIT_CODES.open, false: EXIT_CODES.proof };

export function addVerifyCommand(program: Command): void {
  const command = withScoreboard(withChain(withCommon(program.command('verify'))))
    .description('check an edge anew: proof, openings, statement, record on chain; say what it does not show')
    .argument('<what>', 'edge file (*.edge.json), or id of a model or shard (0x and 64 digits)')
    .option('--weights <file>', "released weights with their salt: are they the edge's model?")
    .option('--shard <file>', "released shard with its salt: is it the edge's shard?")
    .addHelpText('after', HELP);
  command.action(async (what: string, options: VerifyOptions) => {
    const output = outputOf(options);
    const asksChain = command.getOptionValueSource('rpc') !== 'default';
    output.progress.stage('verify');
    const { edge, found, chain, trusted } = await open(what, options, asksChain);
    const keys = keysOf(edge.statement.program);
    const proof = await checkProof(edge, keys);
    const onChain = await askChain(edge, chain, trusted, keys);
    const hasFiles = options.weights !== undefined || options.shard !== undefined;
    const files = hasFiles ? await checkFiles(edge.statement, options, onChain.schemas) : [];
    output.progress.done();
    const checks = [found, ...proof, ...onChain.checks, ...files];
    if (found.about === 'transaction') requireSameKey(edge, checks);
    const { declared, schemas, trainedOnRows } = onChain;
    const code = chain && (await codeOfEdge(edge, chain, onChain.checks));
    const known = { declared, schemas, trainedOnRows, chain: chain !== undefined, code, files: hasFiles };
    const limits = limitsOf(edge, known);
    const { program } = edge.statement;
    const id = resultId(edge.statement);
    const verdict = verdictOf(checks);
    const { verificationKey, devKeys } = keys;
    const document = { id, program, ...edge.context, verdict, checks, doesNotShow: limits, verificationKey, devKeys };
    output.result(document, render(`${program} ${id}`, checks, limits));
    process.exitCode = EXITS[verdict];
  });
}

/** What the address of the edge's contract tells of its code; a contract that does not answer as ours tells nothing. */
async function codeOfEdge({ context, statement }: Edge, chain: Chain, checks: readonly Check[]): Promise<CodeFound> {
  if (checks.find(({ about }) => about === 'powers')?.holds !== true) return 'unknown';
  const { registry: contract } = context;
  const found =
    statement.program === 'score'
      ? registryOfScoreboard(chain, contract).then((registry) => codeOf(chain, registry, contract))
      : codeOf(chain, contract);
  return found.catch(() => 'unknown');
}

interface Opened {
  edge: Edge;
  /** Where the edge comes from. */
  found: Check;
  chain: Chain | undefined;
  trusted: Trusted;
}

async function open(what: string, options: VerifyOptions, asksChain: boolean): Promise<Opened> {
  if (/^0x[0-9a-f]{64}$/i.test(what)) return openId(what.toLowerCase() as Hex, options);
  if (/^0x[0-9a-f]*$/i.test(what)) throw new InputError(`${what} is not an id: 0x and 64 hexadecimal digits.`);
  const edge = readEdgeFile(what);
  const says =
    'The file is an edge whose parts agree: id, parameters, signals and transaction follow from its statement.';
  const chain = asksChain ? await connect(options.rpc) : undefined;
  return { edge, found: { about: 'file', holds: true, says }, chain, trusted: trustedOf(options) };
}

async function openId(id: Hex, options: VerifyOptions): Promise<Opened> {
  const { chain, registry } = await openRegistry(options);
  const contextOf = ({ trainer }: StoredEdge): StatementContext => ({ chainId: BigInt(chain.id), registry, trainer });
  const holds = async (found: StoredEdge) =>
    isVerified(await verifyProof(contextOf(found), found.statement, found.proof, keysOf(found.statement.program)));
  const reads = clientReads(chain.client, chain.id);
  const stored = await translateErrors(() => readStoredEdge(reads, registry, id, holds));
  const { statement, proof, transaction, block } = stored;
  const { verificationKey, devKeys } = keysOf(statement.program);
  const context = contextOf(stored);
  const edge: Edge = { context, statement, proof, verificationKey, devKeys, metadata: {} };
  const says = `The transaction ${transaction} of block ${block} carries this statement and its proof.`;
  return { edge, found: { about: 'transaction', holds: true, says }, chain, trusted: trustedOf(options) };
}

function trustedOf({ registry, scoreboard }: VerifyOptions): Trusted {
  const named = (text: string | undefined, option: string): Address | undefined =>
    text === undefined ? undefined : parseAddress(text, option);
  return { registry: named(registry, '--registry'), scoreboard: named(scoreboard, '--scoreboard') };
}

function keysOf(program: Program): InstalledKeys {
  const { vkey, identity } = readProgramKey(program);
  return { vkey, srs: readPowers(), ...identity };
}

async function askChain(
  edge: Edge,
  chain: Chain | undefined,
  trusted: Trusted,
  keys: InstalledKeys,
): Promise<ChainFindings> {
  if (chain !== undefined) return checkOnChain(edge, clientReads(chain.client, chain.id), trusted, keys);
  const checks = openChecks(chainChecksOf(edge.statement.program), 'no chain was asked (--rpc).');
  return { checks, declared: undefined, schemas: {} };
}

/** @throws DescentError (OTHER_KEY) where the proof does not hold, but may be good for other keys */
function requireSameKey({ statement, context }: Edge, checks: readonly Check[]): void {
  const reason = otherKeyReason(checks);
  if (reason === undefined) return;
  throw new DescentError(`The proof of this ${statement.program} cannot be checked with the keys that are here.`, {
    code: 'OTHER_KEY',
    exit: 'data',
    details: reason,
    hint: `Verify it with the installation that holds the keys of registry ${context.registry}.`,
  });
}

const WORDS = { true: 'holds', false: 'FALSE', open: 'open' } as const;

function render(subject: string, checks: Check[], limits: string[]): string {
  return [
    alignColumns(checks.map(({ holds, says }) => [WORDS[`${holds}`], says])),
    '',
    verdictInWords(subject, checks),
    '',
    'No check covers:',
    ...limits.map((limit) => `- ${limit}`),
  ].join('\n');
}
