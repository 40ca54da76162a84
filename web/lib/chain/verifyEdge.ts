import type { Hex, PublicClient } from 'viem';
import { DescentError } from '../../../src/errors/DescentError.ts';
import { nodeAnswer } from '../../../src/errors/nodeAnswer.ts';
import type { ChainReads } from '../../../src/registry/chainReads.ts';
import { type Check, chainChecksOf, openChecks } from '../../../src/registry/check.ts';
import { type ChainFindings, checkOnChain, checkRunOnChain } from '../../../src/registry/checkEdge.ts';
import { clientReads } from '../../../src/registry/clientReads.ts';
import { type Edge, formatEdge } from '../../../src/registry/edge.ts';
import { formatRun, isTrainEdge } from '../../../src/registry/edgeRun.ts';
import { vouchedInWords } from '../../../src/registry/foreign.ts';
import { circuitFor } from '../../../src/registry/statement.ts';
import { readStoredEdge, type StoredEdge } from '../../../src/registry/storedEdge.ts';
import { installedKeys } from '../prover/installedKeys.ts';
import type { ReadFile } from '../readFile.ts';
import type { ChainConfig } from './types.ts';

/** What the visitor's own connection to the chain is asked. */
async function readsOf(client: PublicClient): Promise<ChainReads> {
  return clientReads(client, await client.getChainId());
}

/**
 * Compares an edge, or every edge that a run makes, with what the visitor's own connection to the chain says. Where that is silent,
 * all of it is open.
 */
export async function checkEdgeOnChain(
  { edge, run }: ReadFile,
  config: ChainConfig,
  client: PublicClient,
): Promise<Pick<ChainFindings, 'checks' | 'trainedOnRows'>> {
  const { program } = edge.statement;
  const keys = await installedKeys(circuitFor(edge.statement));
  let reads: ChainReads;
  try {
    reads = await readsOf(client);
  } catch (error) {
    const { says } = nodeAnswer(error);
    const reason = `the node did not answer${says && ` (${says.replace(/\.$/, '')})`}.`;
    return { checks: openChecks(chainChecksOf(program), reason) };
  }
  if (run === undefined) return checkOnChain(edge, reads, config, keys);
  return { checks: joined(await checkRunOnChain(run, reads, config, keys)) };
}

/** One finding of each kind for all edges of a run: what is false before what is open before what holds. */
function joined(findings: readonly ChainFindings[]): Check[] {
  const rank = ({ holds }: Check) => (holds === false ? 0 : holds === 'open' ? 1 : 2);
  const [first, ...others] = findings.map(({ checks }) => checks);
  return first.map((check, k) =>
    others.map((checks) => checks[k]).reduce((worst, other) => (rank(other) < rank(worst) ? other : worst), check),
  );
}

/**
 * The edge file of a registered model or shard, made again from the transaction that registered it.
 * @param holds whether the proof in an edge file holds; asked where the transaction may hold several
 * @throws DescentError when there is no such id, the transaction does not show the proof, or a foreign program vouches for the model
 */
export async function edgeOfId(
  id: Hex,
  config: ChainConfig,
  client: PublicClient,
  holds: (text: string) => Promise<boolean>,
): Promise<string> {
  const textOf = async ({ statement, segments, trainer }: StoredEdge): Promise<string> => {
    const { verificationKey, devKeys } = await installedKeys(circuitFor(statement));
    const context = { chainId: BigInt(config.chainId), registry: config.registry, trainer };
    const [first, ...others] = segments.map(
      (segment): Edge => ({
        context,
        statement: segment.statement,
        proof: segment.proof,
        verificationKey,
        devKeys,
        metadata: {},
      }),
    );
    if (others.length === 0) return formatEdge(first);
    const edges = [first, ...others].filter(isTrainEdge);
    return formatRun({ edges, keep: edges.map((_, k) => k === edges.length - 1) });
  };
  // Of a foreign child this is the proof of its range, whose file is that of an import.
  const asked = async (found: StoredEdge) => holds(await textOf(found));
  const found = await readStoredEdge(await readsOf(client), config.registry, id, asked);
  if (found.foreign !== undefined) throw isForeignModel(id, found.foreign);
  return textOf(found);
}

/** No edge file holds all of a foreign child. */
function isForeignModel(id: Hex, { program, adapter }: NonNullable<StoredEdge['foreign']>): DescentError {
  return new DescentError(`${id} is a foreign model. ${vouchedInWords(program, adapter)}`, {
    code: 'FOREIGN_MODEL',
    hint: `What can be checked of it, descent verify ${id} checks: its record, its parents and the proof of its range.`,
  });
}
