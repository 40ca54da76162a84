import type { Command } from 'commander';
import type { Address, Hex } from 'viem';
import { EXIT_CODES } from '../../src/errors/DescentError.ts';
import { InputError } from '../../src/errors/InputError.ts';
import type { Edge } from '../../src/registry/edge.ts';
import { resultId } from '../../src/registry/ids.ts';
import { type Chain, connect, parseAddress } from '../chain/client.ts';
import { readStoredEdge } from '../chain/readEdge.ts';
import { translateErrors } from '../chain/readRegistry.ts';
import { readProgramKey } from '../proving/keys.ts';
import { alignColumns } from '../terminal/drawTree.ts';
import type { Check } from '../verify/checks.ts';
import { limitsOf } from '../verify/limits.ts';
import {
  type CommonOptions,
  openRegistry,
  outputOf,
  type ScoreboardOptions,
  withChain,
  withCommon,
  withScoreboard,
} from './options.ts';
import { readEdgeFile } from './submit.ts';

interface VerifyOptions extends CommonOptions, ScoreboardOptions {
  weights?: string;
  shard?: string;
}

const HELP = `
An edge file is checked by itself and, with --rpc or DESCENT_RPC, against the chain. A node or shard is found on chain: its
proof is read from the call data of the transaction that registered it and checked again.
Exit code 4 if anything is false.`;

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
    const { edge, found, chain, expected } = await open(what, options, asksChain);
    const { verificationKey, devKeys } = requireSameKey(edge);
    output.progress.stage('verify');
    // imported here because loading the curve library takes longer than most commands
    const { checkFiles, checkProof } = await import('../verify/checks.ts');
    const checks = [found, ...(await checkProof(edge))];
    let declared: boolean | undefined;
    if (chain !== undefined) {
      const { checkOnChain } = await import('../verify/onChain.ts');
      const findings = await checkOnChain(edge, chain, expected);
      checks.push(...findings.checks);
      declared = findings.declared;
    }
    const hasFiles = options.weights !== undefined || options.shard !== undefined;
    if (hasFiles) checks.push(...(await checkFiles(edge.statement, options)));
    output.progress.done();
    const isFalse = checks.some(({ holds }) => holds === false);
    const limits = limitsOf(edge, { devKeys, declared, chain: chain !== undefined, files: hasFiles });
    const { program } = edge.statement;
    const id = resultId(edge.statement);
    const document = { id, program, ...edge.origin, verified: !isFalse, checks, doesNotShow: limits };
    output.result({ ...document, verificationKey, devKeys }, render(program, id, checks, limits));
    if (isFalse) process.exitCode = EXIT_CODES.proof;
  });
}

interface Opened {
  edge: Edge;
  /** Where the edge comes from. */
  found: Check;
  chain: Chain | undefined;
  expected: Address | undefined;
}

async function open(what: string, options: VerifyOptions, asksChain: boolean): Promise<Opened> {
  if (/^0x[0-9a-f]{64}$/i.test(what)) return openId(what.toLowerCase() as Hex, options);
  if (/^0x[0-9a-f]*$/i.test(what)) throw new InputError(`${what} is not an id: 0x and 64 hexadecimal digits.`);
  const edge = readEdgeFile(what);
  const isScore = edge.statement.program === 'score';
  const named = isScore ? options.scoreboard : options.registry;
  const expected = named === undefined ? undefined : parseAddress(named, isScore ? '--scoreboard' : '--registry');
  const says = `The file is an edge whose parts agree: id, parameters, signals and transaction follow from its statement.`;
  const chain = asksChain ? await connect(options.rpc) : undefined;
  return { edge, found: { about: 'file', holds: true, says }, chain, expected };
}

async function openId(id: Hex, options: VerifyOptions): Promise<Opened> {
  const { chain, registry } = await openRegistry(options);
  const stored = await translateErrors(() => readStoredEdge(chain, registry, id));
  const { statement, proof, trainer, transaction, block } = stored;
  const edge: Edge = {
    origin: { chainId: BigInt(chain.id), registry, trainer },
    statement,
    proof,
    ...readProgramKey(statement.program).identity,
    metadata: {},
  };
  const carries = resultId(statement) === id;
  const says = `The transaction ${transaction} of block ${block} carries ${carries ? 'this statement' : 'another statement'} and its proof.`;
  return { edge, found: { about: 'transaction', holds: carries, says }, chain, expected: registry };
}

/** @throws InputError for an edge of other keys, which cannot be checked with those here */
function requireSameKey({ statement, verificationKey }: Edge) {
  const { identity } = readProgramKey(statement.program);
  if (identity.verificationKey === verificationKey) return identity;
  throw new InputError(
    `The edge is proved with the key ${verificationKey}; the key here is ${identity.verificationKey}.`,
    { hint: 'Verify it with the installation that holds its keys.' },
  );
}

const WORDS = { true: 'holds', false: 'FALSE', unknown: 'open' } as const;

function render(program: string, id: Hex, checks: Check[], limits: string[]): string {
  const isFalse = checks.some(({ holds }) => holds === false);
  return [
    alignColumns(checks.map(({ holds, says }) => [WORDS[`${holds}`], says])),
    '',
    isFalse ? `NOT verified: ${program} ${id}.` : `Verified: ${program} ${id}.`,
    '',
    'It does not show:',
    ...limits.map((limit) => `- ${limit}`),
  ].join('\n');
}
